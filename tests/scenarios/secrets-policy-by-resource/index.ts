import * as aws from "@pulumi/aws";
import { endpointsOnly } from "../base/endpoints-only.ts";

const { secretsmanager } = endpointsOnly();
new aws.ec2.VpcEndpointPolicy("secretsOfOthers", {
  vpcEndpointId: secretsmanager.id,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" },
      { Effect: "Deny", Principal: "*", Action: "secretsmanager:GetSecretValue", Resource: "*" },
    ],
  }),
});
