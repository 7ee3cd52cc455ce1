import { transitGatewayToNat } from "../base/transit-gateway-to-nat.ts";

transitGatewayToNat({ hasWayBack: false });
