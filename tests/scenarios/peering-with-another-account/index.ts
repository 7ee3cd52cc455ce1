import { peeredVpc } from "../base/peered-vpc.ts";

peeredVpc({ peering: { autoAccept: undefined, peerOwnerId: "210987654321" } });
