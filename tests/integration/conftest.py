"""Which tests are run on both engines: those where an engine could behave otherwise than the other.

That is what it does with bytes and connections, what it hands to the pipeline and makes of its answers, how
it streams, stops and keeps time; and for each service a call of every kind that it has. What is decided
behind the pipeline knows no engine, and is run once.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent

BOTH_ENGINES = (
    "abuse",
    "auth/test_authenticate.py",
    "auth/test_get_signing_keys.py",
    "auth/test_hostile_tokens.py",
    "auth/test_logout.py",
    "course/test_get_course.py",
    "course/test_import_course.py",
    "course/test_read_lessons.py",
    "credential/log/test_rpcs.py",
    "credential/test_verify_credential.py",
    "enrollment/test_update_progress.py",
    "enrollment/test_watch_progress.py",
    "health/test_check.py",
    "health/test_watch.py",
    "http/test_school.py",
    "logs",
    "rpc/test_access.py",
    "rpc/test_calls.py",
    "rpc/test_drain.py",
    "rpc/test_fork.py",
    "rpc/test_streams.py",  # but not TLS, which only grpcio has, and not the guard of the native engine
    "telemetry",
    "tip/reports/test_over_the_wire.py",
    "tip/test_send_tip.py",
    "tip/verification/test_over_the_wire.py",
    "tip/watch/test_watch_rpc.py",
    "user/test_get_user.py",
    "user/test_update_user.py",
)
"""Directories and files. One that is not there fails the run, lest it be forgotten when it moves."""


CHOSEN = [HERE / name for name in BOTH_ENGINES]


@cache
def is_chosen(path: Path) -> bool:
    return any(path.is_relative_to(chosen) for chosen in CHOSEN)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where only these are asked for, the others are not even read."""
    if config.option.markexpr == "both_engines" and collection_path.name.startswith("test_"):
        return not is_chosen(collection_path) or None
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = [str(path.relative_to(HERE)) for path in CHOSEN if not path.exists()]
    if missing:
        raise pytest.UsageError(f"run on both engines, it says in {__file__}, but not there: {missing}")
    for item in items:
        if is_chosen(item.path):
            item.add_marker(pytest.mark.both_engines)
