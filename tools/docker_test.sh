#!/usr/bin/env bash
# `make docker-test`: tools/docker_test.py on the Docker engine of this machine, or, where none runs and root
# may start one, on an engine that lives only for the test (tools/docker_engine.sh).
set -euo pipefail
cd "$(dirname "$0")/.."

if docker version >/dev/null 2>&1; then
    exec .venv/bin/python tools/docker_test.py
elif [ "$(id -u)" = 0 ] && command -v dockerd >/dev/null; then
    echo "No Docker engine runs here: starting one for the test."
    exec tools/docker_engine.sh run .venv/bin/python tools/docker_test.py
fi
echo "No Docker engine answers: start Docker, or on Debian, as root: apt-get install --no-install-recommends docker.io debootstrap" >&2
exit 1
