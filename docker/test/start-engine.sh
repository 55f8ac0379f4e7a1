#!/usr/bin/env bash
# Makes sure that a Docker engine with Compose v2 answers, on a Debian machine where this runs as root: what is missing
# is installed from Debian's packages, and dockerd started. Where an engine answers already, it does nothing.
# The engine stays up; its process id is in /run/docker-for-tests.pid.
set -euo pipefail
# Compose v2 and Buildx came to Debian with this release; they are single files that run on older ones as well.
plugins_from=trixie
plugins=/usr/local/lib/docker/cli-plugins

answers() { docker info >/dev/null 2>&1; }
has_plugins() { docker compose version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1; }

install_plugins() {
  local work mirror
  work=$(mktemp -d)
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Release: $(. /etc/os-release && echo "$VERSION_CODENAME")" | sed -n 1p)
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$plugins"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $plugins_from main" >"$work/sources"
  # An apt of its own, so that the machine's release is not mixed with another.
  local apt=(apt-get -qq -o "Dir::Etc::SourceList=$work/sources" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
  "${apt[@]}" update
  (cd "$work" && "${apt[@]}" download docker-compose docker-buildx)
  for package in "$work"/*.deb; do dpkg -x "$package" "$work/files"; done
  install -m 755 "$work"/files/usr/libexec/docker/cli-plugins/docker-{compose,buildx} "$plugins"
  rm -rf "$work"
}

if answers && has_plugins; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo 'No Docker engine with Compose v2 answers, and only root on Debian can install one.' >&2
  exit 1
fi
if ! command -v dockerd >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io iptables tini >/dev/null
fi
has_plugins || install_plugins
if ! answers; then
  setsid dockerd --pidfile /run/docker-for-tests.pid >/var/log/docker-for-tests.log 2>&1 </dev/null &
  for _ in $(seq 120); do
    if answers; then exit 0; fi
    sleep 0.5
  done
  tail -n 5 /var/log/docker-for-tests.log >&2
  echo 'dockerd did not start.' >&2
  exit 1
fi
