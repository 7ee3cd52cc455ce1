import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({
  s3: {
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: "*",
          Action: ["s3:GetObject", "s3:PutObject"],
          Resource: "arn:aws:s3:::results/*",
        },
      ],
    }),
  },
});
