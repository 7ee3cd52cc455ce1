import type { Subnet, TransitGatewayAttachment } from "../../../network/reachability/topology.ts";
import { known, subnetOf } from "./facts.ts";
import { passNetworkAcl } from "./filters.ts";
import type { Step } from "./gateways.ts";
import { type Connection, drop, type Packet, type Place, Unmodelled } from "./packet.ts";
import { attachmentFor } from "./routes.ts";

/** From a subnet whose route table says so into a transit gateway, by the attachment's subnet of the same zone. */
export function intoTransitGateway(connection: Connection, packet: Packet, subnet: Subnet, id: string): Step {
  const { facts, trail, met } = connection;
  checkGateway(connection, id);
  const ofVpc = facts.transitGatewayAttachments.filter(
    ({ transitGatewayId, resource }) =>
      transitGatewayId === id && resource.type === "vpc" && resource.vpcId === subnet.vpcId,
  );
  const [attachment = drop(`${subnet.vpcId} is not attached to ${id}`)] = [
    ...ofVpc.filter(({ state }) => state === "available"),
    ...ofVpc,
  ];
  checkAttachment(attachment);
  const zone = known(subnet.availabilityZone);
  const own =
    subnetsOf(connection, attachment).find((one) => known(one.availabilityZone) === zone) ??
    drop(`${attachment.id} has no subnet in ${zone}`);
  // In the sender's own subnet, too: that ACL judges what goes to the gateway in both directions ("Network ACLs for transit
  // gateways", same subnet), and what comes from it in none.
  passNetworkAcl(connection, own, "inbound", packet);
  met.add(own.id === subnet.id ? "transit gateway in the sender's subnet" : "transit gateway");
  trail.crossesTransitGateway = true;
  seeSupport(connection, attachment);
  return [packet, { at: "transit-gateway", ingress: attachment, first: attachment, zone }];
}

/** From one attachment of a transit gateway to another. */
export function throughTransitGateway(
  connection: Connection,
  packet: Packet,
  { ingress, first, zone }: Extract<Place, { at: "transit-gateway" }>,
): Step {
  const { facts, family, choose, trail, met } = connection;
  const egress = attachmentFor(connection, ingress, packet.dst);
  checkAttachment(egress);
  const { resource } = egress;
  if (resource.type === "unsupported") throw new Unmodelled(`${egress.id} is a ${resource.name}`);
  if (resource.type === "peering") {
    checkGateway(connection, resource.transitGatewayId);
    const other =
      facts.transitGatewayAttachments.find(
        ({ id, transitGatewayId }) => id === egress.id && transitGatewayId === resource.transitGatewayId,
      ) ?? drop(`${resource.transitGatewayId} has no ${egress.id}`);
    checkAttachment(other);
    trail.lacksReferencingSupport = true;
    met.add("transit gateway peering");
    return [packet, { at: "transit-gateway", ingress: other, first, zone }];
  }
  if (family === 6 && !(known(first.ipv6Support) && known(egress.ipv6Support))) drop(`${egress.id} is without IPv6`);
  seeSupport(connection, egress);
  const subnets = subnetsOf(connection, egress);
  const near = subnets.filter((one) => known(one.availabilityZone) === zone);
  if (subnets.length === 0) drop(`${egress.id} has no subnets`);
  const subnet = choose(`subnets of ${egress.id}`, near.length > 0 ? near : subnets);
  return [packet, { at: "subnet", subnet }];
}

const subnetsOf = ({ facts }: Connection, { subnetIds }: TransitGatewayAttachment) =>
  known(subnetIds).map((id) => subnetOf(facts, id));

function checkGateway({ facts }: Connection, id: string): void {
  const gateway = facts.transitGateways.find((one) => one.id === id) ?? drop(`there is no ${id}`);
  if (known(gateway.state) !== "available") drop(`${id} is ${known(gateway.state)}`);
}

function checkAttachment({ id, state }: TransitGatewayAttachment): void {
  if (known(state) !== "available") drop(`${id} is ${known(state)}`);
}

/** Groups are seen only where both attachments and the gateway support it. */
function seeSupport({ facts, trail }: Connection, attachment: TransitGatewayAttachment): void {
  const gateway = facts.transitGateways.find(({ id }) => id === attachment.transitGatewayId);
  if (gateway && known(gateway.securityGroupReferencingSupport) && known(attachment.securityGroupReferencingSupport))
    return;
  trail.lacksReferencingSupport = true;
}
