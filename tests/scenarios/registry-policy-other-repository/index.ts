import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({
  "ecr.dkr": {
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: "*",
          Action: "ecr:*",
          Resource: "arn:aws:ecr:eu-west-1:123456789012:repository/website",
        },
      ],
    }),
  },
});
