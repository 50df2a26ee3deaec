"""WatchTips: an educator's tips as they come and change, whichever process writes them."""

from academe.services.tip.watch.changes import Changes
from academe.services.tip.watch.handler import WatchHandler
from academe.services.tip.watch.poll import TipPoll
from academe.services.tip.watch.repository import WatchRepository
from academe.services.tip.watch.service import TipWatch

__all__ = ["Changes", "TipPoll", "TipWatch", "WatchHandler", "WatchRepository"]
