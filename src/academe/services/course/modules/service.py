"""The rules of modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from academe.caller import Caller
from academe.ids import new_id
from academe.pagination import Page, page_request
from academe.services.course.errors import ModuleNotFound
from academe.services.course.guard import DRAFT, CourseGuard
from academe.services.course.model import Replay, check_texts
from academe.services.course.modules.model import Module
from academe.services.course.modules.repository import ModuleRepository
from academe.services.course.pages import bounded_page
from academe.services.course.revisions.repository import RevisionRepository
from academe.services.course.served import Served


class ModuleService:
    """Modules of drafts and revisions, with descriptions as they are served.

    What is raised for the course itself: see CourseGuard. Changes are of the draft.
    """

    def __init__(
        self,
        repository: ModuleRepository,
        revisions: RevisionRepository,
        guard: CourseGuard,
        served: Served,
        clock: Callable[[], datetime],
    ) -> None:
        self._repository = repository
        self._revisions = revisions
        self._guard = guard
        self._served = served
        self._clock = clock

    async def create_module(
        self, caller: Caller, course_id: UUID, title: str, description: str, replay: Replay | None
    ) -> Module:
        """A new last module. Raises RequestIdReused, and ModuleNotFound when the request's is deleted."""
        await self._guard.draft(caller, course_id)
        check_texts({"title": title, "description": description}, of="module")
        module = await self._repository.add_module(
            course_id, new_id(), title, description, replay, self._clock()
        )
        return await self._serve(module)

    async def get_module(self, caller: Caller, course_id: UUID, module_id: UUID, revision: int) -> Module:
        """Raises ModuleNotFound."""
        revision = await self._guard.revision(caller, course_id, revision)
        if revision == DRAFT:
            module = await self._repository.get_module(course_id, module_id)
        else:
            module = await self._revisions.get_module(course_id, revision, module_id)
        if module is None:
            raise ModuleNotFound(module_id=module_id)
        return await self._serve(module)

    async def list_modules(
        self, caller: Caller, course_id: UUID, revision: int, page_size: int, page_token: str
    ) -> Page[Module]:
        """In course order. A walk that began in a revision stays in it. Raises PageTokenInvalid."""
        found = await self._guard.revision(caller, course_id, revision)
        draft = found == DRAFT
        arguments = ("modules", str(course_id), revision, draft)
        if draft:
            request = page_request(page_size, page_token, arguments=arguments, key=(int, UUID))
            rows = await self._repository.list_modules(course_id, request)
        else:
            request = page_request(page_size, page_token, arguments=arguments, key=(int, int))
            found = request.after[0] if request.after else found
            rows = await self._revisions.list_modules(course_id, found, request)
        page = bounded_page(
            rows,
            request,
            key=lambda module: (module.order, module.module_id) if draft else (found, module.order),
            chars=lambda module: len(module.description),
        )
        texts = await self._served.texts([module.description for module in page.rows])
        served = [replace(one, description=text) for one, text in zip(page.rows, texts, strict=True)]
        return Page(served, page.next_page_token)

    async def update_module(
        self,
        caller: Caller,
        course_id: UUID,
        module_id: UUID,
        changes: Mapping[str, str],
        expected_version: int | None,
    ) -> Module:
        """Changes title or description, those that are in `changes`. Raises ModuleNotFound, EtagMismatch."""
        await self._guard.draft(caller, course_id)
        check_texts(changes, of="module")
        module = await self._repository.update_module(
            course_id,
            module_id,
            expected_version,
            title=changes.get("title"),
            description=changes.get("description"),
            now=self._clock(),
        )
        return await self._serve(module)

    async def delete_module(
        self, caller: Caller, course_id: UUID, module_id: UUID, expected_version: int | None
    ) -> None:
        """With its lessons. Raises ModuleNotFound and EtagMismatch."""
        await self._guard.draft(caller, course_id)
        await self._repository.delete_module(course_id, module_id, expected_version)

    async def _serve(self, module: Module) -> Module:
        return replace(module, description=await self._served.text(module.description))
