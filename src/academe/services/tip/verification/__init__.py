"""The ledger recomputed from what was written, to see that nothing in it was made up, lost or changed."""

from academe.services.tip.verification.handler import VerificationHandler
from academe.services.tip.verification.repository import VerificationRepository
from academe.services.tip.verification.service import VerificationService

__all__ = ["VerificationHandler", "VerificationRepository", "VerificationService"]
