import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({
  "ecr.dkr": {
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" },
        {
          Sid: "FromTheOfficeAlone",
          Effect: "Deny",
          Principal: "*",
          Action: "ecr:*",
          Resource: "*",
          Condition: { StringNotEquals: { "aws:SourceVpc": "vpc-0123456789abcdef0" } },
        },
      ],
    }),
  },
});
