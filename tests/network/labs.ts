/** Snapshots of real networks, and how many probes real instances in them sent (batfish/lab-validation, Apache-2.0). */
export const labs = [
  ["aws_instance_multiple_interface", 108],
  ["aws_multi_account_vpc_peering", 16],
  ["aws_tgw_peering", 36],
  ["aws_traffic_in_igw_out_ngw", 26],
  ["aws_vpc_endpoints", 45],
] as const;
