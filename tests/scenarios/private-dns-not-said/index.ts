import { endpointsOnly } from "../base/endpoints-only.ts";

// https://github.com/terraform-aws-modules/terraform-aws-eks/issues/1476
endpointsOnly({ "ecr.api": { privateDnsEnabled: undefined }, "ecr.dkr": { privateDnsEnabled: undefined } });
