"""Every metric the server exports.

Names and labels follow go-grpc-prometheus, so that existing dashboards fit. Labels are bounded: methods and
codes come from the contract, names of batches and reasons from the code.

    grpc_server_started_total{grpc_service,grpc_method}              calls that arrived
    grpc_server_handled_total{grpc_service,grpc_method,grpc_code}    calls that ended, by status code
    grpc_server_handling_seconds{grpc_service,grpc_method}           histogram of their durations
    grpc_server_in_flight{grpc_service,grpc_method}                  calls under way, open streams included
    academe_shed_total{reason}                                       calls refused for want of room
    academe_pool_connections{state}                                  size, connected and idle
    academe_pool_waiters, academe_pool_wait_seconds                  who waits for a connection, and how long
    academe_batch_items{name}, academe_batch_seconds{name}           histograms of loaders and group commits
    academe_event_loop_lag_seconds                                   histogram of how late the event loop runs
    academe_event_loop_lag_worst_seconds                             the worst since the last scrape
    academe_database_ready                                           1 while the database answers
    academe_job_overdue{job}                                         1 while a periodic job stands still
    academe_outbox_{lag_events,oldest_seconds,held_events,parked_events}{consumer}   see telemetry/outbox.py
    academe_build_info{version,python}, process_*, python_gc_*
"""

from __future__ import annotations

import platform
from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.process_collector import ProcessCollector

from academe import __version__
from academe.rpc.contract import Method
from academe.telemetry.distribution import DURATION_BOUNDS, SIZE_BOUNDS, Distribution
from academe.telemetry.outbox import OutboxNumbers, collect_outbox

_METHOD_LABELS = ("grpc_service", "grpc_method")
_Labelled = dict[tuple[str, ...], Distribution]


class PoolNumbers(Protocol):
    """What the connection pool tells about itself."""

    @property
    def size(self) -> int: ...
    @property
    def connected(self) -> int: ...
    @property
    def idle(self) -> int: ...
    @property
    def waiting(self) -> int: ...


class JobNumbers(Protocol):
    """What periodic jobs tell about themselves."""

    @property
    def names(self) -> Collection[str]: ...

    def overdue(self) -> Mapping[str, object]:
        """By name, those that stand still."""
        ...


class MethodCalls:
    """The calls of one method; written by the interceptor, on every call, without a lock."""

    __slots__ = ("handled", "labels", "seconds", "started")

    def __init__(self, method: Method) -> None:
        self.labels = (method.service, method.name)
        self.started = 0
        self.handled: dict[str, int] = {"OK": 0}
        self.seconds = Distribution(DURATION_BOUNDS)


class Metrics:
    """The numbers, and `render` for Prometheus. Its hooks are for the event loop's thread."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        """For what is better counted where it happens; everything in it is rendered."""
        self._pool: PoolNumbers | None = None
        self._jobs: JobNumbers | None = None
        self._outbox: OutboxNumbers | None = None
        self._methods: dict[str, MethodCalls] = {}
        self._batch_items: dict[str, Distribution] = {}
        self._batch_seconds: dict[str, Distribution] = {}
        self._pool_wait = Distribution(DURATION_BOUNDS)
        self._lag = Distribution(DURATION_BOUNDS)
        self._lag_worst = 0.0
        self._shed = Counter(
            "academe_shed", "Calls refused for want of room.", ["reason"], registry=self.registry
        )
        self._ready = Gauge("academe_database_ready", "1 while the database answers.", registry=self.registry)
        build = Gauge("academe_build_info", "Always 1.", ["version", "python"], registry=self.registry)
        build.labels(__version__, platform.python_version()).set(1)
        self.registry.register(self)
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def calls_of(self, method: Method) -> MethodCalls:
        """Where the calls of a method are counted; asked once, when the server is built."""
        return self._methods.setdefault(method.path, MethodCalls(method))

    def on_batch(self, name: str, size: int, seconds: float) -> None:
        """Told by every BatchLoader and GroupCommit after each run."""
        items = self._batch_items.get(name)
        if items is None:
            items = self._batch_items[name] = Distribution(SIZE_BOUNDS)
            self._batch_seconds[name] = Distribution(DURATION_BOUNDS)
        items.observe(size)
        self._batch_seconds[name].observe(seconds)

    def on_shed(self, reason: str) -> None:
        self._shed.labels(reason).inc()

    def watch_pool(self, pool: PoolNumbers) -> None:
        """The pool whose numbers are read at each scrape."""
        self._pool = pool

    def watch_jobs(self, jobs: JobNumbers) -> None:
        """The periodic jobs that are asked at each scrape whether they stand still."""
        self._jobs = jobs

    def watch_outbox(self, outbox: OutboxNumbers) -> None:
        """The outbox whose consumers' numbers are read at each scrape."""
        self._outbox = outbox

    def on_pool_wait(self, seconds: float) -> None:
        """Told by the pool each time a caller had to wait for a connection."""
        self._pool_wait.observe(seconds)

    def on_lag(self, seconds: float) -> None:
        self._lag.observe(seconds)
        self._lag_worst = max(self._lag_worst, seconds)

    def set_database_ready(self, ready: bool) -> None:
        self._ready.set(ready)

    def render(self) -> bytes:
        """The exposition text, version 0.0.4."""
        return generate_latest(self.registry)

    def describe(self) -> list[Metric]:
        """None in advance: the registry would otherwise scrape once when registering."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield from self._collect_calls()
        if self._pool is not None:
            yield from _collect_pool(self._pool)
        if self._jobs is not None:
            yield _collect_jobs(self._jobs)
        if self._outbox is not None:
            yield from collect_outbox(self._outbox)
        yield _histogram("academe_pool_wait_seconds", "Waiting for a connection.", {(): self._pool_wait})
        yield _histogram("academe_batch_items", "Items in a batch.", _by_name(self._batch_items), ("name",))
        yield _histogram(
            "academe_batch_seconds", "Duration of a batch.", _by_name(self._batch_seconds), ("name",)
        )
        yield _histogram("academe_event_loop_lag_seconds", "How late the event loop runs.", {(): self._lag})
        worst, self._lag_worst = self._lag_worst, 0.0
        yield GaugeMetricFamily(
            "academe_event_loop_lag_worst_seconds", "The worst since the last scrape.", worst
        )

    def _collect_calls(self) -> Iterator[Metric]:
        started = CounterMetricFamily("grpc_server_started", "Calls that arrived.", labels=_METHOD_LABELS)
        handled = CounterMetricFamily(
            "grpc_server_handled", "Calls that ended.", labels=(*_METHOD_LABELS, "grpc_code")
        )
        in_flight = GaugeMetricFamily("grpc_server_in_flight", "Calls under way.", labels=_METHOD_LABELS)
        for calls in self._methods.values():
            started.add_metric(calls.labels, calls.started)
            for code, count in calls.handled.items():
                handled.add_metric((*calls.labels, code), count)
            in_flight.add_metric(calls.labels, calls.started - sum(calls.handled.values()))
        yield from (started, handled, in_flight)
        # A histogram is 17 lines; methods that nobody has called yet would be most of the page.
        seconds: _Labelled = {
            calls.labels: calls.seconds for calls in self._methods.values() if calls.started
        }
        yield _histogram("grpc_server_handling_seconds", "Duration of a call.", seconds, _METHOD_LABELS)


def _collect_pool(pool: PoolNumbers) -> Iterator[Metric]:
    connections = GaugeMetricFamily("academe_pool_connections", "Database connections.", labels=("state",))
    for state, number in (("size", pool.size), ("connected", pool.connected), ("idle", pool.idle)):
        connections.add_metric((state,), number)
    yield connections
    yield GaugeMetricFamily("academe_pool_waiters", "Callers waiting for a connection.", pool.waiting)


def _collect_jobs(jobs: JobNumbers) -> Metric:
    overdue = jobs.overdue()
    family = GaugeMetricFamily("academe_job_overdue", "1 while a job stands still.", labels=("job",))
    for name in jobs.names:
        family.add_metric((name,), name in overdue)
    return family


def _by_name(distributions: dict[str, Distribution]) -> _Labelled:
    return {(name,): distribution for name, distribution in distributions.items()}


def _histogram(name: str, about: str, distributions: _Labelled, labels: tuple[str, ...] = ()) -> Metric:
    family = HistogramMetricFamily(name, about, labels=labels)
    for values, distribution in distributions.items():
        family.add_metric(values, distribution.buckets(), distribution.sum)
    return family
