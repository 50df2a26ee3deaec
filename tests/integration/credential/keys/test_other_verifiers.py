"""Key documents as verifiers of other makers read them, before and after keys are replaced."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from academe.services.credential.issuance.compose import STATUS_PURPOSES, compose, instant
from academe.services.credential.issuance.draft import Draft, IssuerProfile
from academe.services.credential.keys import Issuer, KeyUse, SigningIssuer
from academe.services.credential.standards import data_integrity, jose, status_credential, strict_json
from tests.interop.drafts import LIST_LENGTH, START, YEARS_20, drafts
from tests.support.interop import BadgesLibrary, Consortium, Site, javascript
from tests.support.issuers import ADDRESS, IssuerProcess

LIST_ID = UUID(int=7)


def proved(signing: SigningIssuer, document: dict[str, Any]) -> bytes:
    options = data_integrity.proof_options(signing.document_key.method, instant(START))
    signature = signing.document_key.key.sign(data_integrity.signing_input(document, options))
    return strict_json.serialise(data_integrity.attach(document, options, signature))


def issue(signing: SigningIssuer, draft: Draft) -> tuple[bytes, bytes]:
    """The draft as a document and as a token."""
    document = compose(draft)
    return proved(signing, document), jose.sign(document, signing.token_key.key, signing.token_key.method)


def draft_of(issuer: Issuer) -> Draft:
    (draft,) = drafts(1, [(IssuerProfile.of(issuer, ADDRESS), LIST_ID)], ADDRESS)
    return draft


async def published(process: IssuerProcess, issuer: Issuer) -> Site:
    """What is on the web now: the key document, and lists signed by who signs now."""
    found = await process.issuers.document(issuer.slug)
    assert found is not None
    signing = await process.issuers.signing(issuer.issuer_id)
    documents = {found.uri: found.document}
    for purpose in STATUS_PURPOSES:
        url = f"{ADDRESS}/status/{LIST_ID}/{purpose}"
        listed = status_credential.compose(
            uri=url,
            issuer=issuer.did,
            purpose=purpose,
            positions=(),
            valid_from=instant(START),
            valid_until=instant(START + YEARS_20),
            length=LIST_LENGTH,
        )
        documents[url] = proved(signing, listed)
    return Site(documents=documents)


async def test_what_was_signed_stays_good_until_its_key_is_compromised(here: IssuerProcess) -> None:
    """Three verifiers find the keys, retired ones too, and refuse what a compromised one signed, alone."""
    issuer = await here.create("partner")
    bazaar, draft, consortium = javascript(), draft_of(issuer), Consortium()
    old, old_token = issue(await here.issuers.signing(issuer.issuer_id), draft)
    await here.service.rotate_key(issuer.issuer_id, KeyUse.DOCUMENT, 1)
    await here.service.rotate_key(issuer.issuer_id, KeyUse.TOKEN, 2)
    new, new_token = issue(await here.issuers.signing(issuer.issuer_id), draft)
    site = await published(here, issuer)
    try:
        for credential in (old, new):
            assert bazaar.verify(site, credential)
            assert consortium.verify(site, credential)
            assert BadgesLibrary().verify(site, credential)
        for token in (old_token, new_token):
            assert bazaar.verify_jwt(site, token)
            assert BadgesLibrary().verify_jwt(site, token)
    finally:
        consortium.close()

    await here.service.compromise_key(issuer.issuer_id, 1)
    site, consortium = await published(here, issuer), Consortium()  # which remembers what it once resolved
    try:
        for verifier in (bazaar, consortium, BadgesLibrary()):
            assert not verifier.verify(site, old)
            assert verifier.verify(site, new)
        assert bazaar.verify_jwt(site, old_token)
    finally:
        consortium.close()

    await here.service.compromise_key(issuer.issuer_id, 2)
    site = await published(here, issuer)
    for reader in (bazaar, BadgesLibrary()):
        assert not reader.verify_jwt(site, old_token)
        assert reader.verify_jwt(site, new_token)
