"""Traces, switched on by the standard OTEL_* variables; without them, OpenTelemetry is not even imported.

    OTEL_EXPORTER_OTLP_ENDPOINT (or ..._TRACES_ENDPOINT)   on: to an OTLP collector, over gRPC
    OTEL_TRACES_EXPORTER=otlp | console | none             on, on standard output, or off whatever else is set
    OTEL_SDK_DISABLED=true                                 off
    OTEL_TRACES_SAMPLER, OTEL_SERVICE_NAME, ...            as the specification says, read by the SDK

One call in a hundred is traced, unless OTEL_TRACES_SAMPLER says otherwise, and each that its client traces.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Protocol

from academe.rpc.contract import Method
from academe.rpc.pipeline import Handler
from academe.startup import StartupError

SAMPLED = 0.01
"""Share of the calls that begin here. A traced call costs 22 microseconds, and more in the exporter's thread;
one that is passed over costs 5. The console is for a person who wants to see each one."""

SHUTDOWN_SECONDS = 3.0
"""For a last export to a collector that may be away; a stop has ten seconds in all."""


class Tracer(Protocol):
    """Puts a span around calls."""

    def bind(self, method: Method, following: Handler) -> Handler:
        """Returns `following` inside a span, or as it is where the method is not traced."""
        ...

    def shutdown(self) -> None:
        """Exports what is left; takes SHUTDOWN_SECONDS at most."""
        ...


class Untraced:
    """Tracing switched off: calls go the same way as if there were none."""

    def bind(self, method: Method, following: Handler) -> Handler:
        return following

    def shutdown(self) -> None:
        return


def tracer_from_environment(version: str, environment: Mapping[str, str] | None = None) -> Tracer:
    """The tracer that the variables ask for. Raises StartupError when they ask for what is not there."""
    variables = os.environ if environment is None else environment
    exporter = _exporter(variables)
    if exporter is None:
        return Untraced()
    from academe.telemetry import spans  # with the SDK, 20 MB that nobody pays for while tracing is off

    chosen = "OTEL_TRACES_SAMPLER" in variables or exporter == "console"
    return spans.CallTracer(spans.make_provider(exporter, version, None if chosen else SAMPLED))


def _exporter(variables: Mapping[str, str]) -> str | None:
    if variables.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return None
    named = variables.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    endpoint = variables.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or variables.get(
        "OTEL_EXPORTER_OTLP_ENDPOINT"
    )
    exporter = named or ("otlp" if endpoint else "none")
    if exporter not in ("otlp", "console", "none"):
        raise StartupError(
            f"OTEL_TRACES_EXPORTER is {named!r}; set it to otlp, console or none, which this server knows."
        )
    protocol = variables.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or variables.get(
        "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"
    )
    if exporter == "otlp" and protocol != "grpc":
        raise StartupError(
            f"OTEL_EXPORTER_OTLP_PROTOCOL is {protocol!r}; set it to grpc, which is all this server speaks, "
            "and the endpoint to the collector's gRPC port, usually 4317."
        )
    return None if exporter == "none" else exporter
