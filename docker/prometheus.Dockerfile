# Prometheus with this project's scrape configuration and rules, as a user that owns its data folder.
ARG PROMETHEUS_IMAGE=prom/prometheus:v3.5.0
FROM ${PROMETHEUS_IMAGE}
USER root
# 65534 is `nobody`, the user of the official image; a new volume takes its owner from here.
RUN mkdir -p /prometheus && chown 65534:65534 /prometheus
COPY docker/prometheus /etc/prometheus
RUN chmod -R a+rX /etc/prometheus
USER 65534:65534
WORKDIR /prometheus
ENTRYPOINT ["/bin/prometheus"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus", \
  "--storage.tsdb.retention.time=15d"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD \
  ["/bin/promtool", "query", "instant", "http://127.0.0.1:9090", "vector(1)"]

ARG VERSION=unversioned
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Stockwire Prometheus" \
  org.opencontainers.image.description="Prometheus that finds every replica of Stockwire's services, with its rules" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.licenses="Apache-2.0"
