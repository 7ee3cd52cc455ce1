import { centralEgress } from "../base/central-egress.ts";

centralEgress({ computeToTransit: null });
