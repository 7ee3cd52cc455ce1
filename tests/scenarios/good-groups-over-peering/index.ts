import { peeredVpc } from "../base/peered-vpc.ts";

peeredVpc({
  otherFromJobs: ({ jobs }) => ({ cidrIpv4: undefined, referencedSecurityGroupId: jobs.id }),
  jobsToOther: ({ otherGroup }) => ({ cidrIpv4: undefined, referencedSecurityGroupId: otherGroup.id }),
});
