import { peeredVpc } from "../base/peered-vpc.ts";

peeredVpc({
  other: { cidrBlock: "10.0.0.0/16" },
  otherA: { cidrBlock: "10.0.200.0/24" },
  otherB: { cidrBlock: "10.0.201.0/24" },
  there: { destinationCidrBlock: "10.0.200.0/23" },
  jobsToOther: { cidrIpv4: "10.0.0.0/16" },
});
