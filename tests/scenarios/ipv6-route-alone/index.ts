import { natGateway } from "../base/internet.ts";

natGateway({
  vpc: { assignGeneratedIpv6CidrBlock: true },
  computeToNat: ({ internetGateway }) => ({
    destinationCidrBlock: undefined,
    natGatewayId: undefined,
    destinationIpv6CidrBlock: "::/0",
    gatewayId: internetGateway.id,
  }),
});
