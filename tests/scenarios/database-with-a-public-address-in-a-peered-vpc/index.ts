import { acceptedPeering } from "../base/accepted-peering.ts";

acceptedPeering({ publiclyAccessible: true });
