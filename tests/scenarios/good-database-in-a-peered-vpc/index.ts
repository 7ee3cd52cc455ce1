import { peeredVpc } from "../base/peered-vpc.ts";

peeredVpc();
