"""What verifiers may fetch while they are offline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from academe.services.credential.standards import contexts

ROOT = Path(__file__).resolve().parents[2]
CONTEXTS = ROOT / "src" / "academe" / "third_party" / "jsonld"

FROM_1EDTECH = tuple(url for url in contexts.CONTEXTS if url.startswith("https://purl.imsglobal.org/"))
"""The contexts that no npm package has in today's text; all others a verifier takes from its own makers."""


@dataclass(frozen=True)
class Site:
    """Folders, each standing for a base URL as on a static host, and single documents by URL.

    http and https are one here: did:web always means https, and a server that a test runs has no certificate.
    """

    folders: Mapping[str, Path] = field(default_factory=dict)
    documents: Mapping[str, bytes] = field(default_factory=dict)

    def message(self) -> dict[str, Any]:
        """As a command for the verifiers in JavaScript."""
        return {
            "command": "serve",
            "contexts": {url: str(CONTEXTS / contexts.CONTEXTS[url]) for url in FROM_1EDTECH},
            "folders": {base: str(folder) for base, folder in self.folders.items()},
            "documents": {url: text.decode() for url, text in self.documents.items()},
        }

    def fetch(self, url: str) -> bytes:
        """What stands at `url`, as a function for verifiers in Python. Raises FileNotFoundError."""
        address = _without_scheme(url)
        for known, text in self.documents.items():
            if _without_scheme(known) == address:
                return text
        for base, folder in self.folders.items():
            host = _without_scheme(base).rstrip("/") + "/"
            if address.startswith(host):
                path = folder / address.removeprefix(host)
                for file in (path, Path(f"{path}.json"), Path(f"{path}.jsonld"), path / "index.json"):
                    if file.is_file():
                        return file.read_bytes()
        raise FileNotFoundError(url)


def _without_scheme(url: str) -> str:
    return url.split("://", 1)[-1].partition("#")[0]
