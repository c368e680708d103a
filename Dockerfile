# syntax=docker/dockerfile:1
# The bot, for amd64 and arm64:
#   docker buildx build --platform linux/amd64,linux/arm64 .

# Bundles the TypeScript sources. The result is the same for every platform, so this stage runs on the builder's own.
FROM --platform=$BUILDPLATFORM node:24-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY build.js tsconfig.json ./
COPY src ./src
RUN npm run build && mkdir data

# Installs the production dependencies. On the image's own platform, because a package can contain native code.
FROM node:24-trixie-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# Node alone: no shell, no package manager, no build tools.
FROM gcr.io/distroless/nodejs24-debian13:nonroot AS runtime
WORKDIR /app
# BOT_IMAGE turns on the warning about a DATA_DIR that is lost with the container.
ENV NODE_ENV=production BOT_IMAGE=true DATA_DIR=/data
# The limit of the heap, in MB, as `npm start` sets it. docs/configuration.md explains it.
ENV NODE_OPTIONS="--max-old-space-size=96 --max-semi-space-size=8 --v8-pool-size=1"
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
# Owned by the user, so that a new volume is, too. No VOLUME: an anonymous one would hide that nothing is mounted.
COPY --from=build --chown=65532:65532 /app/data /data
USER 65532:65532
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["/nodejs/bin/node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/livez').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/main.js"]
