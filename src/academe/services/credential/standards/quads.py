"""From expanded JSON-LD to RDF: one statement for each value, and a refusal for each that makes none.

The standard algorithm skips what it cannot express. This one is the same for everything that it accepts, and
accepts only what makes at least one statement, so that nothing of a document stays outside its signature.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from academe.services.credential.standards.errors import Refused, UncertainValue, UndefinedTerm, quoted

UNDEFINED = "undefined-term:"
RELATIVE = "relative-iri://document/"
"""Where the expansion puts what no context defines, and addresses that are none by themselves."""

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
CLR = "https://purl.imsglobal.org/spec/vc/clr/vocab.html#"
BADGES = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
XSD = "http://www.w3.org/2001/XMLSchema#"
CREDENTIAL = "<https://www.w3.org/2018/credentials#VerifiableCredential>"

TYPE, _FIRST, _REST, _NIL = (f"<{RDF}{name}>" for name in ("type", "first", "rest", "nil"))
_ENDORSED, _COMMENT = f"{BADGES}EndorsementSubject", f"{BADGES}endorsementComment"
"""Open Badges 3.0 says of what is endorsed, by its own id, that it is, and what the endorser thinks of it."""

_PARTS = frozenset(
    f"<{name}>" for name in (_ENDORSED, f"{BADGES}Profile", f"{BADGES}AchievementSubject", f"{CLR}ClrSubject")
)
"""The parts that one and the same may play in a credential: that of its issuer and that of its subject."""

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f-\x9f\s<>\"{}|\\^`]*")
_DOTS = re.compile(r"[:/]\.\.?(?:[/?#]|$)")
_LANGUAGE = re.compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8})*")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


class Quad(NamedTuple):
    """A statement as N-Quads writes its terms; the graph is "" for the default one."""

    subject: str
    predicate: str
    object: str
    graph: str

    def line(self) -> str:
        return " ".join((*self[:3], self.graph, ".\n") if self.graph else (*self[:3], ".\n"))


class Lost(Exception):
    """Something that RDF cannot say for certain; `name` is what the document has there, if that is known."""

    def __init__(self, kind: type[Refused], code: str, reason: str, name: str | None = None) -> None:
        super().__init__(reason)
        self.kind = kind
        self.code = code
        self.reason = reason
        self.name = name


def quads_of(expanded: list[Any], *, theirs: bool = False) -> list[Quad]:
    """The statements of an expanded document, in its order; blank nodes are _:b0, _:b1 and so on.

    In what others have signed (`theirs`), the issuer may be the subject, and endorsements may speak of what
    is described elsewhere. Raises Lost.
    """
    if len(expanded) != 1 or not isinstance(expanded[0], dict):
        raise Lost(UncertainValue, "no_statement", "The document says nothing that could be signed.")
    writer = _Writer(theirs)
    root = writer.node(expanded[0], "")
    writer.check_described_once(root)
    return writer.quads


class _Writer:
    def __init__(self, theirs: bool) -> None:
        self.quads: list[Quad] = []
        self._theirs = theirs
        self._blank = 0
        self._described: dict[str, int] = {}
        self._credentials: set[str] = set()
        self._said: dict[tuple[str, str, str], set[str]] = {}
        self._iris: dict[str, str] = {}

    def check_described_once(self, root: str) -> None:
        """A second place that describes the same credential could take over its status or its dates."""
        for term in (root, *self._credentials):
            if self._described.get(term, 0) > 1:
                reason = "A credential is described in more than one place."
                raise described_twice(reason, term)

    def node(self, node: dict[str, Any], graph: str) -> str:
        """Writes the statements about a node and returns its term."""
        term = self._iri(node["@id"]) if "@id" in node else self._new_blank()
        before = len(self.quads)
        for name, values in node.items():
            if name == "@type":
                types = [self._iri(value) for value in values]
                self._statements(term, TYPE, types, graph)
                kinds = [one for one in types if not self._theirs or one not in _PARTS]
                if kinds:
                    self._say(term, TYPE, kinds, graph)
            elif name == "@graph":
                for member in values:
                    self._member(member, term)
            elif name.startswith("@"):
                if name != "@id":
                    reason = f"{quoted(name)} can say things that no signature covers."
                    raise Lost(UncertainValue, "keyword", reason, name)
            else:
                predicate = self._iri(name)
                objects = [self._object(value, graph) for value in values]
                self._statements(term, predicate, objects, graph)
                if not self._theirs or name != _COMMENT:  # each endorsement is signed by itself
                    self._say(term, predicate, objects, graph)
        if len(self.quads) > before and not (self._theirs and _is_endorsement(node)):
            self._described[term] = self._described.get(term, 0) + 1
        if CREDENTIAL[1:-1] in node.get("@type", ()):
            self._credentials.add(term)
        return term

    def _member(self, member: Any, graph: str) -> None:
        before = len(self.quads)
        if isinstance(member, dict) and "@value" not in member and "@list" not in member:
            self.node(member, graph)
        if len(self.quads) == before:
            name = member.get("@id") if isinstance(member, dict) else None
            raise Lost(UncertainValue, "no_statement", "A part of the document says nothing of itself.", name)

    def _statements(self, subject: str, predicate: str, objects: list[str], graph: str) -> None:
        if len(set(objects)) < len(objects):
            reason = "A value is given in two ways, and a set of statements holds it once."
            raise Lost(UncertainValue, "repeated_value", reason)
        self.quads.extend(Quad(subject, predicate, term, graph) for term in objects)

    def _say(self, subject: str, predicate: str, objects: list[str], graph: str) -> None:
        """Raises Lost when another place says something else of the same: to a signature it is all the same
        which place says which, so names could be exchanged between them."""
        said = {term for term in objects if not term.startswith("_:")}
        if self._said.setdefault((subject, predicate, graph), said) != said:
            reason = "Two places describe the same, and say different things of it."
            raise described_twice(reason, subject)

    def _object(self, value: Any, graph: str) -> str:
        if not isinstance(value, dict):
            raise Lost(UncertainValue, "no_statement", "A value has no meaning in RDF.")
        if "@value" in value:
            return self._literal(value)
        if "@list" in value:
            return self._list(value, graph)
        return self.node(value, graph)

    def _list(self, value: dict[str, Any], graph: str) -> str:
        if len(value) > 1 or not value["@list"]:
            raise Lost(UncertainValue, "empty", "A list is empty, or has more to it than its items.")
        cells = [self._new_blank() for _ in value["@list"]]
        for cell, following, item in zip(cells, [*cells[1:], _NIL], value["@list"], strict=True):
            self.quads.append(Quad(cell, _FIRST, self._object(item, graph), graph))
            self.quads.append(Quad(cell, _REST, following, graph))
        return cells[0]

    def _literal(self, value: dict[str, Any]) -> str:
        inner, kind, language = value["@value"], value.get("@type"), value.get("@language")
        if len(value) != 1 + (kind is not None) + (language is not None):
            raise Lost(UncertainValue, "value_object", "A value has more to it than a type or a language.")
        if kind == "@json":
            raise Lost(
                UncertainValue, "json_literal", "A part of the document is kept as JSON, not as statements."
            )
        if isinstance(inner, bool):
            return f'"{str(inner).lower()}"^^{self._iri(kind or f"{XSD}boolean")}'
        if isinstance(inner, int | float):
            return self._number(inner, kind)
        if kind == f"{XSD}double":
            # Some write the number that the text stands for in their own way, others leave the text.
            raise Lost(UncertainValue, "number", "A number is given as a text.", inner)
        text = f'"{inner.translate(_ESCAPES)}"'
        if language is not None:
            if not _LANGUAGE.fullmatch(language):
                raise Lost(UncertainValue, "language", f"{quoted(language)} is not a language.", language)
            return f"{text}@{language}"
        return text if kind is None else f"{text}^^{self._iri(kind)}"

    def _number(self, value: float, kind: str | None) -> str:
        """Whole numbers are integers however they are written; doubles have a form of their own, 2.5E0."""
        if value == int(value) and kind != f"{XSD}double":
            return f'"{int(value)}"^^{self._iri(kind or f"{XSD}integer")}'
        digits, exponent = f"{value:.15E}".split("E")
        digits = digits.rstrip("0")
        mantissa = f"{digits}0" if digits.endswith(".") else digits
        return f'"{mantissa}E{int(exponent)}"^^{self._iri(kind or f"{XSD}double")}'

    def _iri(self, value: Any) -> str:
        term = self._iris.get(value) if isinstance(value, str) else None
        if term is None:
            _check_iri(value)
            term = self._iris[value] = f"<{value}>"
        return term

    def _new_blank(self) -> str:
        self._blank += 1
        return f"_:b{self._blank - 1}"


def _is_endorsement(node: dict[str, Any]) -> bool:
    """Whether no more is said than that it is endorsed, and how: nothing that could come from elsewhere."""
    return node.get("@type") == [_ENDORSED] and node.keys() <= {"@id", "@type", _COMMENT}


def described_twice(reason: str, term: str) -> Lost:
    """To be raised where a signature may hold however the statements about `term` are spread."""
    return Lost(UncertainValue, "described_twice", reason, term[1:-1])


def is_iri(value: object) -> bool:
    """Whether it is an address that every implementation leaves as it is."""
    return isinstance(value, str) and bool(_IRI.fullmatch(value)) and not _DOTS.search(value)


def _check_iri(value: Any) -> None:
    if not isinstance(value, str):
        raise Lost(UncertainValue, "not_an_iri", "Something that stands for an address is none.")
    if value.startswith(UNDEFINED):
        name = value.removeprefix(UNDEFINED)
        raise Lost(UndefinedTerm, "undefined_term", f"No context defines {quoted(name)}.", name)
    if value.startswith(RELATIVE.partition("/")[0]):
        name = value.removeprefix(RELATIVE).removeprefix(RELATIVE.partition("/")[0])
        raise Lost(UncertainValue, "relative_iri", f"{quoted(name)} is not a whole address.", name)
    if value.startswith("_:"):
        raise Lost(UncertainValue, "blank_node", "The document names its nameless parts.", value)
    if not is_iri(value):
        raise Lost(
            UncertainValue, "not_an_iri", f"{quoted(value)} is not an address in its plain form.", value
        )
