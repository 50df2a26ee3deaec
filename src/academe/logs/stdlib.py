"""Libraries log through `logging`; this is how their records join the stream."""

from __future__ import annotations

import logging

from structlog.typing import FilteringBoundLogger

from academe.logs.redaction import scrub

_QUIET = {
    # Tells what app.py tells better, and would once a request.
    "uvicorn.error": logging.WARNING,
    "uvicorn.access": logging.ERROR,
    # Tell whom the server asks, and so what somebody asks to have verified.
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
}


class StructuredHandler(logging.Handler):
    """Passes records on to a structlog logger, with the name of who wrote them."""

    def __init__(self, log: FilteringBoundLogger) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
        except Exception:  # wrong arguments for the format: say what can be said
            message = str(record.msg)
        write = getattr(self._log, _level(record.levelno))
        write(scrub(message), logger=record.name, exc_info=record.exc_info)


def _level(number: int) -> str:
    """Libraries make levels of their own, such as uvicorn's TRACE."""
    for name in ("critical", "error", "warning", "info"):
        if number >= logging.getLevelNamesMapping()[name.upper()]:
            return name
    return "debug"


def route_logging(log: FilteringBoundLogger, level: str) -> None:
    """Makes `log` the only way out for the standard library's logging, and for warnings."""
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, StructuredHandler)]:
        root.removeHandler(handler)
    root.addHandler(StructuredHandler(log))
    root.setLevel(level.upper())
    logging.captureWarnings(True)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))
