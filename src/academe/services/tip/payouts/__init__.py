"""Money out to educators: the whole balance of a currency at a time, paid once whatever gets lost."""

from academe.services.tip.payouts.handler import PayoutsHandler
from academe.services.tip.payouts.service import PayoutService

__all__ = ["PayoutService", "PayoutsHandler"]
