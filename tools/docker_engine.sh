#!/usr/bin/env bash
# A Docker engine for a Debian machine that has none running and perhaps reaches no image registry.
#
#   tools/docker_engine.sh run COMMAND...   starts it, runs the command with it, stops it
#   eval "$(tools/docker_engine.sh start)"  starts it and points this shell's docker at it
#   tools/docker_engine.sh stop             stops it; what was downloaded stays for the next time
#   tools/docker_engine.sh remove           stops it and removes everything it kept
#
# Needs root and the packages docker.io and debootstrap. The engine keeps to one directory of its own, makes
# no docker0 and writes no firewall rule, so that nothing of it is left on the machine. Images that cannot be
# pulled are replaced by stand-ins made from Debian's packages, and said to be.
set -euo pipefail
cd "$(dirname "$0")/.."

HOME_OF_ENGINE=${DOCKER_ENGINE_DIR:-${TMPDIR:-/tmp}/academe-docker}
SOCKET=$HOME_OF_ENGINE/docker.sock
export DOCKER_HOST=unix://$SOCKET DOCKER_CONFIG=$HOME_OF_ENGINE/config DOCKER_BUILDKIT=1
# Containers have no way out through this engine's networks; a build borrows the machine's own.
export DOCKER_BUILD_NETWORK=host

say() { printf 'docker engine: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
alive() { [ -f "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null; }

wait_until() {  # SECONDS WHAT COMMAND...
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $deadline ] || fail "$what; see $HOME_OF_ENGINE/*.log"
        sleep 0.1
    done
}

start() {
    [ "$(id -u)" = 0 ] || fail "start it as root, or start the Docker of this machine"
    for program in dockerd containerd debootstrap; do
        command -v $program >/dev/null || fail "$program is missing: apt-get install --no-install-recommends docker.io debootstrap"
    done
    mkdir -p "$DOCKER_CONFIG/cli-plugins"
    start_daemons
    get_plugins
    tools/docker_images.sh "$HOME_OF_ENGINE"
}

start_daemons() {
    alive "$HOME_OF_ENGINE/dockerd.pid" && return
    # With job control a background job gets a process group of its own, which Ctrl-C does not reach.
    set -m
    containerd --root "$HOME_OF_ENGINE/containerd" --state "$HOME_OF_ENGINE/containerd-state" \
        --address "$HOME_OF_ENGINE/containerd.sock" >"$HOME_OF_ENGINE/containerd.log" 2>&1 &
    echo $! >"$HOME_OF_ENGINE/containerd.pid"
    # The limit on open files is below a hard limit of 20000, beyond which runc refuses to start anything.
    dockerd --data-root "$HOME_OF_ENGINE/data" --exec-root "$HOME_OF_ENGINE/exec" \
        --pidfile "$HOME_OF_ENGINE/dockerd.pid" --host "$DOCKER_HOST" \
        --containerd "$HOME_OF_ENGINE/containerd.sock" --storage-driver overlay2 \
        --bridge none --iptables=false --ip-forward=false --ip-masq=false \
        --default-ulimit nofile=16384:16384 >"$HOME_OF_ENGINE/dockerd.log" 2>&1 &
    set +m
    wait_until 60 "it does not answer" docker version
    say "$(docker version --format '{{.Server.Version}}'), in $HOME_OF_ENGINE"
}

# Compose and BuildKit's client, from the Debian release that has them, wherever apt gets its packages here.
get_plugins() {
    docker compose version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1 && return
    local work=$HOME_OF_ENGINE/plugins mirror name
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
    mkdir -p "$work"/{lists/partial,cache/archives/partial,root}
    echo "deb $mirror trixie main" >"$work/sources.list"
    (
        cd "$work"
        set -- -qq -o APT::Sandbox::User=root -o Dir::Etc::SourceList="$work/sources.list" \
            -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache"
        apt-get "$@" update
        apt-get "$@" download docker-compose docker-buildx
        for name in *.deb; do dpkg -x "$name" root; done
    ) >&2
    ln -sf "$work"/root/usr/libexec/docker/cli-plugins/* "$DOCKER_CONFIG/cli-plugins/"
    say "$(docker compose version), buildx $(docker buildx version | cut -d' ' -f2)"
}

stop() {
    for name in dockerd containerd; do
        alive "$HOME_OF_ENGINE/$name.pid" || continue
        # Networks are bridges of the machine, which outlive the engine.
        [ $name != dockerd ] || docker network prune --force >/dev/null 2>&1 || true
        local pid
        pid=$(cat "$HOME_OF_ENGINE/$name.pid")
        kill "$pid"
        wait_until 30 "$name does not stop" sh -c "! kill -0 $pid"
    done
    rm -f "$HOME_OF_ENGINE"/*.pid "$SOCKET"
    say "stopped"
}

case ${1:-} in
start)
    start >&2
    printf 'export DOCKER_HOST=%q DOCKER_CONFIG=%q DOCKER_BUILDKIT=1 DOCKER_BUILD_NETWORK=host\n' "$DOCKER_HOST" "$DOCKER_CONFIG"
    ;;
run)
    shift
    trap stop EXIT
    start >&2
    "$@"
    ;;
stop) stop ;;
remove)
    stop
    rm -rf "$HOME_OF_ENGINE"
    ;;
*) sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//' ;;
esac
