import { natGateway } from "../base/internet.ts";

natGateway({ internetGateway: { vpcId: undefined } });
