import { endpointsOnly } from "../base/endpoints-only.ts";

// https://github.com/hashicorp/terraform-provider-aws/pull/10500
endpointsOnly({ jobsToEndpoints: null, jobsToS3: null, jobsToDatabase: null });
