import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({
  s3: ({ computeA, computeB, endpoints }) => ({
    vpcEndpointType: "Interface",
    routeTableIds: undefined,
    subnetIds: [computeA.id, computeB.id],
    securityGroupIds: [endpoints.id],
    privateDnsEnabled: true,
    dnsOptions: { privateDnsOnlyForInboundResolverEndpoint: false },
  }),
  jobsToS3: { prefixListId: undefined, cidrIpv4: "10.0.0.0/16" },
});
