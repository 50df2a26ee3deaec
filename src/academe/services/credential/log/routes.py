"""The transparency log over HTTP: for whoever verifies a credential and speaks no gRPC.

    /log/checkpoint                                            the signed size and root
    /log/key                                                   what the signature is checked with
    /log/proof?leaf_index=|leaf_hash=|credential=[&event=][&tree_size=]
    /log/proof/<sha256 of a credential>.tlog-proof             that it was issued, as a file that stands alone
    /log/consistency?from=[&to=]
    /log/entries?[start=][&limit=]
    /log/tile/...                                              see tiles.py

With /log/checkpoint the tiles are a log as c2sp.org/tlog-tiles says. Hashes in JSON are hexadecimal.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from academe.errors import InvalidArgument
from academe.http.replies import (
    DAY,
    FOREVER,
    SHORTLY,
    digest,
    guarded,
    number,
    parameters,
    reply,
    reply_json,
)
from academe.services.credential.errors import LogEntryNotFound
from academe.services.credential.log.checkpoint import tlog_proof
from academe.services.credential.log.model import Checkpoint, CredentialEvent, LeafHash, LogEvent, Wanted
from academe.services.credential.log.service import PAGE_SIZE_MAX, LogService
from academe.services.credential.log.tiles import tile_of

_WAYS = ("leaf_index", "leaf_hash", "credential")
_EVENTS = {event.word: event for event in LogEvent}
_TEXT = "text/plain; charset=utf-8"


def routes(service: LogService, log: Any) -> list[Route]:
    """`log` is told of faults."""

    async def get_checkpoint(request: Request) -> Response:
        return reply(request, (await service.get_checkpoint()).note.encode(), _TEXT, SHORTLY)

    async def get_key(request: Request) -> Response:
        return reply(request, f"{await service.verifier_key()}\n".encode(), _TEXT, DAY)

    async def get_proof(request: Request) -> Response:
        asked = parameters(request, (*_WAYS, "event", "tree_size"))
        wanted, tree_size = _wanted(asked), number(asked, "tree_size", 0)
        proof = await service.get_inclusion_proof(wanted, tree_size)
        value = {
            "leaf_index": proof.leaf.leaf_index,
            "leaf": proof.leaf.data.decode(),
            "leaf_hash": proof.leaf.hash.hex(),
            "tree_size": proof.tree_size,
            "hashes": [hash_.hex() for hash_ in proof.hashes],
            "root_hash": proof.root_hash.hex(),
            "checkpoint": proof.checkpoint.note if proof.checkpoint else None,
        }
        fixed = tree_size and not isinstance(wanted, CredentialEvent)  # which may happen again
        return reply_json(request, value, _cache(fixed, proof.checkpoint))

    async def get_proof_file(request: Request) -> Response:
        wanted = CredentialEvent(digest(request.path_params, "credential"), LogEvent.ISSUE)
        proof = await service.get_inclusion_proof(wanted)
        return reply(request, tlog_proof(proof).encode(), _TEXT, SHORTLY)

    async def get_consistency(request: Request) -> Response:
        asked = parameters(request, ("from", "to"))
        old_size, new_size = number(asked, "from", 0), number(asked, "to", 0)
        if not old_size:
            raise InvalidArgument.field("from", "must be the size of a tree that is known, at least 1")
        if new_size and old_size > new_size:
            raise InvalidArgument.field("to", "must not be below from")
        proof = await service.get_consistency_proof(old_size, new_size)
        value = {
            "from": proof.old_size,
            "to": proof.new_size,
            "hashes": [hash_.hex() for hash_ in proof.hashes],
            "checkpoint": proof.checkpoint.note if proof.checkpoint else None,
        }
        return reply_json(request, value, _cache(new_size, proof.checkpoint))

    async def get_entries(request: Request) -> Response:
        asked = parameters(request, ("start", "limit"))
        start, limit = number(asked, "start", 0), number(asked, "limit", PAGE_SIZE_MAX)
        if not 1 <= limit <= PAGE_SIZE_MAX:
            raise InvalidArgument.field("limit", f"must be 1 to {PAGE_SIZE_MAX}")
        leaves = (await service.list_entries(start, limit)).leaves
        entries = [
            {
                "leaf_index": leaf.leaf_index,
                "event": leaf.event.word,
                "credential_sha256": leaf.credential_sha256.hex(),
                "leaf": leaf.data.decode(),
            }
            for leaf in leaves
        ]
        cache = FOREVER if len(leaves) == limit else SHORTLY
        return reply_json(request, {"start": start, "entries": entries}, cache)

    async def get_tile(request: Request) -> Response:
        tile = tile_of(request.path_params["tile"])
        content = await service.read_tile(tile) if tile is not None else None
        if content is None:
            raise LogEntryNotFound
        return reply(request, content, "application/octet-stream", FOREVER)

    endpoints = {
        "/log/checkpoint": get_checkpoint,
        "/log/key": get_key,
        "/log/proof": get_proof,
        "/log/proof/{credential}.tlog-proof": get_proof_file,
        "/log/consistency": get_consistency,
        "/log/entries": get_entries,
        "/log/tile/{tile:path}": get_tile,
    }
    return [Route(path, guarded(endpoint, log), methods=["GET"]) for path, endpoint in endpoints.items()]


def _wanted(asked: dict[str, str]) -> Wanted:
    """Which leaf is asked for. Raises InvalidArgument unless it is said in one way."""
    ways = [name for name in _WAYS if name in asked]
    if len(ways) != 1:
        raise InvalidArgument.field(_WAYS[0], f"say which entry by one of {', '.join(_WAYS)}")
    if "event" in asked and ways != ["credential"]:
        raise InvalidArgument.field("event", "goes with credential")
    if ways == ["leaf_index"]:
        return number(asked, "leaf_index", 0)
    if ways == ["leaf_hash"]:
        return LeafHash(digest(asked, "leaf_hash"))
    event = _EVENTS.get(asked.get("event", LogEvent.ISSUE.word))
    if event is None:
        raise InvalidArgument.field("event", f"must be one of {', '.join(_EVENTS)}")
    return CredentialEvent(digest(asked, "credential"), event)


def _cache(fixed: object, checkpoint: Checkpoint | None) -> str:
    """Without a checkpoint there may be one later, and the answer another."""
    return FOREVER if fixed and checkpoint is not None else SHORTLY
