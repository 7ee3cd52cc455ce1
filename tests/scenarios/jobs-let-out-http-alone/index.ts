import { natGateway } from "../base/internet.ts";

natGateway({ jobsToInternet: { fromPort: 80, toPort: 80 } });
