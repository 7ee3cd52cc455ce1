import { peeredVpc } from "../base/peered-vpc.ts";

peeredVpc({ peering: null, there: null, back: null });
