import { acceptedPeering } from "../base/accepted-peering.ts";

acceptedPeering({ autoAccept: false });
