"""Our canonical form beside JavaScript's and that of the RDF library alone."""

from __future__ import annotations

import json

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse, serialize

from academe.services.credential.issuance.compose import compose
from academe.services.credential.standards.canonical import canonical
from academe.services.credential.standards.errors import Refused
from tests.interop.conftest import Issued
from tests.interop.documents import documents
from tests.interop.drafts import drafts
from tests.interop.issuers import BASE
from tests.support.interop import javascript

COUNT = 1000


@pytest.mark.timeout(600)
def test_a_thousand_documents_have_the_same_form_in_javascript_or_none(issued: Issued) -> None:
    """What is signed is canonicalised alike by rdf-canonize in its safe mode; all else is refused."""
    made = drafts(COUNT, [(issuer.profile, issuer.list_id) for issuer in issued.issuers], BASE, seed=1000)
    changed = documents(made)
    theirs = javascript().canonical([json.dumps(document).encode() for document in changed])
    different, accepted = [], 0
    for document, answer in zip(changed, theirs, strict=True):
        try:
            ours = canonical(document)
        except Refused:
            continue
        accepted += 1
        if ours.decode() != answer.get("nquads") or ours != rdfc(ours):
            different.append((document, answer))

    assert different == []
    assert COUNT / 3 < accepted < COUNT * 0.95  # there were enough of both


def test_no_draft_is_refused(issued: Issued) -> None:
    """Texts in any script, with quotes, markup and line ends, are signed as they are; JavaScript agrees."""
    made = [compose(draft) for draft in issued.drafts]
    theirs = javascript().canonical([json.dumps(document).encode() for document in made])

    assert [canonical(document).decode() for document in made] == [answer.get("nquads") for answer in theirs]


def rdfc(nquads: bytes) -> bytes:
    """The statements canonicalised again by the RDF library, which knows nothing of JSON-LD."""
    dataset = Dataset(parse(nquads, format=RdfFormat.N_QUADS))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = serialize(dataset, format=RdfFormat.N_QUADS)
    assert lines is not None
    return b"".join(line + b"\n" for line in sorted(lines.split(b"\n")) if line)
