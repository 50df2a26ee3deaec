"""The lines themselves: what is in them, in which order, whatever they are given."""

from __future__ import annotations

import io
import json
import logging
import math
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.logs import configure_logging
from academe.logs.processors import TEXT_MAX
from academe.logs.stdlib import StructuredHandler
from tests.support.logs import Written


def test_a_line_is_one_json_object_with_its_fields_in_order(written: Written) -> None:
    """Time, level, event and request id first, then the fields as they were given."""
    log = configure_logging("json", "info", stream=written)
    before = datetime.now(UTC)

    log.info("published course", zebra=1, apple="two", request_id="r1", done=True, none=None, share=0.5)

    (record,) = written.records()
    assert list(record) == [
        "timestamp",
        "level",
        "event",
        "request_id",
        "zebra",
        "apple",
        "done",
        "none",
        "share",
    ]
    moment = datetime.fromisoformat(record.pop("timestamp"))
    assert abs((moment - before).total_seconds()) < 5
    assert record == {
        "level": "info",
        "event": "published course",
        "request_id": "r1",
        "zebra": 1,
        "apple": "two",
        "done": True,
        "none": None,
        "share": 0.5,
    }


def test_the_time_is_utc_with_milliseconds(written: Written) -> None:
    """2026-11-22T17:03:00.123Z, which sorts as text."""
    configure_logging("json", "info", stream=written).info("now")

    timestamp = written.records()[0]["timestamp"]

    assert len(timestamp) == 24
    assert timestamp.endswith("Z")
    assert timestamp[19] == "."


def test_values_of_every_kind_become_json(written: Written) -> None:
    """Ids, times, paths, enums, bytes, collections and numbers that JSON does not know."""
    log = configure_logging("json", "info", stream=written)

    class Colour(Enum):
        RED = 1

    log.info(
        "kinds",
        id=UUID(int=7),
        at=datetime(2026, 1, 2, tzinfo=UTC),
        path=Path("/tmp/x"),
        colour=Colour.RED,
        raw=b"12345",
        many={"a": [1, (2, 3)], "password": "hidden"},
        infinite=math.inf,
    )

    record = written.records()[0]
    assert record["id"] == "00000000-0000-0000-0000-000000000007"
    assert record["at"] == "2026-01-02 00:00:00+00:00"
    assert record["path"] == "/tmp/x"
    assert record["colour"] == "RED"
    assert record["raw"] == "<5 bytes>"
    assert record["many"] == {"a": [1, [2, 3]], "password": "[redacted]"}
    assert record["infinite"] == "inf"


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError("no")


@dataclass
class SignIn:
    login: str
    password: str


def test_a_value_that_cannot_be_written(written: Written) -> None:
    """Logging never raises, or a fault in it would fail the call that it tells of."""
    configure_logging("json", "info", stream=written).info("odd", value=Broken(), nested=[Broken()])

    assert "Broken that cannot be written" in written.records()[0]["value"]


def test_an_object_that_holds_a_password(written: Written) -> None:
    """The repr of a dataclass is text like any other."""
    configure_logging("json", "info", stream=written).info("signed in", who=SignIn("mia", "k9canary7"))

    assert "mia" in written.records()[0]["who"]
    assert "k9canary7" not in written.getvalue()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(event=st.text(), fields=st.dictionaries(st.text(min_size=1), json_values, max_size=5))
def test_any_event_with_any_fields_is_one_valid_line(event: str, fields: dict[str, Any]) -> None:
    """Line breaks, quotes, lone surrogates and not-a-number included."""
    written = Written()
    log = configure_logging("json", "info", stream=written)

    log.bind(**{key: value for key, value in fields.items() if key not in ("event", "exc_info")}).info(event)

    (line,) = written.getvalue().split("\n")[:-1]
    assert json.loads(line)["level"] == "info"


def test_a_value_that_is_far_too_long_loses_its_middle(written: Written) -> None:
    """Beginning and end say most; the line says how much is missing."""
    configure_logging("json", "info", stream=written).info("long", text="a" + "x" * 50_000 + "z")

    text = written.records()[0]["text"]
    assert len(text) < TEXT_MAX + 100
    assert text.startswith("ax")
    assert text.endswith("xz")
    assert "characters left out" in text


def test_an_exception_comes_with_its_cause_and_without_its_variables(written: Written) -> None:
    """Local variables are where the secrets are."""
    log = configure_logging("json", "info", stream=written)

    def fail(password: str) -> None:
        try:
            raise KeyError("the cause")
        except KeyError as cause:
            raise RuntimeError(f"cannot use {password}") from cause

    try:
        fail("k9canary7")
    except RuntimeError:
        log.exception("it failed")

    record = written.records()[0]
    assert record["level"] == "error"
    assert "KeyError: 'the cause'" in record["exception"]
    assert "RuntimeError: cannot use [redacted]" in record["exception"]
    assert "in fail" in record["exception"]
    assert "k9canary7" not in written.getvalue()


def test_a_warning_that_quotes_what_a_library_said(written: Written) -> None:
    """Fields of warnings are searched, and so is everything around for the secrets that they may repeat."""
    log = configure_logging("json", "info", stream=written)
    token = "kvk7-unshaped-token"

    log.warning(
        "database refused a call", fault="invalid input for query argument $2: 'kvk7canary' (expected)"
    )
    log.warning("cannot send", fault=f"nobody takes {token} here")

    assert "kvk7" not in written.getvalue()
    assert written.records()[0]["fault"].startswith("invalid input for query argument $2: ")


def test_only_the_level_asked_for_and_above(written: Written) -> None:
    """Debug lines cost nothing unless they are wanted."""
    log = configure_logging("json", "warning", stream=written)

    log.debug("a")
    log.info("b")
    log.warning("c")
    log.error("d")

    assert [record["event"] for record in written.records()] == ["c", "d"]


def test_what_libraries_log_comes_the_same_way(written: Written) -> None:
    """asyncio, asyncpg, uvicorn and grpc use the standard library's logging, and Python its warnings."""
    configure_logging("json", "info", stream=written)

    logging.getLogger("asyncpg").warning("cannot reach postgresql://a:%s@db/x", "k9canary7")
    logging.getLogger("asyncio").debug("not wanted")
    logging.getLogger("uvicorn.error").info("chatter")
    warnings.warn("soon gone", DeprecationWarning, stacklevel=1)

    records = written.records()
    assert [(record["level"], record["logger"]) for record in records] == [
        ("warning", "asyncpg"),
        ("warning", "py.warnings"),
    ]
    assert records[0]["event"] == "cannot reach postgresql://a:[redacted]@db/x"


@pytest.mark.parametrize("level", ["info", "debug"])
async def test_whom_the_server_asks_is_not_logged(written: Written, level: str) -> None:
    """It says what somebody asks to have verified. What goes wrong there is still told."""
    configure_logging("json", level, stream=written)
    transport = httpx.MockTransport(lambda request: httpx.Response(200))

    async with httpx.AsyncClient(transport=transport) as client:
        await client.get("https://oxford.example/status/k9canary7")
    logging.getLogger("httpcore.connection").debug("connect_tcp.started host='k9canary7.example'")
    logging.getLogger("httpx").warning("something is wrong")

    assert "k9canary7" not in written.getvalue()
    assert [record["event"] for record in written.records()] == ["something is wrong"]


def test_a_library_that_formats_its_message_wrongly(written: Written) -> None:
    """What can be said is said, and nothing is raised into the library."""
    handler = StructuredHandler(configure_logging("json", "info", stream=written))

    handler.emit(logging.LogRecord("lib", logging.ERROR, "lib.py", 1, "wrong %d", ("arguments",), None))

    assert written.records()[0]["event"] == "wrong %d"


def test_configuring_twice_does_not_double_the_lines(written: Written) -> None:
    """Tests and tools configure more than once in a process."""
    configure_logging("json", "info", stream=io.StringIO())
    configure_logging("json", "info", stream=written)

    logging.getLogger("asyncpg").warning("once")

    assert len(written.records()) == 1


def test_readable_lines_for_a_person(written: Written) -> None:
    """The console shows the same fields, without JSON."""
    configure_logging("console", "info", stream=written).info(
        "published course", course="Tour", password="k9canary7"
    )

    line = written.getvalue()
    assert "published course" in line
    assert "course=Tour" in line
    assert "k9canary7" not in line


def test_a_value_cannot_forge_a_line_or_repaint_the_terminal(written: Written) -> None:
    """Line breaks and escape sequences from a client are shown, not obeyed."""
    configure_logging("console", "info", stream=written).info(
        "renamed\nforged", title="x\n2026-11-22 [info] forged\x1b[2J"
    )

    assert written.getvalue().count("\n") == 1
    assert "\x1b[2J" not in written.getvalue()


def test_auto_is_json_when_nobody_looks(written: Written) -> None:
    """Only a terminal gets the readable form."""
    configure_logging("auto", "info", stream=written).info("hello")

    assert written.records()[0]["event"] == "hello"
