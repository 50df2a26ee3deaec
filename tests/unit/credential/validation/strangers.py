"""Servers of strangers on this machine, which answer over TLS with whatever a test lets them say."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""What is said to each question. A server that says things without an end is stopped by who asked."""

BEGINS = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


@asynccontextmanager
async def stranger(certificate: Path, answer: Answer) -> AsyncIterator[str]:
    """The address of a server, as long as it lives. Connections are kept open between questions."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                await answer(writer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):  # who asked has left
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://localhost:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def self_signed(path: Path) -> None:
    """Writes a key, and a certificate for localhost that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))


async def one_byte_pieces(writer: asyncio.StreamWriter) -> None:
    """A document whose length is told before each of its bytes."""
    await _without_end(writer, BEGINS, b"1\r\nx\r\n" * 2_000)


async def nothing_yet(writer: asyncio.StreamWriter) -> None:
    """That the question may be continued, again and again."""
    await _without_end(writer, b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 600)


async def headers_behind(writer: asyncio.StreamWriter) -> None:
    """An empty document, and headers behind it."""
    await _without_end(writer, BEGINS + b"0\r\n", b"a: b\r\n" * 2_000)


async def one_byte_records(writer: asyncio.StreamWriter) -> None:
    """A document of which each byte is encrypted for itself."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    for _ in range(1_000):
        writer.write(b"x")


async def _without_end(writer: asyncio.StreamWriter, first: bytes, then: bytes) -> None:
    writer.write(first)
    while True:
        writer.write(then)
        await writer.drain()
