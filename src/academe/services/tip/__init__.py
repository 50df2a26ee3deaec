"""Tips: money from people to educators, in a ledger that adds up by construction.

`migrations/` is where the rules of the ledger are; `model.py` says what its accounts mean.
"""

from academe.services.tip.handler import TipHandler
from academe.services.tip.repository import TipRepository
from academe.services.tip.service import TipService

__all__ = ["TipHandler", "TipRepository", "TipService"]
