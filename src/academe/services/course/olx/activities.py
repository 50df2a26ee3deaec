"""Stand-ins for components that this version cannot run: what a learner may read of each, as HTML."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape

from lxml import etree

from academe.services.course.olx.elements import clean_title, tag_of
from academe.services.course.olx.nodes import Node

NAMES = {
    "openassessment": "an assignment with written answers, assessed by rubric",
    "poll": "a poll",
    "survey": "a survey",
    "word_cloud": "a word cloud",
    "lti": "an external learning tool",
    "lti_consumer": "an external learning tool",
    "discussion": "a discussion",
    "drag-and-drop-v2": "a drag-and-drop exercise",
    "edx_sga": "an assignment handed in as a file",
    "staffgradedxblock": "an activity graded by the course team",
    "annotatable": "an annotated text",
    "scorm": "a SCORM package",
    "problem-builder": "an exercise in several steps",
    "google-document": "an embedded document",
    "google-calendar": "an embedded calendar",
    "pdf": "an embedded document",
}


def name_of(tag: str) -> str:
    """What a component is, in words that follow "here the course has"."""
    return NAMES.get(tag, f"an item of the kind “{clean_title(tag, 40)}”")


def placeholder(node: Node) -> str:
    """Readable HTML in place of the component. Never an address, key, answer or feedback of it."""
    readable = READERS.get(node.tag, _nothing)(node)
    notice = f"<p><em>Here the course has {escape(name_of(node.tag))}, which is not available.</em></p>"
    return notice + readable


def _nothing(_: Node) -> str:
    return ""


def _prompts(node: Node) -> str:
    is_html = node.attributes.get("prompts_type") == "html"
    texts = [text for path in ("prompts/prompt/description", "prompt") for text in _texts(node.element, path)]
    return "".join(text if is_html else f"<p>{escape(text)}</p>" for text in texts)


def _texts(element: etree._Element, path: str) -> list[str]:
    return [found.text for found in element.findall(path) if found.text and found.text.strip()]


def _poll(node: Node) -> str:
    return _line(node.attributes.get("question")) + _list(_labels(node.attributes.get("answers", "")))


def _survey(node: Node) -> str:
    answers = _list(_labels(node.attributes.get("answers", "")))
    return "".join(_line(label) + answers for label in _labels(node.attributes.get("questions", "")))


def _labels(text: str) -> list[str]:
    """Labels of `[[key, label], …]`, a label being text or an object with one."""
    pairs = _json(text)
    labels: list[str] = []
    for pair in pairs if isinstance(pairs, list) else ():
        label = pair[1] if isinstance(pair, list) and len(pair) == 2 else None
        label = label.get("label") if isinstance(label, dict) else label
        if isinstance(label, str) and label:
            labels.append(label)
    return labels


def _drag_and_drop(node: Node) -> str:
    data = _json(node.attributes.get("data", ""))
    if not isinstance(data, dict):
        return ""
    items = data.get("items")
    names = [item.get("displayName") for item in _objects(items)]
    return _line(data.get("questionText")) + _list([name for name in names if isinstance(name, str) and name])


def _objects(values: object) -> list[dict[str, object]]:
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _instructions(node: Node) -> str:
    return _line(node.attributes.get("instructions"))


def _annotated(node: Node) -> str:
    """The text itself; notes are put behind the words that they belong to."""
    for annotation in list(node.element.iter("annotation")):
        note = ": ".join(filter(None, (annotation.get("title"), annotation.get("body"))))
        annotation.tag = "span"
        annotation.text = f"{annotation.text or ''} [{note}]" if note else annotation.text
        for name in list(annotation.attrib):
            del annotation.attrib[name]
    return inner_markup(node.element)


def inner_markup(element: etree._Element) -> str:
    """The content of an element as HTML source."""
    parts = [escape(element.text or "", quote=False)]
    parts += [etree.tostring(child, encoding="unicode", method="html") for child in element if tag_of(child)]
    return "".join(parts)


def _line(text: object) -> str:
    return f"<p>{escape(text)}</p>" if isinstance(text, str) and text.strip() else ""


def _list(texts: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>" if texts else ""


def _json(text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


READERS: dict[str, Callable[[Node], str]] = {
    "openassessment": _prompts,
    "poll": _poll,
    "survey": _survey,
    "drag-and-drop-v2": _drag_and_drop,
    "staffgradedxblock": _instructions,
    "annotatable": _annotated,
}
