import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({
  logs: {
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: ["logs:Get*", "logs:Describe*"], Resource: "*" }],
    }),
  },
});
