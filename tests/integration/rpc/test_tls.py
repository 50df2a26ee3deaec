"""TLS and mutual TLS, on the engine that speaks it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from academe.api.auth.v1 import auth_service_pb2 as auth_pb
from academe.api.auth.v1 import auth_service_pb2_grpc
from tests.support.school import School


class Authority:
    """A certificate authority for an afternoon."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._sign(self._name, self._key, authority=True)
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str) -> tuple[Path, Path]:
        """Certificate and key for localhost, as PEM files."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate, private = self._folder / f"{name}.crt", self._folder / f"{name}.key"
        certificate.write_bytes(
            self._sign(subject, key, authority=False).public_bytes(serialization.Encoding.PEM)
        )
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return certificate, private

    def _sign(self, subject: x509.Name, key: Any, *, authority: bool) -> x509.Certificate:
        now = datetime.now(UTC)
        names = x509.SubjectAlternativeName(
            [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
        )
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(names, critical=False)
            .sign(self._key, hashes.SHA256())
        )


async def keys(address: str, credentials: grpc.ChannelCredentials | None) -> int:
    """How many signing keys a public call returns over such a channel."""
    options = [("grpc.enable_retries", 0)]
    channel = (
        grpc.aio.secure_channel(address, credentials, options=options)
        if credentials is not None
        else grpc.aio.insecure_channel(address, options=options)
    )
    async with channel:
        stub: Any = auth_service_pb2_grpc.AuthServiceStub(channel)
        return len((await stub.GetSigningKeys(auth_pb.GetSigningKeysRequest(), timeout=5)).keys)


async def test_tls_is_spoken_and_nothing_else(database: str, tmp_path: Path) -> None:
    """With a certificate the engine is grpcio, a client that trusts it gets in, plain text does not."""
    authority = Authority(tmp_path, "authority")
    cert, key = authority.issue("localhost")
    school = School(database, tmp_path / "data", tls_cert=cert, tls_key=key, grpc_engine="native")
    await school.app.start()
    try:
        trusting = grpc.ssl_channel_credentials(authority.path.read_bytes())
        stranger = grpc.ssl_channel_credentials(Authority(tmp_path, "other").path.read_bytes())

        assert school.settings.engine == "grpcio"
        assert await keys(school.app.grpc_address, trusting) == 1
        for refused in (stranger, None):
            with pytest.raises(grpc.aio.AioRpcError):
                await keys(school.app.grpc_address, refused)
    finally:
        await school.app.stop()


async def test_mutual_tls_lets_in_only_whom_the_authority_signed(database: str, tmp_path: Path) -> None:
    """A client without a certificate, or with somebody else's, does not get a byte."""
    authority, other = Authority(tmp_path, "authority"), Authority(tmp_path, "other")
    cert, key = authority.issue("localhost")
    ours, ours_key = authority.issue("client")
    theirs, theirs_key = other.issue("stranger")
    school = School(database, tmp_path / "data", tls_cert=cert, tls_key=key, tls_client_ca=authority.path)
    await school.app.start()
    try:
        roots = authority.path.read_bytes()
        known = grpc.ssl_channel_credentials(roots, ours_key.read_bytes(), ours.read_bytes())
        unknown = grpc.ssl_channel_credentials(roots, theirs_key.read_bytes(), theirs.read_bytes())

        assert await keys(school.app.grpc_address, known) == 1
        for refused in (unknown, grpc.ssl_channel_credentials(roots)):
            with pytest.raises(grpc.aio.AioRpcError):
                await keys(school.app.grpc_address, refused)
    finally:
        await school.app.stop()
