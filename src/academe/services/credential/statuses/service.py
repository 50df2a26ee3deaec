"""The rules of revoking, suspending and reinstating."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.errors import InvalidArgument
from academe.services.credential.model import Credential, CredentialState
from academe.services.credential.ports import NotCourseEducator
from academe.services.credential.rights import ONLY_EDUCATORS
from academe.services.credential.service import CredentialService
from academe.services.credential.statuses.repository import StatusRepository


def check_reason(reason: str) -> None:
    """Raises InvalidArgument for one that readers could do nothing with."""
    if not reason.strip():
        raise InvalidArgument.field("reason", "must say something: everybody who verifies it reads it")
    if "\0" in reason:
        raise InvalidArgument.field("reason", "must not contain the character U+0000")


class StatusService:
    """What a course's educators and administrators say of credentials after they were issued."""

    def __init__(
        self,
        repository: StatusRepository,
        credentials: CredentialService,
        *,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._credentials = credentials
        self._clock = clock

    async def revoke_credential(
        self, caller: Caller, credential_id: UUID, reason: str, *, expected_version: int | None
    ) -> Credential:
        """Declares a credential void, for good. One that is void already is answered as it is, whatever
        version is expected, so that repeating the call is safe.

        Raises CredentialNotFound, NotCourseEducator to its holder, EtagMismatch.
        """
        return await self._set_state(caller, credential_id, CredentialState.REVOKED, reason, expected_version)

    async def suspend_credential(
        self, caller: Caller, credential_id: UUID, reason: str, *, expected_version: int | None
    ) -> Credential:
        """Declares a credential not valid for the time being. Raises as revoke_credential, and
        CredentialRevoked."""
        return await self._set_state(
            caller, credential_id, CredentialState.SUSPENDED, reason, expected_version
        )

    async def reinstate_credential(
        self, caller: Caller, credential_id: UUID, *, expected_version: int | None
    ) -> Credential:
        """Ends a suspension. Raises as suspend_credential."""
        return await self._set_state(caller, credential_id, CredentialState.VALID, "", expected_version)

    async def _set_state(
        self,
        caller: Caller,
        credential_id: UUID,
        state: CredentialState,
        reason: str,
        expected_version: int | None,
    ) -> Credential:
        if state is not CredentialState.VALID:
            check_reason(reason)
        credential, teaches = await self._credentials.visible(caller, credential_id)
        if not teaches:
            raise NotCourseEducator(ONLY_EDUCATORS, course_id=credential.course_id)
        return await self._repository.set_state(credential, state, reason, expected_version, self._clock())
