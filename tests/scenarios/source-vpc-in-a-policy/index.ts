import * as pulumi from "@pulumi/pulumi";
import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({
  s3: ({ vpc }) => ({
    policy: pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: "*",
          Action: "s3:*",
          Resource: "*",
          Condition: { StringEquals: { "aws:SourceVpc": vpc.id } },
        },
      ],
    }),
  }),
});
