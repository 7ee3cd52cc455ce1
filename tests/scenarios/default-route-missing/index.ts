import { natGateway } from "../base/internet.ts";

natGateway({ computeToNat: null });
