"""Turns a problem's XML into what a learner may see of it: the statement and the choices.

Nothing is copied that is not known to be harmless: answers, hints, solutions and grading scripts stand in
attributes, in elements of their own and between the others, and a new one must not leak for being unknown.
"""

from __future__ import annotations

import re
from html import escape

from lxml import etree

from academe.services.course.html import ATTRIBUTES, TAGS
from academe.services.course.markup import VOID_TAGS
from academe.services.course.olx.elements import attributes_of, tag_of

# Elements that only group others.
GROUPS = frozenset({"problem", "text", "section", "startouttext", "endouttext", "annotationinput"})
# Sentences around an input.
LINES = frozenset(
    {
        "label",
        "legend",
        "description",
        "question",
        "prompt",
        "title",
        "comment",
        "comment_prompt",
        "tag_prompt",
    }
)
CHOICE_LISTS = frozenset({"choicegroup", "checkboxgroup", "radiogroup", "optioninput", "options"})
CHOICES = frozenset({"choice", "option"})
FIELDS = frozenset(
    {"textline", "numericalinput", "formulaequationinput", "textbox", "textarea", "filesubmission"}
    | {"chemicalequationinput", "codeinput", "matlabinput"}
)
EXERCISES = frozenset(
    {
        "jsinput",
        "schematic",
        "drag_and_drop_input",
        "designprotein2dinput",
        "editageneinput",
        "crystallography",
    }
    | {"vsepr_input", "javascriptinput", "imageinput", "editamoleculeinput", "jsmeinput"}
)

FIELD = "<em>[answer]</em>"
EXERCISE = "<p><em>[interactive exercise]</em></p>"

OPTION = re.compile(r"""'((?:[^'\\]|\\.)*+)'|"((?:[^"\\]|\\.)*+)\"""")
# Authors write worked solutions as ordinary elements too; the class is what the editors give them.
ANSWER_CLASS = re.compile(r"solution|hint|answer|explanation|feedback", re.IGNORECASE)


def statement(problem: etree._Element) -> str:
    """HTML of the problem without anything that tells or hints at an answer. Sanitise before serving."""
    return _inside(problem).strip()


def has_script(problem: etree._Element) -> bool:
    """Whether values in the statement may be computed when the problem is shown."""
    return any(tag_of(element) == "script" for element in problem.iter())


def _inside(element: etree._Element) -> str:
    parts = [escape(element.text or "", quote=False)]
    for child in element:
        parts.append(_render(child))
        parts.append(escape(child.tail or "", quote=False))
    return "".join(parts)


def _render(element: etree._Element) -> str:
    tag = tag_of(element)
    attributes = attributes_of(element)
    if ANSWER_CLASS.search(attributes.get("class", "")):
        return ""
    if tag.endswith("response") or tag in LINES:
        return f"<div>{_inside(element)}</div>"
    if tag in CHOICE_LISTS:
        options = "".join(f"<li>{escape(option)}</li>" for option in _options(attributes.get("options", "")))
        return f"<ul>{options}{_inside(element)}</ul>"
    if tag in CHOICES:
        return f"<li>{_inside(element)}</li>"
    if tag in FIELDS:
        label = attributes.get("label", "")
        return f"<div>{escape(label)}</div>{FIELD}" if label else FIELD
    if tag in EXERCISES:
        return _picture(attributes) + EXERCISE
    if tag in GROUPS:
        return _inside(element)
    if tag in TAGS:
        allowed = {*ATTRIBUTES.get(tag, ()), *ATTRIBUTES["*"]}
        kept = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if name in allowed)
        return f"<{tag}{kept}>" if tag in VOID_TAGS else f"<{tag}{kept}>{_inside(element)}</{tag}>"
    if tag == "clarification":
        return f" ({_inside(element)}) "
    return ""


def _options(text: str) -> list[str]:
    """The choices of a drop-down in its older form, `('one','two')`."""
    found = OPTION.findall(text)
    if found:
        return [re.sub(r"\\(.)", r"\1", single or double) for single, double in found]
    return [part.strip() for part in text.strip("() ").split(",") if part.strip()]


def _picture(attributes: dict[str, str]) -> str:
    if "src" not in attributes:
        return ""
    return f'<img src="{escape(attributes["src"])}" alt="{escape(attributes.get("alt", ""))}">'
