"""GetSigningKeys, and what others can do with the keys."""

from __future__ import annotations

import json

import jwt
from google.protobuf.json_format import MessageToDict
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet

from academe.api.auth.v1.auth_service_pb2 import GetSigningKeysRequest
from tests.support.school import School


async def published(school: School) -> list[dict[str, str]]:
    answer = await school.anonymous.auth.GetSigningKeys(GetSigningKeysRequest())
    keys: list[dict[str, str]] = MessageToDict(answer)["keys"]
    return keys


async def test_anybody_may_ask(school: School) -> None:
    """One public key at first, whole, and nothing of the private half."""
    keys = await published(school)

    assert len(keys) == 1
    assert keys[0].keys() == {"kid", "kty", "alg", "use", "crv", "x", "y"}
    assert (keys[0]["kty"], keys[0]["alg"], keys[0]["use"], keys[0]["crv"]) == ("EC", "ES256", "sig", "P-256")


async def test_a_token_can_be_verified_with_nothing_else(school: School) -> None:
    """By two other libraries, from the published keys and the school's address alone."""
    learner = await school.learner()
    jwks = {"keys": await published(school)}
    kid = jwt.get_unverified_header(learner.token)["kid"]
    key = jwt.PyJWKSet.from_json(json.dumps(jwks))[kid]
    by_pyjwt = jwt.decode(
        learner.token, key, algorithms=["ES256"], audience="academe", issuer=school.settings.issuer
    )
    by_joserfc = joserfc_jwt.decode(learner.token, KeySet.import_key_set(jwks), algorithms=["ES256"])  # type: ignore[arg-type]

    assert by_pyjwt == by_joserfc.claims
    assert by_pyjwt["sub"] == learner.user_id
    assert by_pyjwt["sid"] == learner.tokens.session_id
    assert by_pyjwt["roles"] == ["learner"]


async def test_it_is_what_the_web_listener_publishes(school: School) -> None:
    """The same keys in the same order."""
    assert school.app.slices.keys.jwks() == {"keys": await published(school)}
