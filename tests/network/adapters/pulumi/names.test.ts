import test from "ava";
import { Names } from "../../../../network/adapters/pulumi/names.ts";
import { base, ec2, modes, Stack } from "./judged.ts";

for (const mode of modes) {
  test(`${mode}: ids are told by logical names, with the type where several have one`, (t) => {
    const stack = new Stack(mode);
    const { vpc, subnet } = base(stack);
    const group = stack.add(ec2("SecurityGroup"), "jobs", { vpcId: vpc.out() });
    const spaced = stack.add(ec2("SecurityGroup"), "main, and more", { vpcId: vpc.out() });
    const names = new Names(stack.program);
    t.is(names.name(vpc.urn), "main");
    t.is(names.name(subnet.urn), "Subnet jobs");
    t.is(names.name(`${vpc.urn}#default-network-acl`), "the default network ACL of main");
    t.is(names.name("#prefix-list:com.amazonaws.eu-west-1.s3"), "com.amazonaws.eu-west-1.s3");
    t.is(names.name("subnet-1"), "subnet-1");
    t.is(
      names.text(
        `From ${group.urn} (${vpc.urn}#default-route-table) to ${spaced.urn}, pl #prefix-list:com.amazonaws.eu-west-1.s3.`,
      ),
      "From SecurityGroup jobs (the default route table of main) to main, and more, pl com.amazonaws.eu-west-1.s3.",
    );
    t.is(
      names.text("urn:pulumi:dev::lab::x:y:Z::nobody is no resource"),
      "urn:pulumi:dev::lab::x:y:Z::nobody is no resource",
    );
  });

  test(`${mode}: what AWS makes with a VPC is changed at the VPC, or at what adopts it`, (t) => {
    const stack = new Stack(mode);
    const { vpc } = base(stack);
    const adopted = stack.add(ec2("DefaultNetworkAcl"), "adopted", {
      defaultNetworkAclId: vpc.out("defaultNetworkAclId"),
    });
    const names = new Names(stack.program);
    t.is(names.declared(`${vpc.urn}#default-network-acl`), adopted.urn);
    t.is(names.name(`${vpc.urn}#default-network-acl`), "adopted");
    t.is(names.declared(`${vpc.urn}#default-route-table`), vpc.urn);
    t.deepEqual(names.component({ type: "subnet", id: "subnet-1" }), { type: "subnet", id: "subnet-1" });
  });
}
