"""Why a document is not signed, or not believed.

    Refused
    ├── Malformed        not what its format asks for, or larger or deeper than anybody needs
    ├── UnknownContext   a JSON-LD context that is not kept here, or one written out in the document
    ├── UndefinedTerm    a name that no context defines: it would stay outside the signature
    ├── UncertainValue   a value that two implementations may write differently, or leave out
    ├── TooComplex       so alike in its parts that telling them apart costs more than it is worth
    └── ProofInvalid     a proof that does not hold

Refusals travel between processes, so each can be pickled.
"""

from __future__ import annotations


class Refused(Exception):
    """What is refused, where and why.

    `path` is an RFC 6901 pointer into the document ("" is all of it), `reason` a sentence for people, and
    `code` a short slug for programs. The reason may quote names of the document, never its values.
    """

    default_code = "refused"

    def __init__(self, path: str, reason: str, code: str = "") -> None:
        super().__init__(path, reason, code)
        self.path = path
        self.reason = reason
        self.code = code or self.default_code

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


class Malformed(Refused):
    """Not what its format asks for, or larger or deeper than anybody needs."""

    default_code = "malformed"


class UnknownContext(Refused):
    """A context that is not kept here: nothing is loaded from the network, nor defined by the document."""

    default_code = "unknown_context"


class UndefinedTerm(Refused):
    """A name that no context defines; signatures do not cover it, so anybody could have added it."""

    default_code = "undefined_term"


class UncertainValue(Refused):
    """A value whose canonical form is not the same everywhere, or that has none."""

    default_code = "uncertain_value"


class TooComplex(Refused):
    """Parts without names that are too alike: telling them apart takes time that grows without bound."""

    default_code = "too_complex"


class ProofInvalid(Refused):
    """A proof that does not hold, or that says too little to be checked."""

    default_code = "proof_invalid"


QUOTED_MAX = 80
"""Characters of a document's own names that a reason repeats; the rest would only fill logs."""


def quoted(name: object) -> str:
    """Something that the document says, as a reason may repeat it: short, and always on one line."""
    text = str(name)
    shown = text if len(text) <= QUOTED_MAX else f"{text[:QUOTED_MAX]}…"
    return ascii(shown) if not shown.isprintable() else f"'{shown}'"


def pointer(*steps: str | int) -> str:
    """The RFC 6901 pointer of these steps."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
