"""The guard: nothing is signed, and no signature believed, unless it surely covers the whole document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from academe.services.credential.standards.errors import UncertainValue, UndefinedTerm, pointer
from academe.services.credential.standards.one_thing import check_one_thing
from academe.services.credential.standards.quads import Lost, quads_of
from academe.services.credential.standards.shape import check_shape
from academe.services.credential.standards.symmetry import check_symmetry

if TYPE_CHECKING:
    from pyoxigraph import Dataset


def check(document: dict[str, Any]) -> None:
    """Raises a Refused unless every part of `document` has one meaning and one canonical form.

    What is a proof is part of the document here: take it off before.
    """
    guarded(document)


def guarded(document: dict[str, Any], *, theirs: bool = False) -> Dataset:
    """The statements of a document that passes `check`; in one that others have signed (`theirs`) more places
    may speak of the same, see quads_of."""
    # Imported by who canonicalises: the server starts a tenth of a second sooner without them.
    from pyoxigraph import Dataset, RdfFormat, parse

    from academe.services.credential.standards.expansion import expand

    check_shape(document)
    try:
        quads = quads_of(expand(document), theirs=theirs)
        check_one_thing(quads)
    except Lost as lost:
        path = _find(document, lost.name, among_names=lost.kind is UndefinedTerm)
        raise lost.kind(path, lost.reason, lost.code) from None
    check_symmetry(quads)
    try:
        return Dataset(parse("".join(quad.line() for quad in quads), format=RdfFormat.N_QUADS))
    except SyntaxError:  # the parser knows the finer rules of addresses
        raise UncertainValue("", "Something that stands for an address is none.", "not_an_iri") from None


def _find(document: dict[str, Any], name: str | None, *, among_names: bool) -> str:
    """Where the document first has `name`, as a value or as the name of one; "" if it says it otherwise."""
    waiting: list[tuple[object, tuple[str | int, ...]]] = [(document, ())]
    while name is not None and waiting:
        value, path = waiting.pop()
        if value == name or (among_names and path and path[-1] == name):
            return pointer(*path)
        if isinstance(value, dict):
            waiting.extend((inner, (*path, key)) for key, inner in reversed(value.items()))
        elif isinstance(value, list):
            waiting.extend((inner, (*path, index)) for index, inner in reversed(list(enumerate(value))))
    return ""
