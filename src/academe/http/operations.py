"""What machines ask a running server over HTTP: is it alive, ready, how busy, and which keys are its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from academe.telemetry import Metrics

JWKS_SECONDS = 240
"""How long others may keep our public keys: a new one is published five minutes before it signs."""

RETRY_SECONDS = 1
"""When to ask an unready server again: readiness is looked at twice a second."""

_FRESH = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def operations_routes(
    metrics: Metrics,
    readiness: Callable[[], str | None],
    jwks: Callable[[], Mapping[str, Any] | None],
    version: Callable[[], Mapping[str, Any]],
) -> list[Route]:
    """The routes of the operators. `readiness` says why the server cannot serve, or None when it can; `jwks`
    is a JSON Web Key Set (RFC 7517), or None while the keys are not read yet."""

    async def get_metrics(request: Request) -> Response:
        return Response(metrics.render(), media_type=CONTENT_TYPE_LATEST, headers=_FRESH)

    async def get_health(request: Request) -> Response:
        return PlainTextResponse("alive\n", headers=_FRESH)

    async def get_readiness(request: Request) -> Response:
        reason = readiness()
        return PlainTextResponse("ready\n", headers=_FRESH) if reason is None else _unavailable(reason)

    async def get_keys(request: Request) -> Response:
        keys = jwks()
        if keys is None:
            return _unavailable("the keys are not read yet")
        return JSONResponse(
            keys,
            media_type="application/jwk-set+json",
            headers={**_FRESH, "cache-control": f"public, max-age={JWKS_SECONDS}"},
        )

    async def get_version(request: Request) -> Response:
        return JSONResponse(version(), headers=_FRESH)

    return [
        Route("/metrics", get_metrics, methods=["GET"]),
        Route("/healthz", get_health, methods=["GET"]),
        Route("/readyz", get_readiness, methods=["GET"]),
        Route("/.well-known/jwks.json", get_keys, methods=["GET"]),
        Route("/version", get_version, methods=["GET"]),
    ]


def _unavailable(reason: str) -> Response:
    return PlainTextResponse(f"{reason}\n", 503, headers={**_FRESH, "retry-after": str(RETRY_SECONDS)})
