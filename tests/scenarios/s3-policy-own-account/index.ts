import { endpointsOnly } from "../base/endpoints-only.ts";

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
endpointsOnly({
  s3: {
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: "*",
          Action: "s3:*",
          Resource: "*",
          Condition: { StringEquals: { "aws:ResourceAccount": "123456789012" } },
        },
      ],
    }),
  },
});
