"""A process that migrates, as a program that tests may kill.

    python tests/integration/db/migrate_process.py DSN PACKAGE

Prints one applied migration per line.
"""

import asyncio
import sys
from pathlib import Path

from academe.db.connect import connect
from academe.db.migrate import migrate


async def main(dsn: str, package: Path) -> None:
    connection = await connect(dsn, application_name="trial", statement_timeout_ms=0, command_timeout=None)
    for migration in await migrate(connection, package=package):
        sys.stdout.write(f"{migration}\n")
    await connection.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
