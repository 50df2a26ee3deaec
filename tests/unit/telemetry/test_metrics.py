"""What a scrape shows."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from prometheus_client.parser import text_string_to_metric_families

from academe.api.course.v1 import course_service_pb2
from academe.api.user.v1 import user_service_pb2
from academe.rpc.contract import methods_of
from academe.telemetry import Metrics
from tests.support.cost import cpu_seconds


def samples(metrics: Metrics) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample of a scrape, parsed as Prometheus would."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(metrics.render().decode())
        for sample in family.samples
    }


def value(metrics: Metrics, sample: str, /, **labels: str) -> float:
    return samples(metrics)[sample, frozenset(labels.items())]


@dataclass
class PoolOf:
    size: int = 8
    connected: int = 7
    idle: int = 5
    waiting: int = 2


def test_a_new_server() -> None:
    """Before anything happened there are still the process, the build and a database that is not ready."""
    shown = samples(Metrics())

    names = {name for name, _ in shown}
    assert {"process_resident_memory_bytes", "process_open_fds", "python_gc_collections_total"} <= names
    assert shown["academe_database_ready", frozenset()] == 0
    assert any(name == "academe_build_info" for name in names)


def test_the_pool() -> None:
    """Its numbers are read at each scrape, not when it was opened."""
    metrics, pool = Metrics(), PoolOf()
    metrics.watch_pool(pool)
    pool.idle = 1

    assert value(metrics, "academe_pool_connections", state="size") == 8
    assert value(metrics, "academe_pool_connections", state="connected") == 7
    assert value(metrics, "academe_pool_connections", state="idle") == 1
    assert value(metrics, "academe_pool_waiters") == 2


def test_batches() -> None:
    """Sizes and durations by the name of the loader or group commit."""
    metrics = Metrics()

    metrics.on_batch("accounts", 3, 0.002)
    metrics.on_batch("accounts", 200, 0.02)
    metrics.on_batch("progress", 1, 0.001)

    assert value(metrics, "academe_batch_items_count", name="accounts") == 2
    assert value(metrics, "academe_batch_items_sum", name="accounts") == 203
    assert value(metrics, "academe_batch_items_bucket", name="accounts", le="4.0") == 1
    assert value(metrics, "academe_batch_seconds_sum", name="accounts") == pytest.approx(0.022)
    assert value(metrics, "academe_batch_items_count", name="progress") == 1


def test_refusals_waits_and_readiness() -> None:
    """The hooks of admission, the pool and readiness."""
    metrics = Metrics()

    metrics.on_shed("queue")
    metrics.on_shed("queue")
    metrics.on_pool_wait(0.03)
    metrics.set_database_ready(True)

    assert value(metrics, "academe_shed_total", reason="queue") == 2
    assert value(metrics, "academe_pool_wait_seconds_sum") == 0.03
    assert value(metrics, "academe_database_ready") == 1


def test_the_worst_lag_is_told_once() -> None:
    """A gauge of the worst since the last scrape, beside the histogram that keeps everything."""
    metrics = Metrics()
    metrics.on_lag(0.4)
    metrics.on_lag(0.1)

    assert value(metrics, "academe_event_loop_lag_worst_seconds") == 0.4
    assert value(metrics, "academe_event_loop_lag_worst_seconds") == 0
    assert value(metrics, "academe_event_loop_lag_seconds_count") == 2


def test_a_scrape_does_not_hold_up_the_event_loop() -> None:
    """With every method called and every kind of error met it takes some milliseconds."""
    metrics = Metrics()
    for file in (course_service_pb2, user_service_pb2):
        for service in file.DESCRIPTOR.services_by_name.values():
            for method in methods_of(service):
                calls = metrics.calls_of(method)
                calls.started = 5
                calls.seconds.observe(0.01)
                calls.handled.update(dict.fromkeys(("OK", "NOT_FOUND", "UNAVAILABLE", "INTERNAL"), 1))
    metrics.render()

    assert cpu_seconds(metrics.render, 0.1) < 0.1


class Jobs:
    """Two jobs, of which one stands still."""

    names = ("tip.holds", "tip.recurring")

    def overdue(self) -> dict[str, object]:
        return {"tip.recurring": "since yesterday"}


def test_a_job_that_stands_still_is_one() -> None:
    """And one that runs is zero, so that a dashboard knows of both."""
    metrics = Metrics()
    metrics.watch_jobs(Jobs())
    page = metrics.render().decode()

    assert 'academe_job_overdue{job="tip.recurring"} 1.0' in page
    assert 'academe_job_overdue{job="tip.holds"} 0.0' in page
