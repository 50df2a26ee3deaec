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

    `code` is a short slug for programs, `path` an RFC 6901 pointer into the document ("" is all of it), and
    `reason` a sentence for people. The reason may quote names of the document, never its values.
    """

    def __init__(self, code: str, reason: str, path: str = "") -> None:
        super().__init__(code, reason, path)
        self.code = code
        self.reason = reason
        self.path = path

    def __str__(self) -> str:
        return f"{self.reason} ({self.code} at {self.path or 'the document'})"


class Malformed(Refused):
    """Not what its format asks for, or larger or deeper than anybody needs."""


class UnknownContext(Refused):
    """A context that is not kept here: nothing is loaded from the network, nor defined by the document."""


class UndefinedTerm(Refused):
    """A name that no context defines; signatures do not cover it, so anybody could have added it."""


class UncertainValue(Refused):
    """A value whose canonical form is not the same everywhere, or that has none."""


class TooComplex(Refused):
    """Parts without names that are too alike: telling them apart takes time that grows without bound."""


class ProofInvalid(Refused):
    """A proof that does not hold, or that says too little to be checked."""


QUOTED_MAX = 80
"""Characters of a document's own names that a reason repeats; the rest would only fill logs."""


def quoted(name: object) -> str:
    """A name as a reason may repeat it: short, and on one line whatever it contains."""
    text = str(name)
    shown = text if len(text) <= QUOTED_MAX else f"{text[:QUOTED_MAX]}…"
    return ascii(shown) if not shown.isprintable() else f"'{shown}'"


def pointer(*steps: str | int) -> str:
    """The RFC 6901 pointer of these steps."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
