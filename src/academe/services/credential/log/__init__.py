"""The transparency log: everything that was ever said about credentials, in public and for ever."""

from academe.services.credential.log.handler import LogHandler
from academe.services.credential.log.keys import LogKeys
from academe.services.credential.log.model import CredentialEvent, LogEntry, LogEvent
from academe.services.credential.log.periodic import PeriodicCheckpoints
from academe.services.credential.log.repository import LogRepository, append
from academe.services.credential.log.repository_checkpoints import CheckpointRepository
from academe.services.credential.log.routes import routes
from academe.services.credential.log.service import LogService
from academe.services.credential.log.verification import verify_log

__all__ = [
    "CheckpointRepository",
    "CredentialEvent",
    "LogEntry",
    "LogEvent",
    "LogHandler",
    "LogKeys",
    "LogRepository",
    "LogService",
    "PeriodicCheckpoints",
    "append",
    "routes",
    "verify_log",
]
