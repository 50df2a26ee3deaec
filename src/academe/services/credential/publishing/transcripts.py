"""A learner's credentials in one signed document: Comprehensive Learner Record 2.0.

Each credential in it keeps its own signature; the transcript's says that these belong to one learner. It is
made when it is asked for and not kept, so it carries an end, after which a new one is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academe.clock import utcnow
from academe.ids import new_id
from academe.pagination import PageRequest
from academe.services.credential.errors import CredentialNotFound, TranscriptTooLong
from academe.services.credential.issuance.awards import identities_of
from academe.services.credential.issuance.compose import identity_object, instant, issuer_profile
from academe.services.credential.issuance.draft import IssuerProfile
from academe.services.credential.issuance.signing import Signer
from academe.services.credential.keys import Issuers, KeyState
from academe.services.credential.model import Credential, CredentialState
from academe.services.credential.ports import Users
from academe.services.credential.repository import CredentialRepository
from academe.services.credential.standards import clr, data_integrity, strict_json
from academe.services.credential.standards.errors import Refused, TooComplex
from academe.services.credential.validation.forms import BYTES_MAX
from academe.services.credential.validation.transcripts import EMBEDDED_MAX, NAME

LIFETIME = timedelta(days=90)
"""Of a transcript, which says what was in force on its day."""


class Transcripts:
    """Composes and signs transcripts in the name of the school."""

    def __init__(
        self,
        repository: CredentialRepository,
        issuers: Issuers,
        users: Users,
        signer: Signer,
        *,
        base_uri: str,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._issuers = issuers
        self._users = users
        self._signer = signer
        self._base_uri = base_uri
        self._clock = clock

    async def compose(self, learner_id: UUID) -> bytes:
        """Raises CredentialNotFound when the learner has none in force, and TranscriptTooLong."""
        now = self._clock().replace(microsecond=0)
        documents = await self._documents(learner_id, now)
        account = (await self._users.get_accounts([learner_id])).get(learner_id)
        if not documents or account is None:
            raise CredentialNotFound("The learner has no credential that is in force.")
        signing = await self._issuers.signing(None)
        record = clr.compose(
            uri=f"urn:uuid:{new_id()}",
            issuer=issuer_profile(IssuerProfile.of(signing.issuer, self._base_uri)),
            name=NAME,
            identifiers=[identity_object(one) for one in identities_of(account)],
            credentials=documents,
            valid_from=instant(now),
            valid_until=instant(now + LIFETIME),
        )
        try:
            content = await self._signer.prove(signing, record, now)
        except TooComplex as refused:
            raise TranscriptTooLong from refused
        except Refused as refused:
            raise RuntimeError("a transcript of signed credentials cannot be signed") from refused
        if len(content) > BYTES_MAX:
            raise TranscriptTooLong
        return content

    async def _documents(self, learner_id: UUID, now: datetime) -> Sequence[dict[str, Any]]:
        """Newest first. Raises TranscriptTooLong."""
        in_force: list[Credential] = []
        page = PageRequest(EMBEDDED_MAX, None, "")
        while held := await self._repository.list_of_learner(learner_id, page):
            in_force += [one for one in held if _in_force(one, now)]
            if len(in_force) > EMBEDDED_MAX:
                raise TranscriptTooLong(limit=EMBEDDED_MAX)
            page = PageRequest(EMBEDDED_MAX, (held[-1].credential_id,), "")
        found = [await self._repository.get_document(one) for one in in_force]
        documents = [strict_json.parse(document.json) for document in found if document is not None]
        return [document for document in documents if await self._is_believed(document)]

    async def _is_believed(self, document: dict[str, Any]) -> bool:
        """Not any more, once a key that signed it was stolen: it has to be issued again."""
        keys = [await self._issuers.find_key(proof.method) for proof in data_integrity.read_proofs(document)]
        return all(key is not None and key.state is not KeyState.COMPROMISED for key in keys)


def _in_force(credential: Credential, now: datetime) -> bool:
    expired = credential.expire_time is not None and credential.expire_time <= now
    return credential.state is CredentialState.VALID and not expired
