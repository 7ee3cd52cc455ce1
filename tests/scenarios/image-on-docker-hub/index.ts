import { endpointsOnly } from "../base/endpoints-only.ts";

endpointsOnly({ container: { image: "docker.io/library/python:3.13", environment: [], secrets: [] } });
