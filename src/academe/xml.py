"""Reading XML that strangers send."""

from __future__ import annotations

from typing import Any

from lxml import etree


def guarded_parser(**options: Any) -> etree.XMLParser:
    """A parser that reads nothing but what it is given: no entities, no network, no document type, and with
    libxml2's own limits on. `options` are lxml's others. One each: lxml shares none between threads without a
    lock."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, **options
    )
