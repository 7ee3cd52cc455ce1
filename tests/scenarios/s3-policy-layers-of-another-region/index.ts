import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({
  s3: {
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*",
        },
      ],
    }),
  },
});
