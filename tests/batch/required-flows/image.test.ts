import test from "ava";
import { imageOf, isOnTheInternet } from "../../../batch/required-flows/image.ts";

/** Images as they are written, and the registry that Docker asks for them. */
const images: readonly (readonly [name: string, registry: string])[] = [
  ["busybox", "registry-1.docker.io:443"],
  ["library/busybox:1.36", "registry-1.docker.io:443"],
  ["docker.io/library/busybox", "registry-1.docker.io:443"],
  ["index.docker.io/library/busybox", "registry-1.docker.io:443"],
  ["ghcr.io/owner/image:1", "ghcr.io:443"],
  ["localhost/image", "localhost:443"],
  ["registry:5000/image", "registry:5000"],
  ["public.ecr.aws/amazonlinux/amazonlinux:latest", "public.ecr.aws:443"],
  ["123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/worker:1", "ecr 123456789012 eu-west-1 team/worker"],
  ["123456789012.dkr.ecr.eu-west-1.amazonaws.com/worker@sha256:00", "ecr 123456789012 eu-west-1 worker"],
  ["123456789012.dkr.ecr.eu-west-1.amazonaws.com/worker:1@sha256:00", "ecr 123456789012 eu-west-1 worker"],
  ["123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/worker", "ecr 123456789012 cn-north-1 worker"],
  ["123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/worker", "ecr 123456789012 us-gov-west-1 worker"],
  ["123456789012.dkr-ecr.eu-west-1.on.aws/worker", "ecr 123456789012 eu-west-1 worker"],
  [
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.org/worker",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.org:443",
  ],
];

for (const [name, registry] of images) {
  test(`the image ${name} comes from ${registry}`, (t) => {
    const image = imageOf(name);
    const text =
      image.type === "ecr"
        ? `ecr ${image.accountId} ${image.region} ${image.repository}`
        : `${image.host}:${image.port}`;
    t.is(text, registry);
  });
}

test("well-known registries are on the internet, and of others nobody knows", (t) => {
  for (const host of [
    "registry-1.docker.io",
    "ghcr.io",
    "eu.gcr.io",
    "europe-docker.pkg.dev",
    "acme.azurecr.io",
    "acme.jfrog.io",
  ])
    t.is(isOnTheInternet(host), true);
  for (const host of ["registry.example.com", "ghcr.io.example.com", "notquay.io"]) t.not(isOnTheInternet(host), true);
});
