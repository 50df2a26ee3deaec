"""Structured logs: JSON lines in production, readable ones in a terminal, and never a secret in either.

    log = configure_logging(settings.log_format, settings.log_level)
    log.info("published course", course_id=course_id, lessons=12)

An event is a sentence that can be read alone; what varies is in fields, whose names carry units. Within a
call every line gets the call's request_id. A field whose name sounds secret is written as "[redacted]", a
message without the fields that the contract calls sensitive, an exception without local variables.
"""

from __future__ import annotations

import atexit
import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import FilteringBoundLogger, Processor

from academe.logs.processors import JsonLine, Readable, add_request_id, redact
from academe.logs.stdlib import route_logging
from academe.logs.stream import LogStream
from academe.rpc.safe_fields import safe_fields

__all__ = ["LogStream", "configure_logging", "safe_fields"]


def configure_logging(
    format: str,  # noqa: A002  # the word of the setting
    level: str,
    *,
    stream: TextIO | LogStream | None = None,
) -> FilteringBoundLogger:
    """A logger that writes to `stream` (standard output when none is given).

    `format` is auto, json or console; auto is console in a terminal. `level` is the least that is written.
    The standard library's logging goes the same way from now on.
    """
    file = sys.stdout if stream is None else stream
    terminal = not isinstance(file, LogStream) and file is not None and file.isatty()
    readable = format == "console" or (format == "auto" and terminal)
    sink = (
        file if isinstance(file, LogStream) else LogStream(file, notice=_text_notice if readable else _notice)
    )
    atexit.register(sink.close)
    log: FilteringBoundLogger = structlog.wrap_logger(
        _Writer(sink),
        processors=[add_request_id, redact, *_last_processors(readable, terminal)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        context_class=dict,
    ).bind()  # bound once: the lazy proxy would build a logger for every line
    route_logging(log, level)
    return log


def _last_processors(readable: bool, colors: bool) -> list[Processor]:
    if not readable:
        return [JsonLine()]
    console = structlog.dev.ConsoleRenderer(
        colors=colors,
        sort_keys=False,
        # The default prints local variables when rich is installed; ours is text by now anyway.
        exception_formatter=structlog.dev.plain_traceback,
    )
    return [Readable(), console, lambda _log, _level, line: f"{line}\n"]


class _Writer:
    """What structlog calls with the finished line."""

    def __init__(self, stream: LogStream) -> None:
        self.debug = self.info = stream.write
        self.warning = self.error = self.critical = stream.write_now


def _notice(count: int) -> str:
    event = {"event": "log lines were dropped, because nobody read them in time", "count": count}
    return JsonLine()(None, "warning", event)


def _text_notice(count: int) -> str:
    return f"{count} log lines were dropped, because nobody read them in time\n"
