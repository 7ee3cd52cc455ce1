# The worker, and nothing that a job does not need. Node 22.18 or newer: it runs TypeScript itself, without optional packages.
ARG BASE_IMAGE=public.ecr.aws/docker/library/node:24-slim

FROM ${BASE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Optional packages are the embedded database and what compiles TypeScript for older versions of Node.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM ${BASE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
# Own layers: what changes seldom comes first, and is neither built nor pulled again when the worker changes.
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json .env.aws ./
COPY migrations ./migrations
COPY worker ./worker
USER node
# No shell between: SIGTERM reaches the worker, which stops at the next checkpoint.
ENTRYPOINT ["node", "worker"]
