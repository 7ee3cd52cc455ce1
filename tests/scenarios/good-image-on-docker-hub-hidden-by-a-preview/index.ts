import { natGateway } from "../base/internet.ts";

natGateway({ container: { image: "docker.io/library/python:3.13" } });
