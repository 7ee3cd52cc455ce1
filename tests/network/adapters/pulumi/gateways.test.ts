import test from "ava";
import { addressText, cidrText } from "../../../../network/reachability/address.ts";
import { isKnown } from "../../../../network/reachability/known.ts";
import { base, ec2, modes, one, type Stack, short, topology } from "./judged.ts";

for (const mode of modes) {
  test(`${mode}: an internet gateway is attached to the VPC that it names, or by an attachment`, (t) => {
    const { internetGateways, egressOnlyInternetGateways } = topology(mode, (stack) => {
      const { vpc } = base(stack);
      stack.add(ec2("InternetGateway"), "own", { vpcId: vpc.out() });
      const other = stack.add(ec2("InternetGateway"), "other");
      stack.add(ec2("InternetGatewayAttachment"), "of", { internetGatewayId: other.out(), vpcId: vpc.out() });
      stack.add(ec2("InternetGateway"), "loose");
      stack.add(ec2("EgressOnlyInternetGateway"), "six", { vpcId: vpc.out() });
    });
    t.deepEqual(short(one(internetGateways, "::own").vpcIds), ["main"]);
    t.deepEqual(short(one(internetGateways, "::other").vpcIds), ["main"]);
    t.deepEqual(short(one(internetGateways, "::loose").vpcIds), []);
    t.deepEqual(short(one(egressOnlyInternetGateways, "::six").vpcIds), ["main"]);
  });

  test(`${mode}: NAT gateways of a small subnet have addresses of it, each another one`, (t) => {
    const { natGateways, networkInterfaces } = topology(mode, (stack) => {
      const { vpc } = base(stack);
      const inputs = { connectivityType: "public", allocationId: "eipalloc-1" };
      for (let index = 0; index < 6; index++) {
        const subnetInputs = { vpcId: vpc.out(), cidrBlock: `10.0.9.${index * 16}/28` };
        const subnet = stack.add(ec2("Subnet"), `public${index}`, subnetInputs);
        stack.add(ec2("NatGateway"), `nat${index}`, { ...inputs, subnetId: subnet.out() });
        stack.add(ec2("NatGateway"), `more${index}`, { ...inputs, subnetId: subnet.out() });
      }
    });
    const addressOf = (name: string) => {
      const { addresses } = one(natGateways, name);
      return isKnown(addresses) ? addressText(addresses[0]?.privateAddress ?? 0) : "?";
    };
    for (let index = 0; index < 6; index++) {
      t.is(addressOf(`::nat${index}`), `10.0.9.${index * 16 + 14}`);
      t.is(addressOf(`::more${index}`), `10.0.9.${index * 16 + 13}`);
    }
    t.is(one(networkInterfaces, "nat0#network-interface").type, "nat_gateway");
  });

  test(`${mode}: of a regional NAT gateway, and of one that is looked up, nobody knows the subnet`, (t) => {
    const { natGateways } = topology(mode, (stack) => {
      const { vpc } = base(stack);
      stack.add(ec2("NatGateway"), "regional", { vpcId: vpc.out(), availabilityMode: "regional" });
      stack.add(ec2("NatGateway"), "found", {}, {}, { isRead: true });
    });
    for (const name of ["::regional", "::found"]) {
      t.is(short(one(natGateways, name).subnetId), "?");
      t.is(short(one(natGateways, name).addresses), "?");
    }
  });

  const peerings = [
    ["accepted by itself", { autoAccept: true }, undefined, "active"],
    ["accepted by another resource", {}, { autoAccept: true }, "active"],
    ["accepted by nobody", {}, undefined, "pending-acceptance"],
    ["which another account may accept", { peerOwnerId: "210987654321" }, undefined, "?"],
  ] as const;
  for (const [what, inputs, accepter, state] of peerings) {
    test(`${mode}: a peering ${what}`, (t) => {
      const { vpcPeeringConnections } = topology(mode, (stack) => {
        const { vpc } = base(stack);
        const own = stack.add(ec2("VpcPeeringConnection"), "own", { vpcId: vpc.out(), peerVpcId: "vpc-1", ...inputs });
        if (accepter)
          stack.add(ec2("VpcPeeringConnectionAccepter"), "of", { vpcPeeringConnectionId: own.out(), ...accepter });
      });
      const found = one(vpcPeeringConnections, "::own");
      t.is(short(found.state), state);
      t.deepEqual(
        found.sides.map(({ vpcId }) => short(vpcId)),
        ["main", "vpc-1"],
      );
      t.is(short(found.sides[1].cidrBlocks), "?");
    });
  }

  test(`${mode}: prefix lists have their entries; those of two kinds, and AWS's own, are not known`, (t) => {
    const { prefixLists } = topology(mode, (stack) => {
      base(stack);
      const inline = { entries: [{ cidr: "10.0.0.0/16" }] };
      const own = stack.add(ec2("ManagedPrefixList"), "own");
      stack.add(ec2("ManagedPrefixListEntry"), "one", { prefixListId: own.out(), cidr: "10.1.0.0/16" });
      stack.add(ec2("ManagedPrefixList"), "inline", inline);
      const both = stack.add(ec2("ManagedPrefixList"), "both", inline);
      stack.add(ec2("ManagedPrefixListEntry"), "two", { prefixListId: both.out(), cidr: "10.1.0.0/16" });
      stack.add(ec2("ManagedPrefixList"), "found", {}, {}, { isRead: true });
    });
    const cidrs = (name: string) => {
      const { cidrs: all } = one(prefixLists, name);
      return isKnown(all) ? all.map(cidrText) : "?";
    };
    t.deepEqual(["::own", "::inline", "::both", "::found", "com.amazonaws.eu-west-1.s3"].map(cidrs), [
      ["10.1.0.0/16"],
      ["10.0.0.0/16"],
      "?",
      "?",
      "?",
    ]);
  });

  test(`${mode}: VPC Block Public Access is on for the Region, but for what is excluded`, (t) => {
    const { blockPublicAccess } = topology(mode, (stack) => {
      const { subnet } = base(stack);
      stack.add(ec2("VpcBlockPublicAccessOptions"), "on", { internetGatewayBlockMode: "block-bidirectional" });
      const inputs = { subnetId: subnet.out(), internetGatewayExclusionMode: "allow-egress" };
      stack.add(ec2("VpcBlockPublicAccessExclusion"), "but", inputs);
    });
    const exclusions = [{ resourceId: `urn:pulumi:dev::lab::${ec2("Subnet")}::jobs`, mode: "allow-egress" }];
    t.deepEqual(blockPublicAccess, [
      { ownerId: "", region: "eu-west-1", mode: "block-bidirectional", exclusions },
    ] as never);
  });

  test(`${mode}: an interface is in use where something is attached to it`, (t) => {
    const { networkInterfaces } = topology(mode, (stack) => {
      const { vpc, subnet } = base(stack);
      const group = stack.add(ec2("SecurityGroup"), "group", { vpcId: vpc.out() });
      const named = { subnetId: subnet.out(), securityGroups: [group.out()], privateIps: ["10.0.1.9"] };
      const own = stack.add(ec2("NetworkInterface"), "own", named);
      stack.add(ec2("NetworkInterfaceAttachment"), "of", {
        networkInterfaceId: own.out(),
        instanceId: "i-1",
        deviceIndex: 1,
      });
      stack.add(ec2("NetworkInterface"), "loose", { subnetId: subnet.out() });
      stack.add(ec2("Instance"), "host", { subnetId: subnet.out(), vpcSecurityGroupIds: [group.out()] });
      stack.add(ec2("Instance"), "old", { subnetId: subnet.out(), securityGroups: ["web"] });
    });
    const told = ["::own", "::loose", "::host", "::old"].map((name) => {
      const { isInUse, securityGroupIds } = one(networkInterfaces, name);
      return [short(isInUse), short(securityGroupIds)];
    });
    t.deepEqual(told, [
      [true, ["group"]],
      ["?", ["main#default-security-group"]],
      [true, ["group"]],
      [true, "?"],
    ]);
  });
}

test("an attachment of nobody knows which internet gateway may be of each", (t) => {
  const { internetGateways } = topology("preview", (stack: Stack) => {
    const { vpc } = base(stack);
    stack.add(ec2("InternetGateway"), "own", { vpcId: vpc.out() });
    const elsewhere = stack.add("pulumi:pulumi:StackReference", "network", {}, { id: "igw-1" });
    stack.add(ec2("InternetGatewayAttachment"), "of", { internetGatewayId: elsewhere.out(), vpcId: vpc.out() });
  });
  t.is(short(one(internetGateways, "::own").vpcIds), "?");
});
