"""The content of lessons: blocks as values, as stored bytes, and as they are served."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from academe.errors import InvalidArgument
from academe.ids import new_id
from academe.services.course.html import sanitise


@dataclass(frozen=True, slots=True)
class Html:
    html: str


@dataclass(frozen=True, slots=True)
class Video:
    urls: tuple[str, ...]
    youtube_id: str


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Stands for imported material that is shown and not run; `kind` says what it was."""

    kind: str
    html: str


@dataclass(frozen=True, slots=True)
class Block:
    block_id: UUID
    title: str
    content: Html | Video | Placeholder
    source: Mapping[str, Any] | None = field(default=None, repr=False)
    """What an import knows beyond what is shown, a problem's answers included. Never served, never logged."""


@dataclass(frozen=True, slots=True)
class GivenBlock:
    """A block as an author sends it; without an id it is a new one."""

    block_id: UUID | None
    title: str
    content: Html | Video | Placeholder


@dataclass(frozen=True, slots=True)
class Content:
    """The blocks of a lesson as they are stored: equal blocks have equal bytes and one hash."""

    content_hash: bytes
    body: bytes = field(repr=False)


_FRAMING_BYTES = 64
"""Of a block in a message: its id as text, tags and lengths; each text has up to four bytes more."""

_NAMES = {Html: "html", Video: "video", Placeholder: "placeholder"}


def content_of(blocks: Sequence[Block]) -> Content:
    stored = [_write(block) for block in blocks]
    text = json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # Lone surrogates, which JSON in archives can smuggle in, have no UTF-8; they become question marks.
    body = text.encode("utf-8", "replace")
    return Content(hashlib.sha256(body).digest(), body)


def blocks_of(body: bytes) -> tuple[Block, ...]:
    return tuple(_read(stored) for stored in json.loads(body))


def identified(given: Sequence[GivenBlock]) -> tuple[Block, ...]:
    """The blocks, new ones with a new id. Raises InvalidArgument when two have the same."""
    seen: set[UUID] = set()
    for number, block in enumerate(given):
        if block.block_id is not None and block.block_id in seen:
            raise InvalidArgument.field(
                f"lesson.blocks[{number}].block_id", "is the id of another block, too"
            )
        seen |= {block.block_id} if block.block_id is not None else set()
    return tuple(Block(block.block_id or new_id(), block.title, block.content) for block in given)


def served(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks for any reader: HTML sanitised, sources left out.

    Takes milliseconds for ordinary lessons and up to seconds for the longest; call it in a thread.
    """
    return tuple(replace(block, content=_served(block.content), source=None) for block in blocks)


def served_bytes(blocks: Sequence[Block]) -> int:
    """An upper bound of what served blocks take in a message."""
    return sum(_FRAMING_BYTES + sum(4 + len(text.encode()) for text in texts_of(block)) for block in blocks)


def texts_of(block: Block) -> tuple[str, ...]:
    """Every text of a block as it is served, its id aside."""
    match block.content:
        case Html(html):
            return block.title, html
        case Video(urls, youtube_id):
            return block.title, youtube_id, *urls
        case Placeholder(kind, html):
            return block.title, kind, html


def with_sources(
    given: Sequence[Block], before: Sequence[Block], shown: Sequence[Block]
) -> tuple[Block, ...]:
    """An author's new blocks, with what the stored ones know beyond what was `shown` of them when served.

    A block that comes back as it was served was not edited, so it keeps its source HTML, which the sanitiser
    would otherwise have cut for good; an edited one keeps what its import knew.
    """
    stored = {block.block_id: (block, seen) for block, seen in zip(before, shown, strict=True)}
    return tuple(_with_source(block, *stored.get(block.block_id, (None, None))) for block in given)


def _with_source(given: Block, before: Block | None, shown: Block | None) -> Block:
    if before is None or type(before.content) is not type(given.content):
        return given
    return before if given == shown else replace(given, source=before.source)


def _served(content: Html | Video | Placeholder) -> Html | Video | Placeholder:
    return content if isinstance(content, Video) else replace(content, html=sanitise(content.html))


def _write(block: Block) -> dict[str, Any]:
    content = block.content
    stored: dict[str, Any] = {
        "block_id": str(block.block_id),
        "title": block.title,
        "kind": _NAMES[type(content)],
    }
    match content:
        case Html(html):
            stored["html"] = html
        case Video(urls, youtube_id):
            stored |= {"urls": urls, "youtube_id": youtube_id}
        case Placeholder(kind, html):
            stored |= {"was": kind, "html": html}
    if block.source is not None:
        stored["source"] = block.source
    return stored


def _read(stored: Mapping[str, Any]) -> Block:
    content: Html | Video | Placeholder
    match stored["kind"]:
        case "html":
            content = Html(stored["html"])
        case "video":
            content = Video(tuple(stored["urls"]), stored["youtube_id"])
        case "placeholder":
            content = Placeholder(stored["was"], stored["html"])
        case kind:
            raise ValueError(f"a block of kind {kind!r}, which this version does not know")
    return Block(UUID(stored["block_id"]), stored["title"], content, stored.get("source"))
