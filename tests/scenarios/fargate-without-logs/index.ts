import { fargate } from "../base/endpoints-only.ts";

fargate({ logs: null });
