"""JSON-LD expansion by PyLD, with a trap for what no context defines.

PyLD leaves an unknown term out without a word. Here the outermost context sends unknown terms to a vocabulary
of its own, and relative addresses to a base of its own, so that the next step finds and refuses them. Where a
context of the W3C starts from nothing (credentials inside of a presentation), PyLD says what it drops.

Reading a context anew for each node of each document was nine tenths of the cost (8 ms of 9). Contexts here
never change and are frozen once processed, so what PyLD made of one inside of another is kept.
"""

from __future__ import annotations

import threading
from typing import Any

from frozendict import frozendict
from pyld.context_resolver import ContextResolver
from pyld.jsonld import JsonLdError, JsonLdProcessor

from academe.services.credential.standards.contexts import document_loader
from academe.services.credential.standards.errors import Malformed, Refused, UndefinedTerm, quoted
from academe.services.credential.standards.quads import RELATIVE, UNDEFINED

_OUTERMOST = {"@vocab": UNDEFINED}
_KEPT_MAX = 20_000
"""Entries of a memory. The contexts here fill some hundreds; the rest would be names strangers made up."""
_NAME_KEPT_MAX = 200
"""Characters of a name that is remembered. Terms have up to fifty, addresses of types a hundred."""


def expand(document: dict[str, Any]) -> list[Any]:
    """The expanded form of a document whose contexts were checked; unknown terms stand under UNDEFINED.

    Raises Malformed for what JSON-LD does not allow, such as another meaning for a protected term.
    """
    options = {
        "documentLoader": document_loader,
        "contextResolver": _resolver,
        "expandContext": _OUTERMOST,
        "base": RELATIVE,
    }
    with _lock:  # the memories of PyLD are not made for threads
        try:
            expanded: list[Any] = _processor.expand(document, options)
        except Refused:
            raise
        except JsonLdError as error:
            fault = error.code or "it cannot be expanded"
            raise Malformed("", f"It is not JSON-LD: {fault}.", "json_ld") from None
        except Exception as error:  # a type that PyLD did not expect where it stands
            raise Malformed("", "It is not JSON-LD: it cannot be expanded.", "json_ld") from error
    return expanded


class _Processor(JsonLdProcessor):  # type: ignore[misc]  # PyLD has no types
    """PyLD, which remembers what a frozen context became inside of another, and what a name means there.

    The arguments of both methods are PyLD's own. Keys are identities: each entry holds on to its objects, so
    an identity is never given to another one.
    """

    def __init__(self) -> None:
        super().__init__(on_property_dropped=_dropped)
        self._contexts: dict[object, tuple[Any, object, object]] = {}
        self._names: dict[object, tuple[Any, object]] = {}

    def _process_context(
        self,
        active_ctx: Any,
        local_ctx: Any,
        options: Any,
        override_protected: bool = False,
        propagate: bool = True,
        validate_scoped: bool = True,
        cycles: Any = None,
    ) -> Any:
        arguments = (override_protected, propagate, validate_scoped, cycles)
        if cycles is not None or not isinstance(active_ctx, frozendict):
            return super()._process_context(active_ctx, local_ctx, options, *arguments)
        key = (id(active_ctx), _identity(local_ctx), override_protected, propagate)
        kept = self._contexts.get(key)
        if kept is None:
            made = super()._process_context(active_ctx, local_ctx, options, *arguments)
            kept = _keep(self._contexts, key, (made, active_ctx, local_ctx))
        return kept[0]

    def _expand_iri(
        self,
        active_ctx: Any,
        value: Any,
        base: Any = None,
        vocab: Any = False,
        local_ctx: Any = None,
        defined: Any = None,
    ) -> Any:
        arguments = (base, vocab, local_ctx, defined)
        is_name = vocab is True and base is None and local_ctx is None
        is_kept = is_name and isinstance(value, str) and len(value) <= _NAME_KEPT_MAX
        if not is_kept or not isinstance(active_ctx, frozendict):
            return super()._expand_iri(active_ctx, value, *arguments)
        key = (id(active_ctx), value)
        kept = self._names.get(key)
        if kept is None:
            kept = _keep(self._names, key, (super()._expand_iri(active_ctx, value, *arguments), active_ctx))
        return kept[0]


def _dropped(name: str | None) -> None:
    raise UndefinedTerm("", f"No context defines {quoted(name)}.")


def _identity(local_ctx: object) -> object:
    if isinstance(local_ctx, list) and all(isinstance(url, str) for url in local_ctx):
        return tuple(local_ctx)
    return local_ctx if isinstance(local_ctx, str) else id(local_ctx)


def _keep(memory: dict[object, Any], key: object, value: Any) -> Any:
    if len(memory) >= _KEPT_MAX:
        memory.clear()
    memory[key] = value
    return value


_resolver = ContextResolver({}, document_loader)
_processor = _Processor()
_lock = threading.Lock()
