"""Credentials asked for one by one, issued together when they are asked for at the same time.

A call by itself starts at once. What comes while one is being issued is signed in one job and stored in one
transaction, so that the log is held once for all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from academe.db.group_commit import GroupCommit
from academe.services.credential.errors import CredentialUnsignable
from academe.services.credential.issuance.awarding import Awarding
from academe.services.credential.issuance.awards import Award
from academe.services.credential.model import Credential, Replay

TOGETHER = 16
"""Awards of a batch, as many as are canonicalised in one job: everybody waits for the last of theirs."""

AT_ONCE = 2
"""Batches under way: while one is stored the next is being signed."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """An award, and the request it was asked for with if that had an id."""

    award: Award
    replay: Replay | None


class SingleAwards:
    """Issues an award at a time for any number of callers. `on_batch` is as for GroupCommit."""

    def __init__(
        self, awarding: Awarding, *, on_batch: Callable[[str, int, float], None] | None = None
    ) -> None:
        self._awarding = awarding
        # Idempotent: what was issued already is found by its enrollment and type. The same ones never share a
        # batch, so who comes second is answered with what the first one got.
        self._asked = GroupCommit[_Asked, Credential](
            self._issue,
            name="credential.issue",
            max_batch=TOGETHER,
            key=lambda asked: asked.award.key,
            idempotent=True,
            writers=AT_ONCE,
            on_batch=on_batch,
        )

    async def issue(self, award: Award, replay: Replay | None) -> Credential:
        """The credential of an award, new or not.

        Raises CredentialUnsignable, RequestIdReused, IssuerNotFound, WorkerUnavailable and Overloaded.
        """
        return await self._asked.submit(_Asked(award, replay))

    async def _issue(self, batch: list[_Asked]) -> Sequence[Credential | Exception]:
        replays = {asked.award.key: asked.replay for asked in batch if asked.replay is not None}
        outcomes = await self._awarding.issue([asked.award for asked in batch], replays)
        return [one if isinstance(one, CredentialUnsignable) else one[0] for one in outcomes]
