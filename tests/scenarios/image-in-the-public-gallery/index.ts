import { endpointsOnly } from "../base/endpoints-only.ts";

// https://github.com/aws/containers-roadmap/issues/1160
endpointsOnly({ container: { image: "public.ecr.aws/docker/library/python:3.13", environment: [], secrets: [] } });
