"""Access tokens that must be refused, each the answer to how a verifier was once fooled.

A forger here has everything but the private key; `insider` tokens are signed with the real one and are wrong
in what they say, as a token for another purpose or of another school's making would be.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc.jwk import ECKey

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True)
class Mint:
    """What attacks are made from: the real key and id, a good token and what it says."""

    key: ECKey
    kid: str
    token: str

    @property
    def header(self) -> dict[str, Any]:
        return {"alg": "ES256", "typ": "at+jwt", "kid": self.kid}

    @property
    def claims(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(unbase64(self.token.split(".")[1]))
        return found

    def insider(self, header: object = None, claims: object = None, key: ECKey | None = None) -> str:
        """Signed with the real key unless another is given."""
        return self.sign_text(
            json.dumps(self.header if header is None else header),
            json.dumps(self.claims if claims is None else claims),
            key,
        )

    def sign_text(self, header: str | bytes, payload: str | bytes, key: ECKey | None = None) -> str:
        signed = f"{base64url(header)}.{base64url(payload)}"
        return f"{signed}.{base64url(es256(key or self.key, signed))}"

    def says(self, **claims: Any) -> str:
        """A real signature over claims that were changed; None leaves one out."""
        merged = {**self.claims, **claims}
        return self.insider(claims={name: value for name, value in merged.items() if value is not None})

    def heads(self, **members: Any) -> str:
        """A real signature over a header that was changed; None leaves a member out."""
        merged = {**self.header, **members}
        return self.insider(header={name: value for name, value in merged.items() if value is not None})

    def hmac_with(self, secret: bytes, alg: str = "HS256") -> str:
        signed = f"{base64url(json.dumps({**self.header, 'alg': alg}))}.{self.token.split('.')[1]}"
        return f"{signed}.{base64url(hmac.digest(secret, signed.encode(), hashlib.sha256))}"

    def public_pem(self) -> bytes:
        return self.key.public_key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


def base64url(data: str | bytes) -> str:
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def es256(key: ECKey, signed: str) -> bytes:
    assert key.private_key is not None
    r, s = decode_dss_signature(key.private_key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def replaced(mint: Mint, part: int, text: str) -> str:
    parts = mint.token.split(".")
    parts[part] = text
    return ".".join(parts)


def with_stray_bits(mint: Mint) -> str:
    """The same signature bytes, written with another last character."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(mint.token[-1])
    return mint.token[:-1] + alphabet[last ^ 1]


def twice(mint: Mint, member: str) -> str:
    """The claims with one member a second time; many readers take the last one."""
    text = json.dumps(mint.claims)
    return mint.sign_text(json.dumps(mint.header), f'{text[:-1]}, "{member}": {json.dumps("x")}}}')


def raw_claim(mint: Mint, name: str, literal: str) -> str:
    """The claims with one member's value written as given."""
    claims = {**mint.claims, name: "@@"}
    return mint.sign_text(json.dumps(mint.header), json.dumps(claims).replace('"@@"', literal))


OTHER_KEY = ECKey.generate_key("P-256")
HOUR = 3600


def now() -> int:
    return int(time.time())


ATTACKS: dict[str, Callable[[Mint], str]] = {
    "alg none": lambda m: f"{base64url(json.dumps({**m.header, 'alg': 'none'}))}.{m.token.split('.')[1]}.",
    "alg NonE": lambda m: f"{base64url(json.dumps({**m.header, 'alg': 'NonE'}))}.{m.token.split('.')[1]}.",
    "alg none with the signature left on": lambda m: replaced(
        m, 0, base64url(json.dumps({**m.header, "alg": "none"}))
    ),
    "no alg": lambda m: m.heads(alg=None),
    "HS256 with the public key as PEM": lambda m: m.hmac_with(m.public_pem()),
    "HS256 with the public key as JWK": lambda m: m.hmac_with(
        json.dumps(m.key.as_dict(private=False)).encode()
    ),
    "HS256 with an empty secret": lambda m: m.hmac_with(b""),
    "HMAC under the name of ES256": lambda m: m.hmac_with(m.public_pem(), alg="ES256"),
    "ES384 in the header": lambda m: m.heads(alg="ES384"),
    "signature left out": lambda m: m.token.rpartition(".")[0] + ".",
    "signature of zeros": lambda m: replaced(m, 2, base64url(bytes(64))),
    "signature of the group order": lambda m: replaced(m, 2, base64url(P256_ORDER.to_bytes(32, "big") * 2)),
    "signature cut short": lambda m: m.token[:-4],
    "signature of another token": lambda m: replaced(m, 2, m.says(jti="other").split(".")[2]),
    "signature in other bits": with_stray_bits,
    "signed by another key of the same id": lambda m: m.insider(key=OTHER_KEY),
    "own key in jwk": lambda m: m.insider(
        {**m.header, "jwk": OTHER_KEY.as_dict(private=False)}, key=OTHER_KEY
    ),
    "jwk beside a real signature": lambda m: m.heads(jwk=OTHER_KEY.as_dict(private=False)),
    "jku": lambda m: m.heads(jku="https://example.org/jwks.json"),
    "x5u": lambda m: m.heads(x5u="https://example.org/chain.pem"),
    "x5c": lambda m: m.heads(x5c=["MIIB"]),
    "crit": lambda m: m.heads(crit=["exp"]),
    "b64 false": lambda m: m.heads(b64=False, crit=["b64"]),
    "zip": lambda m: m.heads(zip="DEF"),
    "no kid": lambda m: m.heads(kid=None),
    "unknown kid": lambda m: m.insider({**m.header, "kid": "nobody"}, key=OTHER_KEY),
    "kid that climbs": lambda m: m.heads(kid="../../../dev/null"),
    "kid that injects": lambda m: m.heads(kid="' or 1=1 --"),
    "kid that is a number": lambda m: m.heads(kid=1),
    "no typ": lambda m: m.heads(typ=None),
    "typ JWT": lambda m: m.heads(typ="JWT"),
    "typ in capitals": lambda m: m.heads(typ="AT+JWT"),
    "typ of a refresh token": lambda m: m.heads(typ="rt+jwt"),
    "header with a member twice": lambda m: m.sign_text(
        json.dumps(m.header)[:-1] + ', "alg": "ES256"}', json.dumps(m.claims)
    ),
    "header that is a list": lambda m: m.insider(header=["ES256"]),
    "payload that is a list": lambda m: m.insider(claims=[m.claims]),
    "payload that is not JSON": lambda m: m.sign_text(json.dumps(m.header), "ceci n'est pas"),
    "payload that is not UTF-8": lambda m: m.sign_text(json.dumps(m.header), b"\xff\xfe{}"),
    "payload nested too deep": lambda m: m.sign_text(
        json.dumps(m.header), '{"a":' + "[" * 1200 + "]" * 1200 + "}"
    ),
    "claims changed after signing": lambda m: replaced(
        m, 1, base64url(json.dumps({**m.claims, "roles": ["administrator"]}))
    ),
    "other issuer": lambda m: m.says(iss="https://school.example"),
    "issuer with a slash": lambda m: m.says(iss=m.claims["iss"] + "/"),
    "issuer in a list": lambda m: m.says(iss=[m.claims["iss"]]),
    "no issuer": lambda m: m.says(iss=None),
    "other audience": lambda m: m.says(aud="another"),
    "audience in a list": lambda m: m.says(aud=["academe"]),
    "audience among others": lambda m: m.says(aud=["another", "academe"]),
    "no audience": lambda m: m.says(aud=None),
    "expired an hour ago": lambda m: m.says(exp=now() - HOUR, iat=now() - 2 * HOUR),
    "no expiry": lambda m: m.says(exp=None),
    "expiry as text": lambda m: m.says(exp=str(now() + HOUR)),
    "expiry as a fraction": lambda m: m.says(exp=now() + HOUR + 0.5),
    "expiry of 10^400": lambda m: raw_claim(m, "exp", "1" + "0" * 400),
    "expiry of 1e400": lambda m: raw_claim(m, "exp", "1e400"),
    "expiry NaN": lambda m: raw_claim(m, "exp", "NaN"),
    "expiry beyond 2^53": lambda m: m.says(exp=2**53),
    "expiry beyond the calendar": lambda m: m.says(exp=2**52),
    "expiry true": lambda m: m.says(exp=True),
    "expiry negative": lambda m: m.says(exp=-1),
    "issued in an hour": lambda m: m.says(iat=now() + HOUR, exp=now() + 2 * HOUR),
    "not before an hour from now": lambda m: m.says(nbf=now() + HOUR),
    "no subject": lambda m: m.says(sub=None),
    "subject that is a number": lambda m: m.says(sub=7),
    "subject that is no UUID": lambda m: m.says(sub="ada"),
    "subject in capitals": lambda m: m.says(sub="ABCDEF00-0000-7000-8000-000000000000"),
    "no session": lambda m: m.says(sid=None),
    "no jti": lambda m: m.says(jti=None),
    "no client": lambda m: m.says(client_id=None),
    "no roles": lambda m: m.says(roles=None),
    "roles as text": lambda m: m.says(roles="administrator"),
    "unknown role": lambda m: m.says(roles=["learner", "superuser"]),
    "no sign-in time": lambda m: m.says(auth_time=None),
    "audience twice": lambda m: twice(m, "aud"),
    "expiry twice": lambda m: twice(m, "exp"),
    "four parts": lambda m: m.token + ".x",
    "two parts": lambda m: m.token.rpartition(".")[0],
    "an encrypted token's shape": lambda m: m.token + ".x.y",
    "padding": lambda m: m.token + "==",
    "a line break inside": lambda m: m.token[:50] + "%0A" + m.token[50:],
    "standard alphabet": lambda m: replaced(m, 2, "+/" * 43),
    "nothing": lambda m: ".",
    "dots": lambda m: "..",
    "a word": lambda m: "token",
}

EXPIRED = {"expired an hour ago"}
"""Right in all but its time, and told so."""
