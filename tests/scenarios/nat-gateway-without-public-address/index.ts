import { natGateway } from "../base/internet.ts";

natGateway({ natGateway: { connectivityType: "private", allocationId: undefined } });
