# One image for every service: --build-arg SERVICE=upload-api (or ingest-worker, alert-worker, invoice-worker).
# Node runs the TypeScript as it stands, so nothing is compiled and a changed line rebuilds one small layer.
ARG NODE_IMAGE=node:24-bookworm-slim
# Chooses the last stage, too.
ARG SERVICE

# Everybody may read it, whatever the umask of whoever checked it out: it runs under another uid.
FROM ${NODE_IMAGE} AS tree
COPY . /all
RUN chmod -R a+rX /all

# Only what decides which packages are installed. It is picked out of the whole tree, so that a new workspace needs
# no line here, and the next stage stays cached until one of these files changes. Development dependencies are struck
# out: npm installs those of a workspace that is itself a development dependency, whatever is omitted.
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
ARG SERVICE
WORKDIR /app
COPY --from=manifests /manifests ./
# No install scripts: none of these packages needs one. The user's own npm settings are lent to this step alone.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,id=stockwire-npm,target=/root/.npm \
  npm ci --omit=dev --ignore-scripts --workspace "services/${SERVICE:?name a service}"
# What a running service never opens: other workspaces; of packages, TypeScript (which Node would not run there),
# source maps, documents and tests.
RUN rm package-lock.json .npmrc \
  && for workspace in packages/* services/*; do \
    [ -e "node_modules/@stockwire/${workspace#*/}" ] || rm -r "$workspace"; \
  done \
  && find . -path '*/node_modules/*' -type d '(' \
    -name test -o -name tests -o -name 'test-*' -o -name __tests__ -o -name benchmark -o -name .github ')' -prune -exec rm -r {} + \
  && find . -path '*/node_modules/*' -type f '(' \
    -name '*.ts' -o -name '*.[cm]ts' -o -name '*.map' -o -iname '*.md' \
    -o -name 'tsconfig*.json' -o -name '*.tsbuildinfo' ')' -delete

# The sources of the workspaces that are left, without manifests: those came with the packages.
FROM tree AS sources
COPY --from=dependencies /app/packages /app/services /wanted/
WORKDIR /sources
RUN cd /all && for workspace in packages/* services/*; do \
    [ ! -e "/wanted/${workspace#*/}" ] || cp -r --parents "$workspace" /sources; \
  done \
  && find /sources -name package.json -delete

# The dashboard, which only the API's image asks for. What builds it stays here: of development dependencies, the page's.
FROM tree AS page-manifests
WORKDIR /manifests
RUN cd /all && find . -name package.json -exec cp --parents -t /manifests {} + \
  && cp package-lock.json .npmrc /manifests && cd /manifests \
  && find . -name package.json -not -path './dashboard/*' -exec node -e ' \
    for (const file of process.argv.slice(1)) { \
      const { devDependencies, scripts, tap, ...kept } = JSON.parse(fs.readFileSync(file, "utf8")); \
      fs.writeFileSync(file, JSON.stringify(kept)); \
    }' {} +

FROM tree AS page-sources
WORKDIR /sources
RUN cd /all && cp -r --parents dashboard packages/contracts tsconfig.json /sources && find /sources -name package.json -delete

FROM ${NODE_IMAGE} AS page
WORKDIR /app
COPY --from=page-manifests /manifests ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,id=stockwire-npm,target=/root/.npm \
  npm ci --ignore-scripts --workspace dashboard
COPY --from=page-sources /sources ./
RUN node dashboard/tools/build.ts

FROM ${NODE_IMAGE} AS service
# It installs nothing, so it needs no package manager. Before the argument, so that all services share the layer.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* \
  /usr/local/bin/yarn /usr/local/bin/yarnpkg
ARG SERVICE
# The limit of V8's young generation is the one that scripts/start/services.ts explains.
ENV NODE_ENV=production HOST=0.0.0.0 OPERATIONS_HOST=0.0.0.0 NODE_OPTIONS=--max-semi-space-size=16
COPY --from=dependencies /app /app
COPY --from=sources /sources /app
WORKDIR /app/services/${SERVICE}
# The uid of `node` in the base image, as a number: that is what Kubernetes and the like can check.
USER 1000:1000
STOPSIGNAL SIGTERM
# Node gets SIGTERM itself, also as process 1; for orphans run it with an init (--init, `init: true`).
CMD ["node", "src/main.ts"]
# Each check starts a Node, so not all too often.
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s --retries=3 CMD ["node", "-e", \
  "http.get(`http://127.0.0.1:${process.env.OPERATIONS_PORT}/ready`, ({statusCode}) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]

ARG VERSION=unversioned
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Stockwire ${SERVICE}" \
  org.opencontainers.image.description="One service of Stockwire, which loads stores' inventory files and tells staff what ran out" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.licenses="MIT"

FROM service AS ingest-worker
FROM service AS alert-worker
FROM service AS invoice-worker
FROM service AS upload-api
ENV DASHBOARD_DIR=/app/page
COPY --from=page /app/dashboard/dist /app/page

FROM ${SERVICE}
