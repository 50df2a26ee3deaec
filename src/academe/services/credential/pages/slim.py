"""SVG as Typst writes it, made shorter and drawing the same: a certificate has to fit into one message.

Half of its bytes are spaces, hashes for names, decimals that nobody sees and attributes that say the default.
"""

from __future__ import annotations

import re

_DECIMALS = re.compile(rb"(\.\d{3})\d+")
"""Of a point, of which an inch has 72."""
_NAME = re.compile(rb'\bid="([a-z][0-9A-F]{32})"')
_NAMED = re.compile(rb"\b[a-z][0-9A-F]{32}\b")
_PATH = re.compile(rb' d="([^"]*)"')
_DEFAULTS = re.compile(
    rb' (?:fill-rule="nonzero"|stroke-linecap="butt"|stroke-linejoin="miter"|stroke-miterlimit="4")'
)


def slim(content: bytes) -> bytes:
    """Of an SVG by Typst, whose names are hashes. The same in, the same out."""
    content = _DEFAULTS.sub(b"", _DECIMALS.sub(rb"\1", content))
    names = dict.fromkeys(_NAME.findall(content))
    short = {name: b"%c%x" % (name[0], place) for place, name in enumerate(names)}
    content = _NAMED.sub(lambda found: short.get(found[0], found[0]), content)
    return _PATH.sub(lambda found: b' d="%b"' % _path(found[1]), content)


def _path(path: bytes) -> bytes:
    """Path data without what its grammar does not need (https://www.w3.org/TR/SVG2/paths.html#PathDataBNF)."""
    path = re.sub(rb"(\.\d*?)0+(?!\d)", rb"\1", path)
    path = re.sub(rb"\.(?!\d)", b"", path)
    path = re.sub(rb"(?<![\d.])0(?=\.\d)", b"", path)
    path = re.sub(rb"\s*([A-Za-z])\s*", rb"\1", path)
    return re.sub(rb"\s+(?=-)", b"", path).strip()
