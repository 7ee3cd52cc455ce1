import { Inputs, type Wanted } from "../../../network/adapters/pulumi/inputs.ts";
import type { Program } from "../../../network/adapters/pulumi/program.ts";
import type { PlacedHost } from "./host.ts";

const proxies: Wanted = { name: "database proxy", types: ["aws:rds/proxy:Proxy"] };
const clusters: Wanted = { name: "database cluster", types: ["aws:rds/cluster:Cluster"] };
const instances: Wanted = { name: "database instance", types: ["aws:rds/instance:Instance"] };

/**
 * The hosts that jobs connect to. A job with a proxy needs no way to the databases behind it, although their secret is its
 * own: it is the proxy that connects to them (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html).
 * @param hidden why the job's values are not known: then it may still connect to each of the databases itself
 * @param named URNs of those whose address it is told
 */
export function behindProxies(
  program: Program,
  hosts: readonly PlacedHost[],
  hidden: string | undefined,
  named: ReadonlySet<string | undefined>,
): readonly PlacedHost[] {
  const used = new Set(hosts.map(({ id }) => id));
  const behind = new Map<string, string>();
  for (const target of program.ofType("aws:rds/proxyTarget:ProxyTarget")) {
    const inputs = new Inputs(program, target);
    const proxy = inputs.reference("dbProxyName", proxies);
    if (typeof proxy !== "string" || !used.has(proxy)) continue;
    for (const database of [
      inputs.reference("dbClusterIdentifier", clusters),
      inputs.reference("dbInstanceIdentifier", instances),
    ])
      if (typeof database === "string") behind.set(database, proxy);
  }
  return hosts.flatMap((host) => {
    const proxy = behind.get(host.id);
    if (proxy === undefined || named.has(host.id)) return [host];
    if (hidden === undefined) return [];
    return [
      { ...host, onlyIf: `whether the job connects to ${host.id} itself or by way of ${proxy} alone: ${hidden}` },
    ];
  });
}
