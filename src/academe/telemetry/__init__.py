"""What the server tells about itself: Prometheus metrics always, OpenTelemetry traces when switched on."""

from academe.telemetry.interceptor import Telemetry
from academe.telemetry.loop_lag import LoopLag
from academe.telemetry.metrics import Metrics
from academe.telemetry.tracing import Tracer, tracer_from_environment

__all__ = ["LoopLag", "Metrics", "Telemetry", "Tracer", "tracer_from_environment"]
