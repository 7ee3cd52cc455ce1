import { endpointsOnly } from "../base/endpoints-only.ts";

// The example of https://github.com/terraform-aws-modules/terraform-aws-batch has it so.
endpointsOnly({ computeResources: ({ endpoints }) => ({ securityGroupIds: [endpoints.id] }) });
