import { endpointsOnly } from "../base/endpoints-only.ts";

// https://github.com/terraform-aws-modules/terraform-aws-vpc/pull/1197
endpointsOnly({
  s3: {
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: "*",
          Condition: { StringNotEquals: { "aws:SourceVpc": "vpc-0123456789abcdef0" } },
        },
      ],
    }),
  },
});
