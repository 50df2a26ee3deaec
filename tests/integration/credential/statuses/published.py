"""A status list as a stranger reads it, with nothing of ours: Bitstring Status List 1.0, section 3.2."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from uuid import UUID

from academe.services.credential.parts import CredentialParts


@dataclass(frozen=True)
class Published:
    """What a list says."""

    purpose: str
    length: int
    set: set[int]
    """The positions of the bits that are set."""


def read_list(content: bytes) -> Published:
    subject = json.loads(content)["credentialSubject"]
    encoded = subject["encodedList"]
    assert encoded[0] == "u"
    packed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
    packed_bits = gzip.decompress(packed)
    set_bits = {
        8 * place + bit
        for place, byte in enumerate(packed_bits)
        if byte
        for bit in range(8)
        if byte & 0x80 >> bit  # the first bit is the most significant
    }
    return Published(subject["statusPurpose"], 8 * len(packed_bits), set_bits)


async def published(parts: CredentialParts, uri: str) -> Published:
    """The list that a credential names."""
    list_id, purpose = uri.split("/")[-2:]
    content = await parts.lists.get(UUID(list_id), purpose)
    assert content is not None
    return read_list(content)
