#!/bin/sh
# The entrypoint of the stand-in for postgres:18 (tools/docker_images.sh): what compose.yaml relies on of the
# real one. Like that, it first runs a server that only its own socket reaches, to make the database.
set -eu

SOCKETS=/var/run/postgresql

if [ "$(id -u)" = 0 ]; then
    getent passwd postgres >/dev/null || useradd --uid 999 --home-dir /var/lib/postgresql --shell /bin/sh postgres
    mkdir -p "$PGDATA" "$SOCKETS"
    chown -R postgres:postgres /var/lib/postgresql "$SOCKETS"
    exec setpriv --reuid postgres --regid postgres --clear-groups "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    chmod 700 "$PGDATA"
    secret=$(mktemp)
    printf '%s\n' "$POSTGRES_PASSWORD" >"$secret"
    # The arguments are a list of words by the real image's own definition.
    # shellcheck disable=SC2086
    initdb --username="$POSTGRES_USER" --pwfile="$secret" ${POSTGRES_INITDB_ARGS:-}
    rm "$secret"
    printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
    pg_ctl --wait start -o "-c listen_addresses= -c unix_socket_directories=$SOCKETS"
    createdb --host="$SOCKETS" --username="$POSTGRES_USER" "$POSTGRES_DB"
    pg_ctl --wait --mode=fast stop
fi
exec "$@" -c "listen_addresses=*" -c "unix_socket_directories=$SOCKETS"
