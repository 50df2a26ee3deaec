"""A server that is nothing but its embedded PostgreSQL, as a program that tests may kill.

    python tests/support/embedded_server.py DATA_DIR

Prints one line of JSON: either the postmaster's pid and the DSN, or the sentence why it did not start. Stops
on SIGTERM, and like the real server takes SIGINT (Ctrl-C) for itself; here it ignores it.
"""

import asyncio
import json
import signal
import sys
from pathlib import Path

import structlog
import uvloop

from academe.db.embedded import EmbeddedPostgres
from academe.startup import StartupError


async def serve(data_dir: Path) -> int:
    asked_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, asked_to_stop.set)
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    server = EmbeddedPostgres(data_dir, log=structlog.wrap_logger(structlog.PrintLogger(sys.stderr)))
    try:
        await server.start()
    except StartupError as error:
        sys.stdout.write(json.dumps({"error": str(error)}) + "\n")
        return 1
    sys.stdout.write(json.dumps({"pid": server.pid, "dsn": server.dsn}) + "\n")
    sys.stdout.flush()
    await asked_to_stop.wait()
    await server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(uvloop.run(serve(Path(sys.argv[1]))))
