"""SVG that only draws: an allow list, since what browsers would run or load grows with every version.

No scripts, events, links, animations, styles from elsewhere or embedded files; references only to the image's
own parts, and not so many that drawing it takes for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from academe.xml import guarded_parser

DEPTH_MAX = 64
ELEMENTS_MAX = 5_000
DRAWN_MAX = 20_000
"""Elements that are drawn once every reference to a part is that part again."""

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"

_DRAWN = frozenset(
    [
        "svg",
        "g",
        "defs",
        "symbol",
        "use",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "title",
        "desc",
        "clipPath",
        "mask",
        "pattern",
        "marker",
        "linearGradient",
        "radialGradient",
        "stop",
        "style",
    ]
)
_NOTES = frozenset(
    {
        "http://www.inkscape.org/namespaces/inkscape",
        "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://creativecommons.org/ns#",
        "http://purl.org/dc/elements/1.1/",
        "http://www.bohemiancoding.com/sketch/ns",
        "http://www.serif.com/",
    }
)
"""Namespaces of what editors note down for themselves. Nobody draws it."""

_PLAIN_DOCTYPE = re.compile(r'<!DOCTYPE\s+svg(\s+PUBLIC\s+"[^"<>]{0,200}"\s+"[^"<>]{0,200}")?\s*>')
"""As Illustrator writes it; it only says what everybody sees, and nobody loads what it names."""

_REFERENCE = re.compile(r"url\(\s*['\"]?\s*#([A-Za-z_][\w.-]*)\s*['\"]?\s*\)")
_LOADING = re.compile(r"(url|image|image-set|src|expression)\s*\(")
_ACTING = frozenset({"base", "src", "srcset", "srcdoc", "data", "action", "formaction", "ping"})
_GRADIENTS = frozenset({"linearGradient", "radialGradient"})


class SvgRefused(Exception):
    """What is wrong with it, to stand behind a colon."""


def check_svg(content: bytes) -> None:
    """Raises SvgRefused."""
    root = _parse(content)
    if root.tag != f"{{{_SVG}}}svg":
        raise SvgRefused("it is neither.")
    if not (root.get("viewBox") or (root.get("width") and root.get("height"))):
        raise SvgRefused("the SVG has no size: it needs a viewBox, or a width and a height.")
    elements = list(root.iter(etree.Element))
    if len(elements) > ELEMENTS_MAX or any(sum(1 for _ in e.iterancestors()) > DEPTH_MAX for e in elements):
        raise SvgRefused(f"the SVG has more than {ELEMENTS_MAX} elements, or {DEPTH_MAX} levels of them.")
    for element in elements:
        _check_element(element)
    _check_references(root, elements)


def _parse(content: bytes) -> etree._Element:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SvgRefused("it is neither, or the SVG is not UTF-8.") from None
    if re.search(r"<!(?!--)", _PLAIN_DOCTYPE.sub("", text, count=1)):
        # What entities stand for, and what CDATA keeps from being markup, readers may see differently.
        raise SvgRefused("the SVG declares entities, or has CDATA.")
    parser = guarded_parser(encoding="utf-8", remove_comments=True)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        raise SvgRefused("it is neither, or the SVG is not well-formed.") from None
    inside = next(root.iter(etree.ProcessingInstruction), None)
    if any(found is not None for found in (root.getprevious(), inside, root.getnext())):
        raise SvgRefused("the SVG has processing instructions, such as for a style sheet.")
    return root


def _check_element(element: etree._Element) -> None:
    name = etree.QName(element)
    if name.namespace in _NOTES:
        return
    if name.namespace != _SVG or name.localname not in _DRAWN | {"metadata"}:
        raise SvgRefused(
            f"the SVG has an element <{name.localname[:40]}>; shapes, text and colours are enough."
        )
    if name.localname == "style":
        if len(element):  # what stands behind a part of it is style too
            raise SvgRefused("the SVG has an element inside of <style>.")
        _check_css(element.text or "", "<style>")
    for key, value in element.attrib.items():
        attribute = etree.QName(key)
        _check_attribute(attribute.namespace, attribute.localname, str(value))


def _check_attribute(namespace: str | None, name: str, value: str) -> None:
    if namespace in _NOTES:
        return
    shown = name[:40]
    if namespace not in (None, _XLINK, _XML) or name.lower().startswith("on") or name in _ACTING:
        raise SvgRefused(f"the SVG has an attribute {shown}, which does more than draw.")
    if name == "href" and not re.fullmatch(r"#[A-Za-z_][\w.-]*", value):
        raise SvgRefused("the SVG refers to something outside of it, or embeds a file.")
    if name == "style":
        _check_css(value, shown)
    else:
        _check_value(value, shown)


def _check_css(text: str, where: str) -> None:
    if "@" in text or "/*" in text:
        raise SvgRefused(f"the SVG loads a style sheet, or has comments, in {where}.")
    _check_value(text, where)


def _check_value(text: str, where: str) -> None:
    """Attributes are read as CSS too: nothing from elsewhere, nothing spelt so that it is not seen."""
    plain = _REFERENCE.sub("", text).lower()
    if "\\" in text or _LOADING.search(plain) or "javascript:" in "".join(plain.split()):
        raise SvgRefused(f"the SVG loads or runs something in {where}.")


def _check_references(root: etree._Element, elements: list[etree._Element]) -> None:
    """Counts what is drawn. References in style sheets may only be to gradients, which count little."""
    named = {element.get("id", ""): element for element in reversed(elements)}  # of two the first counts
    for element in elements:
        if etree.QName(element).localname == "style":
            for target in _REFERENCE.findall(element.text or ""):
                found = named.get(target)
                if found is not None and etree.QName(found).localname not in _GRADIENTS:
                    raise SvgRefused("a style sheet of the SVG refers to something other than a gradient.")
    counted: dict[etree._Element, int] = {}

    def drawn(element: etree._Element, inside: frozenset[etree._Element]) -> int:
        if element in inside or len(inside) > 2 * DEPTH_MAX:
            raise SvgRefused("a part of the SVG refers to itself.")
        if element not in counted:
            parts = [*element.iterchildren(etree.Element), *_targets(element, named)]
            counted[element] = 1 + sum(drawn(part, inside | {element}) for part in parts)
        return counted[element]

    if drawn(root, frozenset()) > DRAWN_MAX:
        raise SvgRefused("the SVG repeats its parts too often.")


def _targets(element: etree._Element, named: dict[str, etree._Element]) -> Iterable[etree._Element]:
    for key, value in element.attrib.items():
        is_link = etree.QName(key).localname == "href"
        for target in [str(value)[1:]] if is_link else _REFERENCE.findall(str(value)):
            if target in named:
                yield named[target]
