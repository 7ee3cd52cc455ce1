import { endpointsOnly } from "../base/endpoints-only.ts";

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
          Condition: { StringEquals: { "aws:ResourceOrgID": "o-1234567890" } },
        },
      ],
    }),
  },
});
