"""The log recomputed from its leaves, to see that nothing in it was made up, lost or changed."""

from academe.services.credential.log.verification.model import LogCheck
from academe.services.credential.log.verification.service import verify_log

__all__ = ["LogCheck", "verify_log"]
