"""Finds the items of a course: follows references from file to file, each file once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from academe.services.course.olx.archive import COURSE_FILE, Archive
from academe.services.course.olx.elements import attributes_of, clean_title, is_empty, tag_of
from academe.services.course.olx.paths import bounded_place
from academe.services.course.olx.refusal import ArchiveLimits, ArchiveRefused, Refusal, quoted
from academe.services.course.olx.report import Reason, Verdict, left_out
from academe.services.course.olx.xml import decode_text, parse_xml

# Longest id that is kept as it is, in characters. Exports use 20 to 40.
SOURCE_ID_CHARS = 255
# Longest tag in a path or a report, in characters.
TAG_CHARS = 64

# What a policy may change of an item, as far as this version knows it.
POLICY_OVERRIDES = ("display_name", "language", "visible_to_staff_only")


@dataclass(frozen=True, slots=True)
class Node:
    """An item where the tree has it, with its definition."""

    tag: str
    # Its id in the archive, or where it stands when it has none.
    source_id: str
    element: etree._Element
    # Not printed: a course's attributes hold the secrets of its external tools.
    attributes: Mapping[str, str] = field(repr=False)
    # Row of the report: the file that defines it, or `file#tag[n]` when it is written inside another's.
    path: str
    # Definition files from the course down to here; a reference to one of them is a circle.
    ancestors: tuple[str, ...]

    @property
    def title(self) -> str:
        written = self.attributes.get("display_name") or self.attributes.get("block_name")
        # Open response assessments keep it in an element of their own.
        if not written and self.tag == "openassessment":
            written = self.element.findtext("title")
        return clean_title(written or "")

    @property
    def is_file(self) -> bool:
        return bool(self.ancestors) and self.ancestors[-1] == self.path


@dataclass(frozen=True, slots=True)
class BrokenReference:
    """A reference that leads to no item of its own."""

    tag: str
    source_id: str
    path: str
    verdict: Verdict


class CourseFiles:
    """The files of one course, by what the tree calls them. `used` are those that the tree has reached."""

    def __init__(self, archive: Archive, limits: ArchiveLimits) -> None:
        self._archive = archive
        self._limits = limits
        self.root = archive.root()
        self.used: set[str] = set()
        # Overrides by "tag/name", and the file that they are from.
        self._policy: dict[str, dict[str, object]] = {}
        self.policy_path = ""

    def course(self) -> Node:
        """The course itself; all its other items are below it.

        Raises ArchiveRefused with NO_COURSE, or as `parse_xml` does.
        """
        top = path = self.root + COURSE_FILE
        element = self._parse(top)
        attributes = attributes_of(element)
        definition = self._definition(element, "course", attributes)
        if definition is not None:
            path, element = definition, self._parse(definition)
        if tag_of(element) != "course":
            raise ArchiveRefused(Refusal.NO_COURSE, f"{quoted(path)} holds no course.")
        run = attributes.get("url_name", "")
        self._read_policy(run)
        merged = self._with_policy("course", {**attributes, **attributes_of(element), "url_name": run})
        return Node("course", run[:SOURCE_ID_CHARS], element, merged, path, (path,))

    def children(self, parent: Node) -> Iterator[Node | BrokenReference]:
        """The items right under `parent`, in order."""
        separator = "#" if parent.is_file else "/"
        for index, element in enumerate(parent.element, start=1):
            tag = tag_of(element)
            attributes = attributes_of(element)
            name = attributes.get("url_name", "")
            place = bounded_place(f"{parent.path}{separator}{tag[:TAG_CHARS]}[{index}]", self.root)
            path = self._definition(element, tag, attributes)
            if path is not None:
                yield self._follow(path, tag, name, place, attributes, parent)
            elif set(attributes) == {"url_name"} and is_empty(element):
                detail = f"{tag[:TAG_CHARS]} {quoted(name)} is referred to but is not in the archive."
                yield BrokenReference(tag, name, place, left_out(Reason.DANGLING_REFERENCE, detail))
            else:
                usable = 0 < len(name) <= SOURCE_ID_CHARS
                source_id = name if usable else self._position_id(place)
                attributes = self._with_policy(tag, attributes)
                yield Node(tag, source_id, element, attributes, place, parent.ancestors)

    def body(self, name: str) -> tuple[str, str | None] | None:
        """Path and text of an HTML item's own file; None when it is missing, no text when it is too long.

        Raises ArchiveRefused with BAD_ENCODING.
        """
        path = f"{self.root}html/{name.removesuffix('.html').replace(':', '/')}.html"
        file = self._archive.files.get(path)
        if file is None:
            return None
        self.used.add(path)
        return path, None if file.content is None else decode_text(file.content, path)

    def text(self, name: str) -> str | None:
        """A text file of the course by its path below the course's folder."""
        file = self._archive.files.get(self.root + name)
        return None if file is None or file.content is None else decode_text(file.content, file.path)

    def _read_policy(self, run: str) -> None:
        """Takes the overrides from the run's policy, when there is one that can be read."""
        name = f"policies/{run}/policy.json"
        try:
            policy = json.loads(self.text(name) or "")
        except (ValueError, RecursionError):
            return
        if isinstance(policy, dict):
            self.policy_path = self.root + name
            self.used.add(self.policy_path)
            self._policy = {key: value for key, value in policy.items() if isinstance(value, dict)}

    def _with_policy(self, tag: str, attributes: dict[str, str]) -> dict[str, str]:
        overrides = self._policy.get(f"{tag}/{attributes.get('url_name', '')}", {})
        wanted = {name: overrides[name] for name in POLICY_OVERRIDES if name in overrides}
        return attributes | {name: str(value) for name, value in wanted.items()}

    def _definition(self, element: etree._Element, tag: str, attributes: Mapping[str, str]) -> str | None:
        """Path of the file that defines the element, None when the element defines itself."""
        name = attributes.get("url_name")
        if not name or not is_empty(element):
            return None
        path = f"{self.root}{tag}/{name.replace(':', '/')}.xml"
        return path if path in self._archive.files else None

    def _follow(
        self, path: str, tag: str, name: str, place: str, attributes: Mapping[str, str], parent: Node
    ) -> Node | BrokenReference:
        if path in parent.ancestors:
            detail = f"{quoted(path)} refers to itself, directly or in a circle."
            return BrokenReference(tag, name, place, left_out(Reason.CIRCULAR_REFERENCE, detail))
        if path in self.used:
            detail = f"{quoted(path)} is referred to more than once; it stays at its first place."
            return BrokenReference(tag, name, place, left_out(Reason.DUPLICATE_REFERENCE, detail))
        if len(parent.ancestors) >= self._limits.xml_depth:
            raise ArchiveRefused(
                Refusal.XML_TOO_DEEP,
                f"The course nests items more than {self._limits.xml_depth} levels deep.",
            )
        element = self._parse(path)
        if tag_of(element) != tag:
            detail = f"It should define a {tag[:TAG_CHARS]} and does not."
            return BrokenReference(tag, name, path, left_out(Reason.WRONG_TYPE, detail))
        merged = self._with_policy(tag, {**attributes, **attributes_of(element), "url_name": name})
        source_id = name if len(name) <= SOURCE_ID_CHARS else self._position_id(path)
        return Node(tag, source_id, element, merged, path, (*parent.ancestors, path))

    def _position_id(self, place: str) -> str:
        """An id for an item without a usable one: where it stands in the course, hashed when that is long."""
        place = place.removeprefix(self.root)
        return place if len(place) <= SOURCE_ID_CHARS else hashlib.sha256(place.encode()).hexdigest()

    def _parse(self, path: str) -> etree._Element:
        self.used.add(path)
        content = self._archive.files[path].content
        if content is None:
            raise ArchiveRefused(
                Refusal.XML_TOO_LARGE,
                f"{quoted(path)} is larger than {self._limits.text_file_bytes:,} bytes.",
            )
        return parse_xml(content, path, self._limits)
