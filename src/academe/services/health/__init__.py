"""Whether the server serves: the standard grpc.health.v1, per service and overall."""

from academe.services.health.handler import HealthHandler
from academe.services.health.model import HealthState, Serving

__all__ = ["HealthHandler", "HealthState", "Serving"]
