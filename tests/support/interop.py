"""Verifiers of other makers, asked by tests: two in JavaScript and one in Python, all offline.

    site = Site(folders={"http://school.example": folder})  # what they may fetch
    verdict = javascript().verify(site, credential)
    assert verdict, verdict.reason

Processes are started once for the whole run. Their packages come from tests/interop/package-lock.json (`make
interop`); without them a test that asks is skipped, unless TESTS_REQUIRE_INTEROP is set: then it fails.
"""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.did import resolve_verification_method
from openbadgeslib.ob3.ldp import OB3LdpVerifier, verify_data_integrity_proof
from openbadgeslib.ob3.verifier import OB3Verifier

from tests.interop.process import Process, require_packages
from tests.interop.site import Site

__all__ = ["BadgesLibrary", "Consortium", "JavaScript", "Site", "Verdict", "consortium", "javascript"]

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Verdict:
    """What a verifier said: true if it believed the credential, else with its reason."""

    verified: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.verified


class JavaScript:
    """Digital Bazaar's stack and jose, in two processes where there is much to do."""

    def __init__(self) -> None:
        self._processes = [Process("verify.mjs"), Process("verify.mjs")]

    def verify(self, site: Site, credential: bytes, **options: Any) -> Verdict:
        """`structure=False` leaves 1EdTech's rules out, `status=False` the lists; `now` is RFC 3339."""
        return _verdict(self._processes[0].ask("json", site, credential=credential.decode(), **options))

    def verify_all(self, site: Site, credentials: Sequence[bytes], **options: Any) -> list[Verdict]:
        """Many at once, in the same order."""

        def some(process: Process, mine: Sequence[bytes]) -> list[Verdict]:
            return [_verdict(process.ask("json", site, credential=one.decode(), **options)) for one in mine]

        return self._in_halves(some, credentials)

    def verify_jwt(self, site: Site, token: bytes, **options: Any) -> Verdict:
        return _verdict(self._processes[0].ask("jwt", site, token=token.decode(), **options))

    def believed(self, site: Site, credentials: Sequence[bytes]) -> list[int]:
        """The indices of those that the stack alone, without the rules of structure, took for genuine."""

        def some(process: Process, mine: Sequence[bytes]) -> list[bool]:
            texts = [one.decode() for one in mine]
            verified = set(process.ask("tampered", site, credentials=texts)["verified"])
            return [index in verified for index in range(len(mine))]

        return [index for index, verified in enumerate(self._in_halves(some, credentials)) if verified]

    def canonical(self, documents: Sequence[bytes]) -> list[dict[str, str]]:
        """Of each document its RDFC-1.0 N-Quads in safe mode {nquads, sha256}, or {refused: why}."""

        def some(process: Process, mine: Sequence[bytes]) -> list[dict[str, str]]:
            texts = [one.decode() for one in mine]
            answers: list[dict[str, str]] = process.ask("canonical", Site(), documents=texts)["canonical"]
            return answers

        return self._in_halves(some, documents)

    def context(self, url: str) -> Any:
        """A JSON-LD context as the package of its makers has it; None where none has."""
        return self._processes[0].ask("context", url=url)["context"]

    def unbake(self, image: bytes) -> bytes:
        """The text of the credential in a PNG or SVG."""
        text: str = self._processes[0].ask("unbake", image=base64.b64encode(image).decode())["credential"]
        return text.encode()

    def _in_halves(self, some: Callable[[Process, Sequence[T]], list[R]], work: Sequence[T]) -> list[R]:
        middle = len(work) // 2
        with ThreadPoolExecutor(2) as threads:
            halves = threads.map(some, self._processes, (work[:middle], work[middle:]))
            return [answer for half in halves for answer in half]


class Consortium:
    """The Digital Credentials Consortium's verifier-core. It remembers DID documents while it runs."""

    def __init__(self) -> None:
        self._process = Process("dcc.mjs")

    def verify(self, site: Site, credential: bytes) -> Verdict:
        return _verdict(self._process.ask("json", site, credential=credential.decode()))

    def close(self) -> None:
        self._process.close()


class BadgesLibrary:
    """openbadgeslib: its own rules over the same JSON-LD library that the server uses.

    It reads bits of any status list, but verifies only lists that are tokens; so the proofs of ours are
    verified apart.
    """

    def verify(self, site: Site, credential: bytes) -> Verdict:
        document = json.loads(credential)

        def verify() -> None:
            verifier = OB3LdpVerifier.for_issuer_did(document["issuer"]["id"])
            verifier.verify(credential, check_status=True, verify_status_list=False, download=site.fetch)
            self._verify_lists(site, document)

        return self._said(verify)

    def verify_jwt(self, site: Site, token: bytes) -> Verdict:
        payload = token.split(b".")[1]
        document = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))

        def verify() -> None:
            verifier = OB3Verifier.for_issuer_did(document["issuer"]["id"], download=site.fetch)
            text = token.decode()
            verifier.verify(text, check_status=True, verify_status_list=False, download=site.fetch)
            self._verify_lists(site, document)

        return self._said(verify)

    @staticmethod
    def _verify_lists(site: Site, document: Mapping[str, Any]) -> None:
        for entry in document.get("credentialStatus", ()):
            listed = json.loads(site.fetch(entry["statusListCredential"]))
            key = resolve_verification_method(listed["proof"]["verificationMethod"], download=site.fetch)
            verify_data_integrity_proof(listed, key)

    @staticmethod
    def _said(verify: Callable[[], None]) -> Verdict:
        try:
            verify()
        except LibOpenBadgesException as refusal:
            return Verdict(False, str(refusal))
        return Verdict(True)


def _verdict(answer: Mapping[str, Any]) -> Verdict:
    return Verdict(answer["verified"], answer.get("reason", ""))


def javascript() -> JavaScript:
    """The one that all tests share."""
    require_packages()
    return _javascript()


def consortium() -> Consortium:
    """The one that all tests share; whoever changes a DID document needs one of their own."""
    require_packages()
    return _consortium()


_javascript = functools.cache(JavaScript)
_consortium = functools.cache(Consortium)
