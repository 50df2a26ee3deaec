"""The transactional outbox: what happened, told to whoever acts on it later, at least once and in order.

A slice writes an event in the transaction of the change itself, with the SQL function outbox.append or with
`append`, and calls `Outbox.published` after the commit. Whoever wants to act on events asks for a consumer:

    outbox.consume("credential.completions", ["enrollment"], handle)

where `handle` is a coroutine function that takes a sequence of `Event`; see `Handle` for what it may rely on.
The schema `outbox` says why no event is missed and how their order is kept.
"""

from academe.db.outbox.consumer import OutboxConsumer
from academe.db.outbox.model import ConsumerStatus, Event, Handle, Retries
from academe.db.outbox.operators import OutboxOperators
from academe.db.outbox.outbox import Outbox
from academe.db.outbox.repository_append import append
from academe.db.outbox.upkeep import OutboxUpkeep
from academe.db.outbox.wakes import Wakes

__all__ = [
    "ConsumerStatus",
    "Event",
    "Handle",
    "Outbox",
    "OutboxConsumer",
    "OutboxOperators",
    "OutboxUpkeep",
    "Retries",
    "Wakes",
    "append",
]
