import { publicSubnets } from "../base/internet.ts";

publicSubnets();
