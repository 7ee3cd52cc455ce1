import { centralEgress } from "../base/central-egress.ts";

// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
centralEgress({ jobsAttachment: ({ computeA }) => ({ subnetIds: [computeA.id] }) });
