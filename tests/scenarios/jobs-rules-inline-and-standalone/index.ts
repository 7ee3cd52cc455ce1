import { endpointsOnly } from "../base/endpoints-only.ts";

// https://www.pulumi.com/registry/packages/aws/api-docs/ec2/securitygroup/
endpointsOnly({
  jobs: { egress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/16"] }] },
});
