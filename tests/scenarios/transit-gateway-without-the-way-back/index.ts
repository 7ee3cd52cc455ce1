import { centralEgress } from "../base/central-egress.ts";

centralEgress({ egressToJobs: null });
