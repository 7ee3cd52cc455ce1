import { centralEgress } from "../base/central-egress.ts";

centralEgress({ transit: { defaultRouteTablePropagation: "disable" } });
