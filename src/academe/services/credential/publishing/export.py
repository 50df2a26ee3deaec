"""Everything that verifying needs, as files: what is published stays verifiable when the server is gone.

Served below the school's address by any web server, the folder answers whatever a verifier asks. Credentials
whose holders did not make them public are not in it: they have their own, and what verifies them is here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from uuid import UUID

from academe.services.credential.issuance.compose import STATUS_PURPOSES
from academe.services.credential.keys import SCHOOL, Issuers
from academe.services.credential.log import LogService
from academe.services.credential.publishing.files import FileService
from academe.services.credential.publishing.formats import FileFormat
from academe.services.credential.publishing.lists import StatusLists
from academe.services.credential.repository import CredentialRepository
from academe.services.credential.statuses.repository import StatusRepository

PAGE = 200
"""Credentials read at a time."""

README = """\
What verifies the credentials of this school, as of the moment of the export.

Serve this folder at {base_uri}/ with any web server, over https. Content types:

    .well-known/did.json, issuers/*/did.json     application/did+json
    status/*/*, credentials/*.json               application/vc
    credentials/*.jwt                            application/vc+jwt
    log/checkpoint, log/key                      text/plain

A credential is checked like this: its proof (eddsa-rdfc-2022) with the key that did.json names; then the bit
of its credentialStatus in the list below status/; then, whoever wants to know when it was issued, its SHA-256
in log/ (RFC 9162; the tiles are those of c2sp.org/tlog-tiles).

The lists in this folder have no end. Replace them by a newer export as long as there is one.
manifest.json has the SHA-256 of every file.
"""


class Export:
    """Yields files by their path below the school's address."""

    def __init__(
        self,
        repository: CredentialRepository,
        statuses: StatusRepository,
        lists: StatusLists,
        issuers: Issuers,
        files: FileService,
        log: LogService,
        *,
        base_uri: str,
    ) -> None:
        self._repository = repository
        self._statuses = statuses
        self._lists = lists
        self._issuers = issuers
        self._files = files
        self._log = log
        self._base_uri = base_uri

    async def all_files(self) -> AsyncIterator[tuple[str, bytes]]:
        """Every file once, the manifest last. What changes meanwhile is in it as it was or as it is; the log
        is read last, so that it knows of everything else."""
        digests: dict[str, str] = {}
        async for path, content in self._files_of_all():
            digests[path] = hashlib.sha256(content).hexdigest()
            yield path, content
        yield "manifest.json", json.dumps(digests, indent=1, sort_keys=True).encode()

    async def _files_of_all(self) -> AsyncIterator[tuple[str, bytes]]:
        yield "README.txt", README.format(base_uri=self._base_uri).encode()
        async for file in self._keys():
            yield file
        async for file in self._credentials():
            yield file
        for found in await self._statuses.all_lists():
            for purpose in STATUS_PURPOSES:
                content = await self._lists.sign(found, purpose, until=None)
                yield f"status/{found.list_id}/{purpose}", content
        async for path, content in self._log.export(await self._log.get_checkpoint()):
            yield f"log/{path}", content

    async def _keys(self) -> AsyncIterator[tuple[str, bytes]]:
        for issuer in await self._issuers.all_issuers():
            published = await self._issuers.document(issuer.slug)
            if published is None:
                continue
            own = ".well-known" if issuer.slug == SCHOOL else f"issuers/{issuer.slug}"
            yield f"{own}/did.json", published.document
            if issuer.logo:
                yield f"issuers/{issuer.slug}/logo", issuer.logo

    async def _credentials(self) -> AsyncIterator[tuple[str, bytes]]:
        after = UUID(int=0)
        while found := await self._repository.list_public(after, PAGE):
            for credential in found:
                for form in FileFormat:
                    file = await self._files.file_of(credential, form)
                    yield f"credentials/{credential.verification_code}.{form.suffix}", file.content
            after = found[-1].credential_id
