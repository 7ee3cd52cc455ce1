import { fargate } from "../base/endpoints-only.ts";

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
fargate({ "ecr.api": null });
