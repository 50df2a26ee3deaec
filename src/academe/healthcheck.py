"""`python -m academe.healthcheck`: exit code 0 when the server in this container is ready, 1 when not.

Asks /readyz of the HTTP listener; imports nothing of the server, so that a check costs little.
"""

from __future__ import annotations

import http.client
import os
import sys

TIMEOUT_SECONDS = 2.0


def main() -> int:
    address = os.environ.get("ACADEME_HTTP_ADDR", "127.0.0.1:50080")
    port = address.rpartition(":")[2]
    if not port:
        print("ACADEME_HTTP_ADDR is empty: nothing to ask", file=sys.stderr)  # noqa: T201  # Docker shows it
        return 1
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return 0 if connection.getresponse().status == 200 else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
