import { publicSubnets } from "../base/internet.ts";

// https://github.com/aws-samples/aws-batch-genomics/issues/3
publicSubnets({ computeA: { mapPublicIpOnLaunch: false }, computeB: { mapPublicIpOnLaunch: false } });
