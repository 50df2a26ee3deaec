"""Reads HTML of any quality in one pass: to say what it holds, and to rebuild it in bounded shape.

This is no HTML parser and decides nothing about safety; `html.py` does. It exists because every real parser
has inputs that cost it the square of their length, and courses come from strangers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html import escape, unescape

# Possessive everywhere: each character is looked at once, whatever the input.
_ATTRIBUTES = r"""(?:[^"'>]++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+"""
TOKEN = re.compile(
    rf"""
    (?P<comment><!--(?:-?>|(?s:.*?)(?:--!?>|\Z))|<(?:[!?]|/(?![a-zA-Z]))[^>]*+(?:>|\Z))
    |<(?P<raw>script|style)(?=[\s/>])(?P<raw_attributes>{_ATTRIBUTES})(?:>|\Z)
        (?s:.*?)(?:</(?P=raw)(?=[\s/>])[^>]*+(?:>|\Z)|\Z)
    |<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>{_ATTRIBUTES})(?:>|\Z)
    |(?P<text>[^<]++|<)
    """,
    re.VERBOSE | re.IGNORECASE,
)
ATTRIBUTE = re.compile(r"""(?<![^\s/"'])([^\s/>="']++)\s*+(?:=\s*+("[^"]*+"?|'[^']*+'?|[^\s"'>]*+))?+""")

VOID_TAGS = frozenset({"area", "br", "col", "hr", "img", "wbr"})
# Closed by the next of their kind when the author left the end out.
SELF_CLOSING_TAGS = frozenset({"p", "li", "dt", "dd", "tr", "td", "th"})

# Serving leaves these out, or their function: they run, embed or submit something.
ACTIVE_TAGS = frozenset(
    {"script", "iframe", "frame", "object", "embed", "applet", "form", "input", "select", "textarea"}
    | {"audio", "video", "canvas", "svg"}
)
SCRIPT_ADDRESS = re.compile(r"(?:javascript|vbscript):", re.IGNORECASE)
# How authors of Open edX courses refer to uploaded files, now and in older courses.
ASSET_ADDRESS = re.compile(r"/?static/|.*(?:asset-v1:|/c4x/)", re.IGNORECASE)
COURSE_ADDRESS = re.compile(r".*/jump_to(?:_id)?/|/courses/", re.IGNORECASE)

# Levels of a rebuilt document; deeper tags are dropped and their text stays.
REBUILT_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Findings:
    """Counts of scripts, handlers, forms and embedded objects; links to uploaded files; into the course."""

    active: int
    asset_links: int
    course_links: int


def inspect(source: str) -> Findings:
    active = assets = links = 0
    for token in TOKEN.finditer(source):
        name = (token["raw"] or token["name"] or "").lower()
        if not name or token["close"]:
            continue
        active += name in ACTIVE_TAGS
        for attribute, value in _attributes(token["raw_attributes"] or token["attributes"] or ""):
            address = value.strip()
            active += attribute.startswith("on") or bool(SCRIPT_ADDRESS.match(address))
            assets += bool(ASSET_ADDRESS.match(address))
            links += bool(COURSE_ADDRESS.match(address))
    return Findings(active, assets, links)


def rebuild(source: str, tags: Collection[str], attributes: Mapping[str, Collection[str]]) -> str:
    """The document with these tags and attributes only, every tag closed, at most REBUILT_DEPTH levels deep.

    Text is kept except that of scripts and style sheets. `attributes` are by tag, "*" for every tag.
    """
    parts: list[str] = []
    opened: list[str] = []
    for token in TOKEN.finditer(source):
        if token["text"] is not None:
            parts.append("&lt;" if token["text"] == "<" else token["text"])
        name = (token["name"] or "").lower()
        if name not in tags:
            continue
        if token["close"]:
            if name in opened:
                _close(parts, opened, name)
            continue
        if opened and opened[-1] == name and name in SELF_CLOSING_TAGS:
            _close(parts, opened, name)
        if name not in VOID_TAGS:
            if len(opened) >= REBUILT_DEPTH:
                continue
            opened.append(name)
        allowed = {*attributes.get(name, ()), *attributes.get("*", ())}
        kept = {key: value for key, value in _attributes(token["attributes"]) if key in allowed}
        parts.append(f"<{name}" + "".join(f' {key}="{escape(value)}"' for key, value in kept.items()) + ">")
    while opened:
        _close(parts, opened, opened[-1])
    return "".join(parts)


def _close(parts: list[str], opened: list[str], name: str) -> None:
    """Ends the innermost `name` and everything inside it."""
    while True:
        inner = opened.pop()
        parts.append(f"</{inner}>")
        if inner == name:
            return


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    for match in ATTRIBUTE.finditer(text):
        value = match[2] or ""
        if value[:1] in ('"', "'"):
            value = value[1:].removesuffix(value[0])
        yield match[1].lower(), unescape(value)
