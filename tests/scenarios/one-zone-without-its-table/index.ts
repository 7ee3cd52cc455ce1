import { natGateway } from "../base/internet.ts";

natGateway({ computeBToTable: null });
