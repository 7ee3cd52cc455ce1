import { centralEgress } from "../base/central-egress.ts";

centralEgress({ transitToEgress: null });
