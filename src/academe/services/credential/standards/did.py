"""Decentralised identifiers of two methods: did:web, which is an address, and did:key, which is a key.

Sources: https://w3c-ccg.github.io/did-method-web/ and https://w3c-ccg.github.io/did-key-spec/. Documents are
read as JSON, without JSON-LD; what nobody here fetches is fetched by the caller, from `did_web_url`.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from academe.services.credential.standards.errors import Malformed, ProofInvalid, Refused, pointer, quoted
from academe.services.credential.standards.jwk import read_jwk
from academe.services.credential.standards.multikey import PublicKey, decode
from academe.services.credential.standards.times import read_time

METHODS_MAX = 100
"""Keys in one document. An institution that changed its key monthly would fill it in eight years."""

_HOST = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_PORT_MAX = 65_535
_STEP = re.compile(r"(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+")
_DID_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Method:
    """A key of a document, or why it cannot be used. `expires` is when it stops to be good, if it says so."""

    id: str
    controller: str
    key: PublicKey | Refused
    expires: datetime | None = None
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class DidDocument:
    """Who is meant, and the keys that speak for them. `assertion` names those that sign credentials."""

    id: str
    methods: dict[str, Method]
    assertion: frozenset[str]

    def method(self, method_id: str) -> Method:
        """The method that may sign credentials under this id. Raises ProofInvalid."""
        found = self.methods.get(method_id)
        if found is None:
            raise ProofInvalid("", "The key document has no such key.", "method_not_found")
        if method_id not in self.assertion:
            raise ProofInvalid("", "The key may not sign credentials.", "not_for_assertion")
        if found.controller != self.id:
            raise ProofInvalid("", "The key is controlled by somebody else.", "wrong_controller")
        if found.revoked:
            raise ProofInvalid("", "The key document says that the key is revoked.", "key_revoked")
        return found

    def assertion_key(self, method_id: str) -> PublicKey:
        """The key that signs credentials under this id. Raises ProofInvalid, or Malformed if it is no key."""
        key = self.method(method_id).key
        if isinstance(key, Refused):
            raise key
        return key


def did_web(base_url: str, *path: str) -> str:
    """The DID whose document is published below `base_url`: did:web:localhost%3A50080 for localhost:50080.

    Raises ValueError when the address has anything but a host, a port and a path.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("a did:web is made of an address with a host, a port and a path")
    host = parts.hostname or ""
    steps = [*filter(None, parts.path.split("/")), *path]
    port = f"%3A{parts.port}" if parts.port is not None else ""
    did = ":".join(("did:web", f"{host}{port}", *(quote(step, safe="") for step in steps)))
    try:
        did_web_url(did)
    except Malformed as error:
        raise ValueError(error.reason) from None
    return did


def did_web_url(did: str) -> str:
    """The https address of a did:web's document. Raises Malformed."""
    host, *steps = did.removeprefix("did:web:").split(":")
    name, colon, port = re.sub("%3a", ":", host, flags=re.IGNORECASE).partition(":")
    is_host = _HOST.fullmatch(name) and len(name) <= 253 and not _is_ip_address(name)
    is_port = not colon or (_PORT.fullmatch(port) and int(port) <= _PORT_MAX)
    if not did.startswith("did:web:") or len(did) > _DID_MAX or not is_host or not is_port:
        raise Malformed("", f"{quoted(did)} does not name a host of the web.", "did_web")
    if not all(_STEP.fullmatch(step) and step not in (".", "..") for step in steps):
        raise Malformed("", f"{quoted(did)} does not name a folder of the web.", "did_web")
    return f"https://{name}{colon}{port}/{'/'.join(steps or ['.well-known'])}/did.json"


def resolve_did_key(did: str) -> DidDocument:
    """The document that a did:key stands for; its one method is `<did>#<multikey>`. Raises Malformed."""
    multikey = did.removeprefix("did:key:")
    if not did.startswith("did:key:"):
        raise Malformed("", f"{quoted(did)} is not a did:key.", "did_key")
    method = Method(f"{did}#{multikey}", did, decode(multikey))
    return DidDocument(did, {method.id: method}, frozenset({method.id}))


def read_did_document(document: dict[str, Any]) -> DidDocument:
    """A document as it was published. Raises Malformed; a key that cannot be read fails only its own use."""
    did = document.get("id")
    if not isinstance(did, str) or not did.startswith("did:") or len(did) > _DID_MAX:
        raise Malformed("/id", "The key document does not say whose it is.", "did_document")
    methods: dict[str, Method] = {}
    for index, entry in enumerate(_entries(document, "verificationMethod")):
        if isinstance(entry, dict):
            _add(methods, _method(did, entry, pointer("verificationMethod", index)))
    assertion: set[str] = set()
    for index, entry in enumerate(_entries(document, "assertionMethod")):
        if isinstance(entry, str):
            assertion.add(_absolute(did, entry))
        elif isinstance(entry, dict):
            embedded = _method(did, entry, pointer("assertionMethod", index))
            _add(methods, embedded)
            assertion.add(embedded.id)
    return DidDocument(did, methods, frozenset(assertion))


def _add(methods: dict[str, Method], method: Method) -> None:
    if method.id in methods:
        raise Malformed("", f"The key document has two keys called {quoted(method.id)}.", "did_document")
    methods[method.id] = method


def _entries(document: dict[str, Any], name: str) -> list[Any]:
    entries = document.get(name, [])
    if not isinstance(entries, list) or len(entries) > METHODS_MAX:
        raise Malformed(f"/{name}", f"{name} is not a list of at most {METHODS_MAX}.", "did_document")
    return entries


def _method(did: str, entry: dict[str, Any], path: str) -> Method:
    name, controller = entry.get("id"), entry.get("controller")
    if not isinstance(name, str) or not isinstance(controller, str):
        raise Malformed(path, "A key has no id or no controller.", "did_document")
    key: PublicKey | Refused
    try:
        key = _key(entry)
        expires = read_time(entry["expires"]) if "expires" in entry else None
    except Refused as refused:
        key, expires = type(refused)(path, refused.reason, refused.code), None
    return Method(_absolute(did, name), controller, key, expires, "revoked" in entry)


def _key(entry: dict[str, Any]) -> PublicKey:
    multibase, jwk = entry.get("publicKeyMultibase"), entry.get("publicKeyJwk")
    if isinstance(multibase, str) and jwk is None and entry.get("type") != "JsonWebKey":
        return decode(multibase)
    if isinstance(jwk, dict) and multibase is None and entry.get("type") != "Multikey":
        return read_jwk(jwk)
    raise Malformed("", "A key is given neither as a Multikey nor as a JSON Web Key.", "did_document")


def _absolute(did: str, name: str) -> str:
    return f"{did}{name}" if name.startswith("#") else name


def _is_ip_address(host: str) -> bool:
    """A did:web names no address of the network; that would reach machines that are nobody's."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.rpartition(".")[2].isdigit()
    return True
