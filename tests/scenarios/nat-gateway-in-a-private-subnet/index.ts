import { natGateway } from "../base/internet.ts";

natGateway({ publicToInternet: null });
