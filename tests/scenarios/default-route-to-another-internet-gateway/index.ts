import * as aws from "@pulumi/aws";
import { publicSubnets } from "../base/internet.ts";

const spare = new aws.ec2.InternetGateway("spare", {});
publicSubnets({ computeToInternet: { gatewayId: spare.id } });
