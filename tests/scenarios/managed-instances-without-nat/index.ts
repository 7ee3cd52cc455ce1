import { endpointsOnly } from "../base/endpoints-only.ts";

// https://docs.aws.amazon.com/batch/latest/APIReference/API_ManagedInstancesNetworkConfiguration.html
endpointsOnly({ computeResources: { type: "MANAGED_INSTANCES" } });
