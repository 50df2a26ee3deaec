"""Everything of credentials over plain HTTP.

/credentials/<code>                        the page, for people; for programs that ask so, the credential
/credentials/<code>.json|jwt|png|svg|pdf   the files, and .thumbnail.png
/status/<list>/revocation|suspension       status lists
/.well-known/did.json                      the school's keys
/issuers/<slug>/did.json, /logo            other issuers' keys, and pictures
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from academe.http.replies import guarded, reply
from academe.services.credential.errors import CredentialNotFound, IssuerNotFound
from academe.services.credential.images import content_type
from academe.services.credential.keys import SCHOOL, Issuers
from academe.services.credential.pages import (
    is_prepared,
    negotiate_language,
    page_headers,
    page_status,
    render_page,
)
from academe.services.credential.publishing.files import FileService
from academe.services.credential.publishing.formats import File, FileFormat
from academe.services.credential.publishing.lists import FRESH_SECONDS, StatusLists
from academe.services.credential.publishing.shown import ShownCredentials

KEYS = "public, max-age=300"
"""Of key documents: a new key is in them before anything signed with it is looked at."""

LISTS = f"public, max-age={FRESH_SECONDS}"
ASKED_AGAIN = "no-cache"
"""For what a holder may hide tomorrow: kept, but asked about each time."""

_FORMS = {form.suffix: form for form in FileFormat}


def routes(
    shown: ShownCredentials, files: FileService, lists: StatusLists, issuers: Issuers, log: Any
) -> Sequence[BaseRoute]:
    """`log` is told of faults."""

    async def get_credential(request: Request) -> Response:
        name = request.path_params["name"]
        code, _, suffix = name.partition(".")
        if suffix:
            return await get_file(request, code, suffix)
        form = _wanted(request)
        return await get_page(request, code) if form is None else await get_file(request, code, form.suffix)

    async def get_page(request: Request, code: str) -> Response:
        view = await shown.page(code)
        asked, accepted = request.query_params.get("lang"), request.headers.get("accept-language")
        language = negotiate_language(asked, accepted)
        headers = {
            **page_headers(view, language),
            "Cache-Control": "no-store",  # it says what is so now
            "Vary": "Accept, Accept-Language",
        }
        render = partial(render_page, view, language)
        page = render() if is_prepared() else await asyncio.to_thread(render)
        return HTMLResponse(page, page_status(view), headers=headers)

    async def get_file(request: Request, code: str, suffix: str) -> Response:
        credential = await shown.find(code)
        if suffix == "thumbnail.png":
            file = await files.thumbnail_of(credential)
        elif suffix in _FORMS:
            file = await files.file_of(credential, _FORMS[suffix])
        else:
            raise CredentialNotFound(f"There is no form {suffix}; there are {', '.join(_FORMS)}.")
        return _file(request, file)

    async def get_list(request: Request) -> Response:
        try:
            list_id = UUID(request.path_params["list_id"])
        except ValueError:
            raise CredentialNotFound("There is no such list.") from None
        content = await lists.get(list_id, request.path_params["purpose"])
        if content is None:
            raise CredentialNotFound("There is no such list.")
        return reply(request, content, FileFormat.JSON.content_type, LISTS)

    async def get_did(request: Request) -> Response:
        published = await issuers.document(request.path_params.get("slug", SCHOOL))
        if published is None:
            raise IssuerNotFound
        return reply(request, published.document, "application/did+json", KEYS)

    async def get_logo(request: Request) -> Response:
        published = await issuers.document(request.path_params["slug"])
        if published is None or not published.issuer.logo:
            raise IssuerNotFound("There is no such picture.")
        logo = published.issuer.logo
        return _sandboxed(reply(request, logo, content_type(logo), KEYS))

    served = {
        "/credentials/{name}": get_credential,
        "/status/{list_id}/{purpose}": get_list,
        "/.well-known/did.json": get_did,
        "/issuers/{slug}/did.json": get_did,
        "/issuers/{slug}/logo": get_logo,
    }
    # What stands alone goes before what has a pattern.
    ordered = sorted(served.items(), key=lambda one: "{" in one[0])
    return [Route(path, guarded(endpoint, log), methods=["GET"]) for path, endpoint in ordered]


def _wanted(request: Request) -> FileFormat | None:
    """The form that a program asks for by Accept; None for people, whose browsers ask for HTML."""
    accept = request.headers.get("accept", "")
    if "text/html" in accept:
        return None
    if "vc+jwt" in accept:
        return FileFormat.JWT
    if "application/vc" in accept or "json" in accept:
        return FileFormat.JSON
    return None


def _file(request: Request, file: File) -> Response:
    response = reply(request, file.content, file.content_type, ASKED_AGAIN)
    response.headers["content-disposition"] = f'inline; filename="{file.name}"'
    response.headers["x-robots-tag"] = "noindex"
    response.headers["vary"] = "accept"
    return _sandboxed(response)


def _sandboxed(response: Response) -> Response:
    """A picture that somebody uploaded is a picture, whatever else it may try to be."""
    response.headers["content-security-policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
