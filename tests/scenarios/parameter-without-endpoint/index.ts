import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({
  container: {
    image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/work:1",
    environment: [],
    secrets: [{ name: "DATABASE_SECRET", valueFrom: "/jobs/database" }],
  },
});
