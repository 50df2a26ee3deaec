"""Credentials as those see them who have the code and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from academe.clock import utcnow
from academe.services.credential.codes import read_code
from academe.services.credential.errors import CredentialNotFound
from academe.services.credential.model import Credential, CredentialVisibility
from academe.services.credential.pages import PageView
from academe.services.credential.publishing.views import page_view, unknown_view
from academe.services.credential.repository import CredentialRepository
from academe.services.credential.validation.service import ValidationService


class ShownCredentials:
    """Finds by code, as far as the holder lets people see it."""

    def __init__(
        self,
        repository: CredentialRepository,
        validation: ValidationService,
        *,
        base_uri: str,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._validation = validation
        self._base_uri = base_uri
        self._clock = clock

    async def find(self, text: str) -> Credential:
        """For files. Raises CredentialNotFound, also where the holder shows nothing."""
        credential = await self._repository.find_by_code(text)
        if credential is None or credential.visibility is CredentialVisibility.HOLDER:
            raise CredentialNotFound
        return credential

    async def page(self, text: str) -> PageView:
        """For people: always something to show."""
        credential, now = await self._repository.find_by_code(text), self._clock()
        if credential is None:
            return unknown_view(read_code(text) or "", self._base_uri, now)
        document = await self._repository.get_document(credential)
        verification = await self._validation.verify_credential(credential, document)
        design = document.design if document is not None else {}
        return page_view(credential, design, verification, self._base_uri, now)
