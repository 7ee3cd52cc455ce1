import * as aws from "@pulumi/aws";
import { endpointsOnly } from "../base/endpoints-only.ts";

const list = aws.ec2.getPrefixListOutput({ name: "com.amazonaws.eu-west-1.s3" });
endpointsOnly({ jobsToS3: { prefixListId: list.id } });
