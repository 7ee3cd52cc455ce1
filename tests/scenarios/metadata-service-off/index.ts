import * as aws from "@pulumi/aws";
import { endpointsOnly } from "../base/endpoints-only.ts";

const hardened = new aws.ec2.LaunchTemplate("hardened", { metadataOptions: { httpEndpoint: "disabled" } });
endpointsOnly({ computeResources: { launchTemplate: { launchTemplateId: hardened.id, version: "$Latest" } } });
