import { peeredVpc } from "../base/peered-vpc.ts";

peeredVpc({ peering: { autoAccept: undefined } });
