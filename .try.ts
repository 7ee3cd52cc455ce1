import { recordProgram } from "/work/h-flows/network/adapters/pulumi-program.ts";
import { Program } from "/work/h-flows/network/adapters/pulumi/program.ts";
import { workloadOf } from "/work/h-flows/batch/adapters/pulumi-workload.ts";
import { isKnown } from "/work/h-flows/network/reachability/known.ts";
const [dir, stack] = process.argv.slice(2);
for (const ids of ["known","unknown"] as const) {
  const r = await recordProgram({directory: dir!, stack, ids});
  const t0 = performance.now();
  const w = workloadOf(new Program(r.resources), {region: r.region});
  console.log("==", ids, r.resources.length, (performance.now()-t0).toFixed(0)+"ms");
  for (const run of w.runs) {
    const ce = run.computeEnvironment;
    console.log(ce.name, JSON.stringify(ce.platform), "x", run.jobDefinition?.name, JSON.stringify(ce.subnetIds), JSON.stringify(ce.securityGroupIds), JSON.stringify(ce.hasPublicAddress));
    for (const f of run.flows) console.log("  ", f.symptom.jobState, isKnown(f.destination)?JSON.stringify(f.destination):"? "+f.destination.reason, JSON.stringify(f.port), f.onlyIf ?? "", f.requests.map(q=>q.action+" "+q.resource+(q.unknown?" ?"+q.unknown:"")).join(" | "));
  }
  for (const h of w.hosts.values()) console.log(JSON.stringify(h));
  for (const n of w.notes) console.log("note", n.message);
}
