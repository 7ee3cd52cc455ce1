import { fargate } from "../base/endpoints-only.ts";

fargate({ s3: null });
