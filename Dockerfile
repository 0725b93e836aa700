# What docs/deploy.md says about it, including what of it was tried without a container engine, is part of it.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-fund --no-audit
COPY . .
RUN node scripts/test.mjs build && rm -rf .next/cache
RUN npm prune --omit=dev --no-save --no-fund --no-audit

FROM node:24-bookworm-slim
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 LOG_FORMAT=json DATA_DIR=/data
RUN install -d -o node -g node -m 0700 /data
WORKDIR /app
RUN chown node:node /app
COPY --from=build --chown=node:node /app ./
USER node
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["node", "scripts/healthy.mjs"]
CMD ["node", "scripts/start.mjs"]
