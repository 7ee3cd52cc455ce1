import { natGateway } from "../base/internet.ts";

natGateway({ container: { image: "registry.example.com:5000/work:1", environment: [], secrets: [] } });
