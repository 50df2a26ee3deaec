"""Parses XML that may be hostile: no entities, no network, bounded size and depth."""

from __future__ import annotations

import codecs
import re

from lxml import etree

from academe.services.course.olx.refusal import ArchiveLimits, ArchiveRefused, Refusal, quoted
from academe.xml import guarded_parser

DECLARED_ENCODING = re.compile(rb"""\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")

# Encodings that OLX is met in. Others are refused rather than guessed: a wrong guess changes the text, and
# exotic ones (UTF-7) are a way to smuggle markup past those who look at the bytes.
ENCODINGS = frozenset({"utf-8", "ascii", "iso8859-1", "utf-16"})

# A document type before the first element. Groups are atomic and repetition possessive, so a file of nothing
# but comments is read once.
DOCTYPE = re.compile(r"(?>\s+|<\?(?s:.*?)\?>|<!--(?s:.*?)-->)*+<!DOCTYPE", re.IGNORECASE)


def decode_text(content: bytes, path: str) -> str:
    """The text of an HTML or JSON file as it is. Raises ArchiveRefused with BAD_ENCODING."""
    return _decode(content, "utf-8", path)


def parse_xml(content: bytes, path: str, limits: ArchiveLimits) -> etree._Element:
    """The root element, without comments and processing instructions.

    Raises ArchiveRefused with XML_TOO_DEEP, XML_TOO_LARGE, XML_MALFORMED, BAD_ENCODING, or XML_ENTITIES for
    any document type: OLX has none, and every attack with entities needs one.
    """
    text = _decode(content, _encoding_of(content, path), path).removeprefix("\ufeff")
    if DOCTYPE.match(text):
        raise ArchiveRefused(
            Refusal.XML_ENTITIES, f"{quoted(path)} declares a document type or entities, which are refused."
        )
    # Every element starts with one of these, so this bounds the tree before it is built.
    if text.count("<") > 2 * limits.xml_elements:
        raise ArchiveRefused(
            Refusal.XML_TOO_LARGE, f"{quoted(path)} has more than {limits.xml_elements:,} elements."
        )
    # Its own limits are the second line.
    parser = guarded_parser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        # The attribute is documented, and missing in the type stubs.
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
            raise _too_deep(path, limits) from error
        line = f" (line {error.lineno})" if error.lineno else ""
        raise ArchiveRefused(
            Refusal.XML_MALFORMED, f"{quoted(path)} is not well-formed XML{line}."
        ) from error
    _check_shape(root, path, limits)
    return root


def _encoding_of(content: bytes, path: str) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    declared = DECLARED_ENCODING.match(content.removeprefix(codecs.BOM_UTF8))
    if declared is None:
        return "utf-8"
    try:
        name = codecs.lookup(declared[1].decode()).name
    except LookupError:
        name = ""
    if name not in ENCODINGS:
        raise ArchiveRefused(Refusal.BAD_ENCODING, f"{quoted(path)} is in an encoding other than UTF-8.")
    return name


def _decode(content: bytes, encoding: str, path: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ArchiveRefused(
            Refusal.BAD_ENCODING, f"{quoted(path)} is not text in {encoding.upper()}."
        ) from error
    if "\0" in text:
        # PostgreSQL cannot store it, and no text needs it.
        raise ArchiveRefused(Refusal.BAD_ENCODING, f"{quoted(path)} holds a NUL character.")
    return text


def _check_shape(root: etree._Element, path: str, limits: ArchiveLimits) -> None:
    depth = deepest = elements = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            elements += 1
            depth += 1
            deepest = max(deepest, depth)
            if len(element.attrib) > limits.xml_attributes:
                raise ArchiveRefused(
                    Refusal.XML_TOO_LARGE,
                    f"{quoted(path)} has an element with more than {limits.xml_attributes:,} attributes.",
                )
        else:
            depth -= 1
    if deepest > limits.xml_depth:
        raise _too_deep(path, limits)
    if elements > limits.xml_elements:
        raise ArchiveRefused(
            Refusal.XML_TOO_LARGE, f"{quoted(path)} has more than {limits.xml_elements:,} elements."
        )


def _too_deep(path: str, limits: ArchiveLimits) -> ArchiveRefused:
    return ArchiveRefused(
        Refusal.XML_TOO_DEEP, f"{quoted(path)} nests elements more than {limits.xml_depth} levels deep."
    )
