import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({
  s3: ({ computeA, computeB, endpoints }) => ({
    vpcEndpointType: "Interface",
    routeTableIds: undefined,
    subnetIds: [computeA.id, computeB.id],
    securityGroupIds: [endpoints.id],
    privateDnsEnabled: true,
    dnsOptions: { privateDnsOnlyForInboundResolverEndpoint: true },
  }),
});
