"""What an item loses by its own settings, and how several losses become one verdict."""

from __future__ import annotations

from dataclasses import dataclass

from academe.services.course.olx.elements import clean_title
from academe.services.course.olx.imported import TITLE_CHARS
from academe.services.course.olx.nodes import Node
from academe.services.course.olx.report import IMPORTED, Reason, Verdict, degraded

# Settings that are taken, that mean nothing outside the tool that wrote them, or that others speak of.
TAKEN = frozenset(
    {"display_name", "url_name", "org", "course", "run", "slug", "language", "xml_attributes"}
    | {"lti_passports", "group_access", "visible_to_staff_only"}
)
# Values by which exports say "not set".
UNSET = frozenset({"", "null", "{}", "[]", "false", "False"})
# How many settings a sentence names.
NAMED_SETTINGS = 6


@dataclass(frozen=True, slots=True)
class Losses:
    """Losses in order of weight: the first gives the code, all give the sentence."""

    found: tuple[tuple[Reason, str], ...] = ()

    def __add__(self, more: tuple[Reason, str] | Losses) -> Losses:
        return Losses(self.found + (more.found if isinstance(more, Losses) else (more,)))

    def verdict(self) -> Verdict:
        if not self.found:
            return IMPORTED
        return degraded(self.found[0][0], " ".join(sentence for _, sentence in self.found))


NO_LOSSES = Losses()


def losses_of(node: Node) -> Losses:
    """What any item may lose: its audience and the end of its title."""
    losses = NO_LOSSES
    if node.attributes.get("group_access", "") not in UNSET:
        losses += (Reason.GROUPS, "It was for certain groups of learners; now every learner sees it.")
    title = node.attributes.get("display_name", "")
    if len(title) > TITLE_CHARS and clean_title(title, len(title)) != node.title:
        losses += (Reason.TITLE_CUT, f"Its title is cut to {TITLE_CHARS} characters.")
    return losses


def losses_of_structure(node: Node) -> Losses:
    """The same for chapters, sequentials and verticals, whose other settings have no place."""
    names = sorted(
        name[:40] for name, value in node.attributes.items() if name not in TAKEN and value not in UNSET
    )
    losses = losses_of(node)
    if names:
        more = f" and {len(names) - NAMED_SETTINGS} more" if len(names) > NAMED_SETTINGS else ""
        losses += (Reason.SETTINGS, f"Settings not taken: {', '.join(names[:NAMED_SETTINGS])}{more}.")
    return losses
