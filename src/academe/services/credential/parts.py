"""The credential slice put together: every part of it over one pool."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from starlette.routing import BaseRoute

from academe.db.pool import Pool
from academe.secrets import Secrets
from academe.services.credential import log as transparency
from academe.services.credential.issuance.awarding import Awarding
from academe.services.credential.issuance.backlog import Backlog
from academe.services.credential.issuance.completions import Completions
from academe.services.credential.issuance.gathering import SingleAwards
from academe.services.credential.issuance.jobs import IssueJobs
from academe.services.credential.issuance.repository import IssuanceRepository
from academe.services.credential.issuance.repository_backlog import BacklogRepository
from academe.services.credential.issuance.repository_jobs import IssueJobRepository
from academe.services.credential.issuance.service import IssuanceService
from academe.services.credential.issuance.signing import Signer
from academe.services.credential.keys import (
    IssuerRepository,
    Issuers,
    IssuerService,
    KeyRepository,
    Sealer,
)
from academe.services.credential.ports import Courses, Enrollments, Users
from academe.services.credential.publishing.export import Export
from academe.services.credential.publishing.files import FileService
from academe.services.credential.publishing.lists import StatusLists
from academe.services.credential.publishing.pictures import Pictures
from academe.services.credential.publishing.routes import routes
from academe.services.credential.publishing.shown import ShownCredentials
from academe.services.credential.publishing.transcripts import Transcripts
from academe.services.credential.repository import CredentialRepository
from academe.services.credential.service import CredentialService
from academe.services.credential.standards.workers import Workers
from academe.services.credential.statuses.repository import StatusRepository
from academe.services.credential.statuses.service import StatusService
from academe.services.credential.templates import TemplateRepository, Templates
from academe.services.credential.validation.fetch import Fetcher, NoFetcher, WebFetcher
from academe.services.credential.validation.keys import KeyFinder
from academe.services.credential.validation.logged import LogChecker
from academe.services.credential.validation.proofs import ProofChecker
from academe.services.credential.validation.service import ValidationService
from academe.services.credential.validation.status import StatusChecker


class CredentialParts:
    """Every service of the slice, for its handler; and what is to be run and served beside the calls."""

    def __init__(
        self,
        pool: Pool,
        enrollments: Enrollments,
        courses: Courses,
        users: Users,
        secrets: Secrets,
        *,
        base_uri: str,
        asks_others: bool,
        log: Any,
        workers: Workers | None = None,
        fetcher: Fetcher | None = None,
        on_batch: Callable[[str, int, float], None] | None = None,
    ) -> None:
        """`base_uri` is the school's address; `asks_others` lets verifying ask other issuers' servers.
        `workers` canonicalise, `fetcher` asks; both may serve others too, and are closed by who made them."""
        self.base_uri = base_uri
        self._log_of_faults = log
        self._own_workers: Workers | None = None
        if workers is None:
            workers = self._own_workers = Workers()
        self._own_fetcher = WebFetcher() if asks_others and fetcher is None else None
        fetcher = fetcher or self._own_fetcher or NoFetcher()

        repository = CredentialRepository(pool, on_batch=on_batch)
        statuses = StatusRepository(pool)
        self.credentials = CredentialService(repository, courses)
        self.statuses = StatusService(statuses, self.credentials)
        rows, sealer = IssuerRepository(pool), Sealer(secrets)
        self.issuers = Issuers(rows, sealer, base_uri, on_batch=on_batch)
        self.administration = IssuerService(self.issuers, rows, KeyRepository(pool), sealer, base_uri)
        self.templates = Templates(TemplateRepository(pool), self.issuers, courses, base_uri=base_uri)
        self.log = transparency.LogService(
            transparency.LogRepository(pool),
            checkpoints := transparency.CheckpointRepository(pool),
            transparency.LogKeys(checkpoints, secrets, base_uri),
        )
        self.checkpoints = transparency.PeriodicCheckpoints(self.log)

        issuing = IssuanceRepository(pool)
        signer = Signer(workers)
        awarding = Awarding(issuing, self.issuers, signer, base_uri=base_uri)
        singly = SingleAwards(awarding, on_batch=on_batch)
        self.issuance = IssuanceService(awarding, singly, self.templates, enrollments, courses, users)
        self.jobs = IssueJobs(IssueJobRepository(pool), self.issuance, enrollments, courses, log=log)
        self.completions = Completions(self.issuance, self.templates, log=log)

        self.backlog = Backlog(
            BacklogRepository(pool), issuing, self.issuers, signer, base_uri=base_uri, log=log
        )

        proofs = ProofChecker(KeyFinder(self.issuers, fetcher), self.issuers, workers)
        self.validation = ValidationService(
            repository,
            proofs,
            StatusChecker(statuses, fetcher, base_uri=base_uri),
            LogChecker(repository, self.log),
            base_uri=base_uri,
        )

        self.lists = StatusLists(statuses, self.issuers, signer, self.log, base_uri=base_uri)
        self._shown = ShownCredentials(repository, self.validation, base_uri=base_uri)
        self.files = FileService(
            repository,
            self.credentials,
            Transcripts(repository, self.issuers, users, signer, base_uri=base_uri),
            Pictures(base_uri),
            self.templates,
            courses,
            base_uri=base_uri,
        )
        self.export = Export(
            repository, statuses, self.lists, self.issuers, self.files, self.log, base_uri=base_uri
        )

    async def load(self) -> None:
        """Opens the school's keys. Raises StartupError when they were stored under another secret."""
        await self.issuers.load()

    def routes(self) -> Sequence[BaseRoute]:
        """What is published over HTTP."""
        log = self._log_of_faults
        return [
            *routes(self._shown, self.files, self.lists, self.issuers, log),
            *transparency.routes(self.log, log),
        ]

    async def close(self) -> None:
        """Ends the process that canonicalises, and connections to other issuers."""
        if self._own_workers is not None:
            await self._own_workers.close()
        if self._own_fetcher is not None:
            await self._own_fetcher.close()
