"""What machines ask over HTTP, and what they are answered."""

from __future__ import annotations

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.integration.http.conftest import Operations

PATHS = ["/metrics", "/healthz", "/readyz", "/.well-known/jwks.json", "/version"]


async def test_metrics_are_what_prometheus_reads(client: httpx.AsyncClient, operations: Operations) -> None:
    """The exposition format with its content type; every family parses."""
    operations.metrics.on_shed("queue")

    reply = await client.get("/metrics")

    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/plain; version=")
    assert "academe_shed" in {family.name for family in text_string_to_metric_families(reply.text)}


async def test_alive_whatever_the_database_does(client: httpx.AsyncClient, operations: Operations) -> None:
    """Liveness is about the process: restarting it would not bring the database back."""
    operations.reason = "the database does not answer"

    assert (await client.get("/healthz")).status_code == 200


async def test_ready_only_while_it_can_serve(client: httpx.AsyncClient, operations: Operations) -> None:
    """503 with the reason while it cannot, and when to ask again."""
    before = await client.get("/readyz")
    operations.reason = "draining"
    during = await client.get("/readyz")
    operations.reason = None
    after = await client.get("/readyz")

    assert [before.status_code, during.status_code, after.status_code] == [200, 503, 200]
    assert during.text == "draining\n"
    assert int(during.headers["retry-after"]) >= 1
    assert during.headers["cache-control"] == "no-store"


async def test_public_keys_may_be_kept_for_a_while(client: httpx.AsyncClient) -> None:
    """A JSON Web Key Set with its media type, cacheable by anybody."""
    reply = await client.get("/.well-known/jwks.json")

    assert reply.json() == {"keys": [{"kid": "k1", "kty": "EC"}]}
    assert reply.headers["content-type"] == "application/jwk-set+json"
    assert reply.headers["cache-control"] == "public, max-age=240"


async def test_keys_that_are_not_read_yet(client: httpx.AsyncClient, operations: Operations) -> None:
    """While the database recovers: later, and nobody keeps that answer."""
    operations.keys = None

    reply = await client.get("/.well-known/jwks.json")

    assert reply.status_code == 503
    assert reply.headers["cache-control"] == "no-store"


async def test_the_version_of_everything(client: httpx.AsyncClient) -> None:
    """For those who have to know whether an update has arrived."""
    reply = await client.get("/version")

    assert reply.json() == {"version": "1.2.3", "postgresql": "18.4"}


@pytest.mark.parametrize("path", PATHS)
async def test_head_is_get_without_the_body(client: httpx.AsyncClient, path: str) -> None:
    """Probes often use HEAD."""
    reply = await client.head(path)

    assert reply.status_code == 200
    assert reply.content == b""
    assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
async def test_nothing_here_can_be_changed(client: httpx.AsyncClient, method: str) -> None:
    """405, which says what is allowed."""
    reply = await client.request(method, "/metrics")

    assert reply.status_code == 405
    assert set(reply.headers["allow"].replace(" ", "").split(",")) == {"GET", "HEAD"}


@pytest.mark.parametrize(
    "path", ["/", "/metrics/", "/METRICS", "/healthz/../metrics", "/%2e%2e/etc/passwd", "/favicon.ico"]
)
async def test_what_is_not_there(client: httpx.AsyncClient, path: str) -> None:
    """404, with no redirect and no hint at the software behind."""
    reply = await client.get(path)

    assert reply.status_code == (200 if path == "/healthz/../metrics" else 404)
    assert "server" not in reply.headers
