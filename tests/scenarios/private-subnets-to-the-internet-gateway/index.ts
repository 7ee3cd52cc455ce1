import { natGateway } from "../base/internet.ts";

natGateway({
  computeToNat: ({ internetGateway }) => ({ natGatewayId: undefined, gatewayId: internetGateway.id }),
});
