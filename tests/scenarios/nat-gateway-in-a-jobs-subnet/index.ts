import { natGateway } from "../base/internet.ts";

natGateway({ natGateway: ({ computeA }) => ({ subnetId: computeA.id }) });
