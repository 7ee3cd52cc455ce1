import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({
  ecs: {
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: ["ecs:Describe*", "ecs:List*"], Resource: "*" }],
    }),
  },
});
