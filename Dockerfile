# The worker, and nothing that a job does not need. Node 22.18 or newer: it runs TypeScript itself, without optional packages.
ARG BASE_IMAGE=public.ecr.aws/docker/library/node:24-slim

FROM ${BASE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Optional packages are the embedded database and what compiles TypeScript for older versions of Node.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

# What code that comes as a bundle must not want otherwise.
FROM ${BASE_IMAGE} AS fingerprint
WORKDIR /app
COPY package.json package-lock.json Dockerfile ./
COPY worker/bootstrap ./worker/bootstrap
COPY worker/s3 ./worker/s3
RUN node --input-type=module --eval "import { imageFingerprint } from './worker/bootstrap/image-fingerprint.ts'; console.log(await imageFingerprint('.'))" > image.fingerprint

FROM ${BASE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
# Own layers: what changes seldom comes first, and is neither built nor pulled again when the worker changes.
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=fingerprint /app/image.fingerprint ./
COPY package.json .env.aws ./
COPY migrations ./migrations
COPY worker ./worker
USER node
# This worker, or the one of the bundle that BATCH_PREFLIGHT_BUNDLE names. No shell between: SIGTERM reaches it, and it stops
# at the next checkpoint.
ENTRYPOINT ["node", "worker/bootstrap"]
