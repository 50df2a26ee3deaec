"""The settings of the embedded PostgreSQL, which suit one small server on one small disk."""

from __future__ import annotations

from pathlib import Path

from academe.db.embedded.pid_file import cluster_marker

PORT = 5432  # only names the socket's file; nothing listens on TCP

# Given on the command line, where they win over postgresql.conf and `alter system`, so that nobody loses
# durability or opens a port by editing a file. Everything that is not here may be changed with `alter system`
# and is kept.
PINNED = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The supervisor restarts PostgreSQL itself, so that a crash of any process is seen, logged and counted
    # once.
    "restart_after_crash": "off",
    # No reading connections during a recovery, so that "ready" means ready for everything.
    "hot_standby": "off",
    # Errors of statements reach the caller, and would put the data of learners into this log.
    "log_min_messages": "log",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] %b ",  # %b tells a client's failed sign-in from a failure of the server
    "log_checkpoints": "off",
}

# Written into the new cluster's postgresql.conf, where an operator may overrule them.
INITIAL = {
    "shared_buffers": "256MB",
    "max_connections": "50",
    "min_wal_size": "64MB",
    "max_wal_size": "512MB",
    # Calls are short and cores are few: a second core for one statement is taken from another call.
    "max_parallel_workers_per_gather": "0",
    # Three processes fewer; with reads mostly from memory, asynchronous ones gain nothing here.
    "io_method": "sync",
}


def postgres_arguments(cluster: Path, cluster_argument: str, socket_dir: Path) -> list[str]:
    """The arguments after the program's name."""
    arguments = ["-D", cluster_argument]
    chosen = [f"{name}={value}" for name, value in PINNED.items()]
    for setting in (*chosen, f"unix_socket_directories={socket_dir}", cluster_marker(cluster)):
        arguments += ["-c", setting]
    return arguments


def initdb_arguments(cluster_argument: str, password_file: Path) -> list[str]:
    """The arguments after the program's name, for a cluster that trusts nobody from its first moment."""
    arguments = [
        f"--pgdata={cluster_argument}",
        "--username=postgres",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # PostgreSQL's own Unicode tables: the same order and the same lower() on every system, for good.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--no-instructions",
    ]
    for name, value in INITIAL.items():
        arguments += ["--set", f"{name}={value}"]
    return arguments
