"""The contexts that are kept here, beside those that their makers publish."""

from __future__ import annotations

import json

from academe.services.credential.standards import contexts
from tests.interop.site import FROM_1EDTECH
from tests.support.interop import javascript


def test_contexts_say_what_their_makers_packages_say() -> None:
    """Term for term, for all that Digital Bazaar's packages have."""
    shared = contexts.KNOWN.difference(FROM_1EDTECH)
    differing = [url for url in shared if json.loads(contexts.read_context(url)) != javascript().context(url)]

    assert len(shared) == 6
    assert differing == []
