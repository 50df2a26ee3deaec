"""Tips: money from people to educators, in a ledger that adds up by construction.

`migrations/` is where the rules of the ledger are; `docs/tips.md` draws its accounts.
`parts.py` puts the slice together.
"""

from academe.services.tip.handler import TipHandler
from academe.services.tip.model import TipLimit
from academe.services.tip.outside import StripeOptions
from academe.services.tip.parts import TipOptions, TipParts
from academe.services.tip.repository import TipRepository
from academe.services.tip.service import TipPolicy, TipService

__all__ = [
    "StripeOptions",
    "TipHandler",
    "TipLimit",
    "TipOptions",
    "TipParts",
    "TipPolicy",
    "TipRepository",
    "TipService",
]
