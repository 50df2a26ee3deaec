"""Every setting, read once from the environment into one frozen object.

Names are ACADEME_ and the field's name in upper case. A `.env` file in the working directory fills in what
the environment does not say. All faults are reported together; `academe check-settings` prints them.
The comment over each field is its manual, and `.env.example` repeats it (a test holds them together).
"""

from __future__ import annotations

import base64
import dataclasses
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from academe.startup import StartupError

PREFIX = "ACADEME_"


def setting(default: str, read: Callable[[str], Any], about: str) -> Any:
    """A field: its default as it would be written in the environment, its reader, its manual."""
    return field(metadata={"default": default, "read": read, "about": about})


def _choice(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return text

    return read


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return read


def _switch(text: str) -> bool:
    if text not in ("on", "off"):
        raise ValueError("must be on or off")
    return text == "on"


def _address(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and int(port) <= 65535):
        raise ValueError("must be host:port, for example 127.0.0.1:50051")
    return text


def _optional(read: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: read(text) if text else None


def _pem(kind: str) -> Callable[[str], Path]:
    def read(text: str) -> Path:
        path = Path(text)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ValueError(f"must be the path of a readable file ({error.strerror})") from error
        if f"{kind}-----".encode() not in content:
            raise ValueError(f"must be a PEM file with a {kind.lower()} in it")
        return path

    return read


def _database_url(text: str) -> str:
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("must start with postgresql://")
    return text


def _secret(text: str) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except ValueError:
        secret = b""
    if len(secret) < 32:
        raise ValueError("must be at least 32 random bytes in base64, as `openssl rand -base64 32` prints")
    return secret


def _limits(text: str) -> tuple[tuple[int, int], ...]:
    pairs = []
    for word in _words(text):
        count, slash, seconds = word.partition("/")
        if not (slash and _is_whole(count) and _is_whole(seconds) and int(count) > 0 < int(seconds)):
            raise ValueError("must be like 60/3600,500/604800: so many tips in so many seconds")
        pairs.append((int(count), int(seconds)))
    return tuple(pairs)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _stripe_key(text: str) -> str:
    if text and not text.startswith(("sk_", "rk_")):
        raise ValueError("must start with sk_ or rk_, as Stripe's secret and restricted keys do")
    return text


def _issuer(text: str) -> str:
    if not text.startswith(("https://", "http://")) or text.endswith("/"):
        raise ValueError("must be an http:// or https:// address without a slash at the end")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Read with `Settings.from_environment()`; made by hand in tests."""

    env: str = setting(
        "development",
        _choice("development", "production"),
        "development or production; production refuses unsafe combinations of the settings below.",
    )
    grpc_addr: str = setting("127.0.0.1:50051", _address, "Where gRPC listens.")
    grpc_engine: str = setting(
        "native",
        _choice("native", "grpcio"),
        "HTTP/2 engine: native (Rust, fast) or grpcio. With TLS it is always grpcio.",
    )
    grpc_reflection: bool = setting("on", _switch, "Whether clients may ask for the contract, on or off.")
    http_addr: str | None = setting(
        "127.0.0.1:50080",
        _optional(_address),
        "Where /metrics, /healthz, /readyz and /.well-known/jwks.json listen; empty for nowhere.",
    )
    database_url: str | None = setting(
        "",
        _optional(_database_url),
        "PostgreSQL 16 or newer, postgresql://user:password@host/name; empty runs the embedded one.",
    )
    data_dir: Path = setting("data", Path, "Where the embedded database and the server's own secret live.")
    database_pool_size: int = setting("8", _whole(1, 200), "Connections to the database.")
    statement_timeout_ms: int = setting(
        "10000", _whole(100, 600_000), "Milliseconds after which PostgreSQL ends a statement."
    )
    secret_key: bytes | None = setting(
        "",
        _optional(_secret),
        "32 random bytes in base64 from which keys for passwords and tokens are derived; the same on every"
        " server of a school. Empty keeps one in the data directory.",
    )
    issuer: str = setting(
        "http://localhost:50080",
        _issuer,
        "The school's address, in tokens (iss) and in credentials: their ids, keys and lists are looked for"
        " there, so it stays the same for as long as credentials shall be verified.",
    )
    verify_fetch: bool = setting(
        "on",
        _switch,
        "Whether VerifyCredential may ask other issuers' servers for their keys and status lists, on or off.",
    )
    access_token_seconds: int = setting("900", _whole(60, 3600), "Lifetime of an access token in seconds.")
    session_days: int = setting("30", _whole(1, 366), "Days after which a session ends, refreshed or not.")
    bcrypt_cost: int = setting(
        "12", _whole(4, 16), "Work factor of new password hashes; each step doubles the time of a sign-in."
    )
    educator_registration: str = setting(
        "open",
        _choice("open", "closed"),
        "Whether people may register as educators (open), or only an administrator makes them (closed).",
    )
    tip_fee_basis_points: int = setting(
        "0", _whole(0, 5000), "The school's share of each tip, in hundredths of a percent: 500 is 5 %."
    )
    tip_limits: tuple[tuple[int, int], ...] = setting(
        "60/3600,500/604800",
        _limits,
        "How many tips a person may send in how many seconds, as in 60/3600 for 60 an hour; several with"
        " commas, empty for no limit.",
    )
    tip_review_above: int = setting(
        "0",
        _whole(0, 10**12),
        "Tips from wallets of more minor units than this wait for an administrator (ReviewTip), holds too;"
        " 0 lets all go.",
    )
    tip_cooling_seconds: int = setting(
        "300", _whole(0, 86_400), "Seconds before which a tip in review cannot be let go."
    )
    wallet_top_up: str = setting(
        "auto",
        _choice("auto", "self", "administrator", "off"),
        "Who fills wallets by hand: everybody their own (self), administrators, or nobody (off). auto is self"
        " in development without a Stripe key, and administrator elsewhere.",
    )
    stripe_secret_key: str = setting(
        "",
        _stripe_key,
        "Secret key (sk_...) of the Stripe account that tips are charged with; empty for no payments from"
        " outside.",
    )
    stripe_webhook_secrets: tuple[str, ...] = setting(
        "",
        _words,
        "Signing secrets (whsec_...) of Stripe's webhook to /webhooks/stripe; several with commas while one"
        " is replaced.",
    )
    stripe_api_url: str = setting(
        "https://api.stripe.com", _issuer, "Where Stripe's API is; another address only to test against."
    )
    max_in_flight: int = setting("512", _whole(1, 100_000), "Calls served at the same time.")
    max_queue: int = setting("1024", _whole(0, 100_000), "Calls that may wait for a place; more are refused.")
    max_open_streams: int = setting("10000", _whole(1, 1_000_000), "Open WatchProgress and Watch streams.")
    max_streams_per_connection: int = setting(
        "100", _whole(1, 10_000), "Calls at the same time on one HTTP/2 connection."
    )
    max_message_bytes: int = setting(
        "262144",
        _whole(16_384, 16_777_216),
        "Largest request message; times the streams above it is what one connection can cost in memory.",
    )
    max_metadata_bytes: int = setting("16384", _whole(1024, 1_048_576), "Largest request metadata.")
    max_import_bytes: int = setting(
        "1073741824", _whole(1024, 1 << 40), "Largest course archive that ImportCourse takes."
    )
    default_deadline_seconds: int = setting(
        "30", _whole(1, 3600), "Ends a call whose client set no deadline, or a longer one."
    )
    drain_delay_ms: int = setting(
        "0",
        _whole(0, 600_000),
        "Milliseconds between answering NOT_SERVING and refusing calls; two health-check intervals of the"
        " load balancer in front, 0 without one.",
    )
    drain_seconds: int = setting(
        "8", _whole(0, 3600), "Seconds that calls in flight get to finish at a stop."
    )
    tls_cert: Path | None = setting(
        "", _optional(_pem("CERTIFICATE")), "Certificate chain (PEM) that turns TLS on."
    )
    tls_key: Path | None = setting(
        "", _optional(_pem("PRIVATE KEY")), "Private key (PEM) of the certificate."
    )
    tls_client_ca: Path | None = setting(
        "",
        _optional(_pem("CERTIFICATE")),
        "Certificates (PEM) of who may sign client certificates; turns mutual TLS on.",
    )
    tls_terminated_upstream: bool = setting(
        "off",
        _switch,
        "on says that a proxy in front speaks TLS, so plain gRPC may listen beyond this machine.",
    )
    log_format: str = setting(
        "auto", _choice("auto", "json", "console"), "auto is readable in a terminal and JSON elsewhere."
    )
    log_level: str = setting(
        "info", _choice("debug", "info", "warning", "error"), "Least level that is written."
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Reads the settings. Raises StartupError that lists every fault, one per line."""
        if environment is None:
            environment = {**_dotenv(), **os.environ}
        values: dict[str, Any] = {}
        faults = _unknown(environment)
        for item in dataclasses.fields(cls):
            name = PREFIX + item.name.upper()
            try:
                values[item.name] = item.metadata["read"](environment.get(name, item.metadata["default"]))
            except ValueError as error:
                faults.append(f"{name} {error}")
        if not faults:
            settings = cls(**values)
            faults = _unsafe(settings)
        if faults:
            raise StartupError("Settings: " + "; ".join(faults) + ".")
        return settings

    @classmethod
    def with_defaults(cls, **changes: Any) -> Settings:
        """The defaults with some fields changed, for tests and tools."""
        values = {
            item.name: item.metadata["read"](item.metadata["default"]) for item in dataclasses.fields(cls)
        }
        return cls(**{**values, **changes})

    @property
    def tls(self) -> bool:
        return self.tls_cert is not None

    @property
    def top_up_by(self) -> str:
        """Who fills wallets by hand: self, administrator or off."""
        playing = self.env == "development" and not self.stripe_secret_key
        by_environment = "self" if playing else "administrator"
        return by_environment if self.wallet_top_up == "auto" else self.wallet_top_up

    @property
    def engine(self) -> str:
        """The engine in use: native cannot speak TLS."""
        return "grpcio" if self.tls else self.grpc_engine


def _dotenv() -> dict[str, str]:
    try:
        return {name: value or "" for name, value in dotenv_values(".env").items()}
    except (OSError, UnicodeDecodeError) as error:
        raise StartupError(
            f"Settings: .env cannot be read ({error}); make it a readable UTF-8 file."
        ) from error


def _unknown(environment: Mapping[str, str]) -> list[str]:
    """A misspelt name would silently do nothing; ACADEME_TARGET is the demo's own."""
    known = {PREFIX + item.name.upper() for item in dataclasses.fields(Settings)} | {"ACADEME_TARGET"}
    return [
        f"{name} is not a setting"
        for name in sorted(environment)
        if name.startswith(PREFIX) and name not in known
    ]


def _unsafe(settings: Settings) -> list[str]:
    faults = []
    if (settings.tls_cert is None) != (settings.tls_key is None):
        faults.append("ACADEME_TLS_CERT and ACADEME_TLS_KEY go together")
    if settings.tls_client_ca is not None and settings.tls_cert is None:
        faults.append("ACADEME_TLS_CLIENT_CA needs ACADEME_TLS_CERT")
    if settings.wallet_top_up == "self" and "_live_" in settings.stripe_secret_key:
        faults.append(
            "ACADEME_WALLET_TOP_UP must not be self with a live Stripe key: what people make up would be"
            " paid out"
        )
    if settings.env != "production":
        return faults
    local = settings.grpc_addr.rpartition(":")[0] in ("127.0.0.1", "localhost", "[::1]")
    if not (local or settings.tls or settings.tls_terminated_upstream):
        faults.append(
            "ACADEME_GRPC_ADDR is reachable from other machines without TLS: set ACADEME_TLS_CERT, or "
            "ACADEME_TLS_TERMINATED_UPSTREAM=on behind a proxy"
        )
    if settings.bcrypt_cost < 10:
        faults.append("ACADEME_BCRYPT_COST must be at least 10 in production")
    if settings.secret_key is None and settings.database_url is not None:
        faults.append("ACADEME_SECRET_KEY must be set in production with an external database")
    if settings.issuer.startswith("http://"):
        faults.append("ACADEME_ISSUER must be an https:// address in production")
    if settings.wallet_top_up == "self":
        faults.append("ACADEME_WALLET_TOP_UP must not be self in production: everybody would make money")
    if settings.stripe_secret_key and not settings.stripe_webhook_secrets:
        faults.append("ACADEME_STRIPE_WEBHOOK_SECRETS must be set in production with a Stripe key")
    return faults
