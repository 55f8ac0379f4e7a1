#!/usr/bin/env bash
# Makes stand-ins for the base images where they are neither here nor can be pulled, from this machine's own packages:
# Node from node_modules and npm from npm, Prometheus from Debian. For tests on a machine without an image registry;
# needs root on Debian and `npm ci`. An image that is there is left alone.
set -euo pipefail
cd "$(dirname "$0")/../.."

node_image=${NODE_IMAGE:-node:24-bookworm-slim}
prometheus_image=${PROMETHEUS_IMAGE:-prom/prometheus:v3.5.0}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

is_here() {
  docker image inspect "$1" >/dev/null 2>&1 || timeout 60 docker pull --quiet "$1" >/dev/null 2>&1
}

# Debian's smallest system with PACKAGES (separated by commas), under DIRECTORY.
debian() { # DIRECTORY PACKAGES
  command -v debootstrap >/dev/null ||
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends debootstrap >/dev/null; }
  local release mirror
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Release: $(. /etc/os-release && echo "$VERSION_CODENAME")" | sed -n 1p)
  debootstrap --variant=minbase --include="$2" "$release" "$1" "$mirror" >"$1.log" 2>&1 ||
    { tail -n 5 "$1.log" >&2; exit 1; }
  # The machine may trust more than Debian does, such as a proxy of its own.
  if [ -d "$1/etc/ssl/certs" ]; then cp /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"; fi
  rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/lib/apt/lists/* "$1"/usr/share/{doc,man,locale}/*
}

import() { # DIRECTORY IMAGE CHANGES...
  local root=$1 image=$2 options=()
  shift 2
  for change in "$@"; do options+=(--change "$change"); done
  tar -C "$root" -c . | docker import "${options[@]}" - "$image" >/dev/null
  echo "made a stand-in for $image"
}

if ! is_here "$node_image"; then
  debian "$work/node" ca-certificates
  install -m 755 node_modules/node/bin/node "$work/node/usr/local/bin/node"
  npm install --silent --global --prefix "$work/npm" npm@11
  mkdir -p "$work/node/usr/local/lib/node_modules"
  cp -a "$work/npm/lib/node_modules/npm" "$work/node/usr/local/lib/node_modules/"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/node/usr/local/bin/npm"
  chroot "$work/node" useradd --uid 1000 --create-home node
  import "$work/node" "$node_image" 'CMD ["node"]' 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt'
fi

if ! is_here "$prometheus_image"; then
  debian "$work/prometheus" prometheus
  import "$work/prometheus" "$prometheus_image" 'EXPOSE 9090'
fi
