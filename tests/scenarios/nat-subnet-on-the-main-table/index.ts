import { natGateway } from "../base/internet.ts";

natGateway({ publicAToTable: null });
