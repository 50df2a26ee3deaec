"""How far the consumers of the outbox are, as metrics.

    academe_outbox_lag_events{consumer}       events that it has not looked at
    academe_outbox_oldest_seconds{consumer}   age of the oldest that it has not handled
    academe_outbox_held_events{consumer}      passed and not handled: failed, or behind one that failed
    academe_outbox_parked_events{consumer}    of these, given up until an operator says otherwise

Every process shows the numbers of all of them, as the database has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from prometheus_client.metrics_core import GaugeMetricFamily, Metric


class ConsumerNumbers(Protocol):
    """What is known of a consumer."""

    @property
    def name(self) -> str: ...
    @property
    def lag(self) -> int: ...
    @property
    def held(self) -> int: ...
    @property
    def parked(self) -> int: ...


class OutboxNumbers(Protocol):
    """What an outbox tells about its consumers."""

    @property
    def consumers(self) -> Sequence[ConsumerNumbers]: ...

    def oldest_seconds(self, consumer: Any, /) -> float:
        """By now, whenever the consumer, one of `consumers`, was looked at."""
        ...


def collect_outbox(outbox: OutboxNumbers) -> Iterator[Metric]:
    lag = _family("lag_events", "Events that a consumer has not looked at.")
    oldest = _family("oldest_seconds", "Age of the oldest event that it has not handled.")
    held = _family("held_events", "Events that failed, or wait behind one that did.")
    parked = _family("parked_events", "Events that failed too often.")
    for consumer in outbox.consumers:
        labels = (consumer.name,)
        lag.add_metric(labels, consumer.lag)
        oldest.add_metric(labels, outbox.oldest_seconds(consumer))
        held.add_metric(labels, consumer.held)
        parked.add_metric(labels, consumer.parked)
    yield from (lag, oldest, held, parked)


def _family(name: str, about: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"academe_outbox_{name}", about, labels=("consumer",))
