import * as aws from "@pulumi/aws";
import { endpointsOnly } from "../base/endpoints-only.ts";

const queue = new aws.sqs.Queue("items");
endpointsOnly({ container: { environment: [{ name: "QUEUE", value: queue.url }] } });
