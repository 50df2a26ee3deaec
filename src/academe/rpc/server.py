"""The gRPC server itself: which engine, with which limits, on which port.

Two engines serve the same servicers. `native` is pygrpc-native, HTTP/2 in Rust outside the GIL; it has no
TLS and no limit on calls of its own, so TLS always means grpcio and admission is an interceptor of ours.
Client-streaming methods and reflection go to a grpcio server behind it, on a private Unix socket. It has no
limit on the size of a message either before that is complete, which is why it stands behind a guard.
"""

from __future__ import annotations

import errno
import socket
from pathlib import Path
from typing import Any

import grpc
import grpc.aio

from academe.rpc.guard import GuardedServer
from academe.settings import Settings
from academe.startup import StartupError

KEEPALIVE_MS = 60_000
"""Milliseconds between pings of a silent connection, so that vanished clients are noticed."""

IO_THREADS = 1
"""Of the native engine. One keeps up with one event loop; a second costs each call 50 microseconds of CPU in
wake-ups (measured: 110 against 160 for GetCourse on 2 cores)."""


def build_server(settings: Settings, log: Any) -> grpc.aio.Server:
    """An engine with the limits of the settings, not yet listening."""
    options: list[tuple[str, Any]] = [
        ("grpc.max_receive_message_length", settings.max_message_bytes),
        ("grpc.max_send_message_length", -1),
        ("grpc.max_concurrent_streams", settings.max_streams_per_connection),
        ("grpc.max_metadata_size", settings.max_metadata_bytes),
        ("grpc.absolute_max_metadata_size", settings.max_metadata_bytes),
        ("grpc.keepalive_time_ms", KEEPALIVE_MS),
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.so_reuseport", 0),
    ]
    if settings.engine == "native":
        return GuardedServer(
            options=options, io_threads=IO_THREADS, message_bytes_max=settings.max_message_bytes, log=log
        )
    return grpc.aio.server(options=options)


def listen(server: grpc.aio.Server, settings: Settings) -> str:
    """Opens the port and returns the address in use. Raises StartupError when it cannot."""
    address = settings.grpc_addr
    _refuse_taken(address)
    try:
        if settings.tls_cert is not None and settings.tls_key is not None:
            credentials = _credentials(settings.tls_cert, settings.tls_key, settings.tls_client_ca)
            port = server.add_secure_port(address, credentials)
        else:
            port = server.add_insecure_port(address)
    except (RuntimeError, OSError) as error:
        raise StartupError(_cannot_listen(address, str(error).rstrip("."))) from error
    if port == 0:
        raise StartupError(_cannot_listen(address, "no reason given"))
    return f"{address.rpartition(':')[0]}:{port}"


def _refuse_taken(address: str) -> None:
    """Asks the kernel first: its answer is exact, where the engines' differ and some log to stderr."""
    host, _, port = address.rpartition(":")
    if port == "0":
        return
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise StartupError(
                    f"Port {port} on {host} is taken by another program: stop it, or set ACADEME_GRPC_ADDR "
                    "to another host:port."
                ) from error
            raise StartupError(_cannot_listen(address, error.strerror or str(error))) from error


def _cannot_listen(address: str, reason: str) -> str:
    return f"Cannot listen on {address} ({reason}): set ACADEME_GRPC_ADDR to an address of this machine."


def _credentials(cert: Path, key: Path, client_ca: Path | None) -> grpc.ServerCredentials:
    roots = client_ca.read_bytes() if client_ca is not None else None
    return grpc.ssl_server_credentials(
        [(key.read_bytes(), cert.read_bytes())],
        root_certificates=roots,
        require_client_auth=roots is not None,
    )
