"""Walks the course tree: chapters become modules, verticals lessons, components content blocks.

A vertical's sequential lives on as the lesson's section heading. What each kind of component becomes is in
`blocks.py`; files that the tree does not reach are in `leftovers.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from academe.services.course.olx.blocks import Built, build
from academe.services.course.olx.imported import ImportedLesson, ImportedModule
from academe.services.course.olx.lesson import FULL, LessonBlocks
from academe.services.course.olx.losses import Losses, losses_of_structure
from academe.services.course.olx.names import Names
from academe.services.course.olx.nodes import CourseFiles, Node
from academe.services.course.olx.refusal import ArchiveLimits, ArchiveRefused, Refusal
from academe.services.course.olx.report import IMPORTED, Reason, Report, Verdict, left_out

# Older courses name some sequentials by what they hold.
SEQUENTIALS = frozenset({"sequential", "problemset", "videosequence"})
STRUCTURE = frozenset({"course", "chapter", "vertical"}) | SEQUENTIALS

# What a course has under it besides its chapters.
BESIDE_LESSONS = frozenset({"wiki", "textbook"})

RANDOM = (
    Reason.RANDOM_SELECTION,
    "It drew some of its items for each learner; now everyone sees all of them.",
)
CONDITIONAL = (Reason.CONDITIONS, "It showed its items under conditions; now everyone sees all of them.")
# Components that hold others, with what is lost when everything in them is shown one after the other.
CONTAINERS: dict[str, Losses] = {
    "library_content": Losses((RANDOM,)),
    "itembank": Losses((RANDOM,)),
    "randomize": Losses((RANDOM,)),
    "conditional": Losses((CONDITIONAL,)),
    "split_test": Losses((CONDITIONAL,)),
    "vertical": Losses(),
    "wrapper": Losses(),
}

UNTITLED = "Untitled"


class Walk:
    """One pass through the tree, top down; every item is reported when it is met."""

    def __init__(self, files: CourseFiles, report: Report, limits: ArchiveLimits) -> None:
        self._files = files
        self._report = report
        self._limits = limits
        self._module_ids = Names()
        self._lesson_ids = Names()
        self._bodies: set[str] = set()
        self._text_chars = 0
        # By tag for the structure; "component" and "nested" for what is in units and in other components.
        self.counts: Counter[str] = Counter()

    def modules(self, course: Node) -> Iterator[ImportedModule]:
        """Raises ArchiveRefused with TOO_MANY_LESSONS or TOO_MANY_ITEMS, and as `CourseFiles` does."""
        for node in self._children(course):
            if node.tag in BESIDE_LESSONS:
                self._leave_out(
                    node, left_out(Reason.NO_PLACE, "It stands beside the lessons, with no place here.")
                )
            elif node.tag != "chapter":
                self._leave_out(
                    node, left_out(Reason.MISPLACED, "A course is made of chapters; this is none.")
                )
            elif self._is_open_structure(node):
                _refuse_more(self._module_ids, self._limits.modules, "modules")
                lessons = tuple(self._lessons_of_chapter(node))
                yield ImportedModule(
                    self._module_ids.claim(node.tag, node.source_id), node.title or UNTITLED, lessons
                )

    def _lessons_of_chapter(self, chapter: Node) -> Iterator[ImportedLesson]:
        for node in self._children(chapter):
            if node.tag == "vertical":
                yield from self._lesson(node, section="")
            elif node.tag not in SEQUENTIALS:
                self._leave_out(
                    node, left_out(Reason.MISPLACED, "A chapter is made of sequentials; this is none.")
                )
            elif self._is_open_structure(node):
                for child in self._children(node):
                    yield from self._lesson(child, section=node.title)

    def _lesson(self, node: Node, section: str) -> Iterator[ImportedLesson]:
        """The lesson of a vertical, or of a component right in a sequential, as old courses have it."""
        blocks = LessonBlocks()
        if node.tag == "vertical":
            if not self._is_open_structure(node):
                return
            for child in self._children(node):
                self._component(child, blocks, "component")
        else:
            self._component(node, blocks, "component")
            if not blocks.found:
                return
        _refuse_more(self._lesson_ids, self._limits.lessons, "lessons")
        source_id = self._lesson_ids.claim(node.tag, node.source_id)
        yield ImportedLesson(source_id, node.title or UNTITLED, section, True, blocks.with_own_ids())

    def _component(self, node: Node, blocks: LessonBlocks, depth: str) -> None:
        if _is_hidden(node):
            self._leave_out(node, STAFF_ONLY, depth)
        elif node.tag in CONTAINERS:
            self._row(node, (CONTAINERS[node.tag] + losses_of_structure(node)).verdict(), depth)
            for child in self._children(node):
                self._component(child, blocks, "nested")
        elif node.tag in STRUCTURE:
            self._leave_out(node, left_out(Reason.MISPLACED, "It cannot stand where components do."), depth)
        else:
            self._leaf(node, blocks, depth)

    def _leaf(self, node: Node, blocks: LessonBlocks, depth: str) -> None:
        if blocks.is_full:
            self._leave_out(node, FULL, depth)
            return
        built = build(node, self._files)
        self._count_text(built)
        if built.block is not None and not blocks.add(built.block):
            built = Built(None, FULL, built.body_path)
        self._row(node, built.verdict, depth)
        self._body(node, built.body_path, built.verdict if built.block is None else IMPORTED)

    def _count_text(self, built: Built) -> None:
        if built.block is not None:
            self._text_chars += len(built.block.html) + len(built.block.source or "")
        if self._text_chars > self._limits.built_chars:
            raise ArchiveRefused(
                Refusal.TOO_LARGE,
                f"The course shows more than {self._limits.built_chars:,} characters of text.",
            )

    def _leave_out(self, node: Node, verdict: Verdict, depth: str = "") -> None:
        """Reports an item, and everything below it, as left out for one reason."""
        in_structure = node.tag in STRUCTURE and depth != "nested"
        self._row(node, verdict, "" if in_structure else depth)
        if node.tag in STRUCTURE or node.tag in CONTAINERS:
            for child in self._children(node):
                self._leave_out(child, verdict, "component" if in_structure else "nested")
        elif node.tag == "html":
            self._body(node, build(node, self._files).body_path, verdict)

    def _is_open_structure(self, node: Node) -> bool:
        """Reports the item; False when only the course team may see it, and all it holds is left out."""
        if _is_hidden(node):
            self._leave_out(node, STAFF_ONLY)
            return False
        self._row(node, losses_of_structure(node).verdict())
        return True

    def _row(self, node: Node, verdict: Verdict, depth: str = "") -> None:
        kind = "sequential" if node.tag in SEQUENTIALS else node.tag
        self.counts[depth or kind] += 1
        components = self.counts["component"] + self.counts["nested"]
        if components > self._limits.components:
            raise ArchiveRefused(
                Refusal.TOO_MANY_ITEMS, f"The course has more than {self._limits.components:,} components."
            )
        self._report.add(
            node.path, node.tag, verdict, source_id=node.source_id, title=node.title, is_component=bool(depth)
        )

    def _body(self, node: Node, path: str, verdict: Verdict) -> None:
        """The row of an HTML component's own file; components may share one."""
        if path and path not in self._bodies:
            self._bodies.add(path)
            self._report.add(path, "html_body", verdict, source_id=node.source_id, title=node.title)

    def _children(self, node: Node) -> Iterator[Node]:
        for child in self._files.children(node):
            if isinstance(child, Node):
                yield child
            else:
                self._report.add(child.path, child.tag, child.verdict, source_id=child.source_id)


STAFF_ONLY = left_out(Reason.STAFF_ONLY, "Only the course team could see it, or what held it.")


def _refuse_more(names: Names, limit: int, what: str) -> None:
    """For the item that would be one too many."""
    if len(names) >= limit:
        raise ArchiveRefused(Refusal.TOO_MANY_LESSONS, f"The course has more than {limit:,} {what}.")


def _is_hidden(node: Node) -> bool:
    return node.attributes.get("visible_to_staff_only", "").lower() == "true"
