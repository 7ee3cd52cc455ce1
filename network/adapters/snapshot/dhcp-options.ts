import type { DhcpOptions } from "../../reachability/topology.ts";
import { type Collected, notTold, type Reading } from "./reading.ts";

export function dhcpOptions(reading: Reading): Collected<DhcpOptions> {
  return reading.collect("DhcpOptions", "DhcpOptionsId", (fields, id) => {
    const servers = fields.list("DhcpConfigurations").find((one) => one.optionalText("Key") === "domain-name-servers");
    return {
      id,
      domainNameServers: fields.has("DhcpConfigurations")
        ? (servers?.list("Values").map((one) => one.text("Value")) ?? [])
        : notTold(id, "DhcpConfigurations"),
    };
  });
}
