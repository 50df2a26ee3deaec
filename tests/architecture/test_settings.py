"""The settings, their manual and their example are one thing."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from academe.settings import PREFIX, Settings
from academe.startup import StartupError

ROOT = Path(__file__).resolve().parents[2]


def test_the_example_is_the_manual_of_the_settings() -> None:
    """.env.example lists every setting with its comment and its default, in order, and nothing else."""
    assert (ROOT / ".env.example").read_text() == example()


def example() -> str:
    lines = ["# Every setting of Academe with its default. Copy to .env and change what you need.", ""]
    for item in dataclasses.fields(Settings):
        lines += [
            f"# {item.metadata['about']}",
            f"#{PREFIX}{item.name.upper()}={item.metadata['default']}",
            "",
        ]
    return "\n".join(lines)


def test_every_fault_is_reported_together() -> None:
    """One start is enough to learn of every mistake."""
    with pytest.raises(StartupError) as caught:
        Settings.from_environment(
            {"ACADEME_GRPC_ADDR": "50051", "ACADEME_BCRYPT_COST": "99", "ACADEME_GRCP_ADDR": "x:1"}
        )

    for name in (
        "ACADEME_GRPC_ADDR must be",
        "ACADEME_BCRYPT_COST must be",
        "ACADEME_GRCP_ADDR is not a setting",
    ):
        assert name in str(caught.value)


@pytest.mark.parametrize(
    ("unsafe", "told"),
    [
        ({"ACADEME_GRPC_ADDR": "0.0.0.0:50051"}, "ACADEME_TLS_CERT"),
        ({"ACADEME_BCRYPT_COST": "8"}, "ACADEME_BCRYPT_COST"),
        ({"ACADEME_DATABASE_URL": "postgresql://u@h/d"}, "ACADEME_SECRET_KEY"),
        ({"ACADEME_ISSUER": "http://school.example"}, "ACADEME_ISSUER"),
    ],
)
def test_production_refuses_what_is_unsafe(unsafe: dict[str, str], told: str) -> None:
    """What is handy in development is refused in production, by name."""
    safe = {"ACADEME_ENV": "production", "ACADEME_ISSUER": "https://school.example"}
    Settings.from_environment(safe)

    with pytest.raises(StartupError, match=told):
        Settings.from_environment({**safe, **unsafe})


def test_half_a_certificate_is_refused(tmp_path: Path) -> None:
    """TLS needs certificate and key."""
    cert = tmp_path / "cert.pem"
    cert.write_text("-----BEGIN CERTIFICATE-----")

    with pytest.raises(StartupError, match="go together"):
        Settings.from_environment({"ACADEME_TLS_CERT": str(cert)})


def test_a_dotenv_file_fills_in_what_the_environment_leaves_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment wins over the file, the file over the defaults."""
    (tmp_path / ".env").write_text("ACADEME_GRPC_ADDR=127.0.0.1:1\nACADEME_HTTP_ADDR=127.0.0.1:2\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ACADEME_TEST_ENGINE", raising=False)
    monkeypatch.setenv("ACADEME_HTTP_ADDR", "127.0.0.1:3")

    settings = Settings.from_environment()

    assert (settings.grpc_addr, settings.http_addr) == ("127.0.0.1:1", "127.0.0.1:3")


def test_what_is_no_certificate_is_told_before_the_start(tmp_path: Path) -> None:
    """Certificate and key the wrong way round are two faults, each by its setting."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.write_text("-----BEGIN PRIVATE KEY-----")
    key.write_text("-----BEGIN CERTIFICATE-----")

    with pytest.raises(StartupError) as caught:
        Settings.from_environment({"ACADEME_TLS_CERT": str(cert), "ACADEME_TLS_KEY": str(key)})

    assert "ACADEME_TLS_CERT must be a PEM file with a certificate" in str(caught.value)
    assert "ACADEME_TLS_KEY must be a PEM file with a private key" in str(caught.value)


def test_an_unreadable_dotenv_file_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes that are no text are no reason for a traceback."""
    (tmp_path / ".env").write_bytes(b"ACADEME_ENV=\xff\xfe")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(StartupError, match=r"\.env cannot be read"):
        Settings.from_environment()


def test_money_that_people_make_up_is_never_paid_out() -> None:
    """With a Stripe key wallets are not filled by everybody; with a live one it cannot even be asked for."""
    play = Settings.from_environment({})
    keyed = Settings.from_environment({"ACADEME_STRIPE_SECRET_KEY": "sk_test_1"})

    assert (play.top_up_by, keyed.top_up_by) == ("self", "administrator")
    with pytest.raises(StartupError, match="ACADEME_WALLET_TOP_UP must not be self with a live"):
        Settings.from_environment({"ACADEME_STRIPE_SECRET_KEY": "sk_live_1", "ACADEME_WALLET_TOP_UP": "self"})
