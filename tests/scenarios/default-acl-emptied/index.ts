import * as aws from "@pulumi/aws";
import { endpointsOnly } from "../base/endpoints-only.ts";

const { vpc } = endpointsOnly();
new aws.ec2.DefaultNetworkAcl("default", { defaultNetworkAclId: vpc.defaultNetworkAclId });
