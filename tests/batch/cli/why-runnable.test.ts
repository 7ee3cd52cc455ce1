import path from "node:path";
import process from "node:process";
import test from "ava";
import { whyRunnable } from "../../../batch/cli/why-runnable.ts";
import { smallProgram } from "../../small-program.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const project = path.resolve(import.meta.dirname, "../../..");
const job = { statusReason: "UNDETERMINED - Batch job is blocked" };
const lineOf = (program: string, stack?: string) => whyRunnable({ job, program, stack, env: process.env });

const batch = (type: "EC2" | "FARGATE") => `
const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16" });
const subnet = new aws.ec2.Subnet("jobs", { vpcId: vpc.id, cidrBlock: "10.0.1.0/24" });
const group = new aws.ec2.SecurityGroup("jobs", { vpcId: vpc.id });
new aws.batch.ComputeEnvironment("main", {
  type: "MANAGED",
  computeResources: {
    type: "${type}", maxVcpus: 1, subnets: [subnet.id], securityGroupIds: [group.id],
    ${type === "EC2" ? 'instanceTypes: ["optimal"], instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",' : ""}
  },
});
new aws.batch.JobDefinition("job", {
  type: "container", platformCapabilities: ["${type}"],
  containerProperties: JSON.stringify({ image: "busybox" }),
});
`;

test("a line names the flow that keeps instances away, why, and the fix", async (t) => {
  const line = await lineOf(await smallProgram(t, batch("EC2")));
  t.regex(
    line,
    /^AWS Batch says UNDETERMINED - Batch job is blocked; node network check: Subnet jobs -> ecs\S* tcp\/443: not-reachable: .+ Fix: .+ \(and \d+ more like it: node network check\)$/,
  );
  t.false(line.includes("\n"));
});

test("where the network is not to blame, a line says where to look", async (t) => {
  const own = await lineOf(project, "dev");
  t.regex(own, /all \d+ flows that jobs need to leave RUNNABLE are reachable; look at the capacity/);
  // What Fargate's jobs can't reach ends them in STARTING.
  const fargate = await lineOf(await smallProgram(t, batch("FARGATE")));
  t.regex(fargate, /no flow of the network decides whether jobs leave RUNNABLE here; look at the capacity/);
});

test("a program that can't be asked is told in the line", async (t) => {
  t.regex(
    await lineOf(await smallProgram(t, "")),
    /node network check: nothing, the program in .* declares no compute environment\.$/,
  );
  t.regex(
    await lineOf(await smallProgram(t, 'throw new Error("no\\n way");')),
    /node network check: no answer, .*no way/,
  );
  t.regex(await lineOf(await temporaryFolder(t)), /node network check: no answer, .*Pulumi\.yaml/);
});
