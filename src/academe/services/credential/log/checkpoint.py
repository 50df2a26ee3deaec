"""Checkpoints as text: signed notes (c2sp.org/signed-note) whose body is that of c2sp.org/tlog-checkpoint.

school.example/log                                the log's name
1042                                              leaves
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=      the root, in base64

— school.example/log Az3grlgt...                  the key's name, then its id and the signature in base64
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from academe.services.credential.log.model import InclusionProof

_ED25519 = b"\x01"
"""The type of signature, which is also hashed into the id of a key."""

_ID_BYTES = 4


class NoteInvalidError(Exception):
    """A note is not what its key signed, or not a checkpoint; says why in a sentence."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """What others check the log's signatures with."""

    name: str
    """Without spaces and plus signs, or notes with it could not be read."""
    public_key: bytes
    """Of Ed25519, 32 bytes."""

    @property
    def key_id(self) -> bytes:
        """4 bytes: tells keys apart, and proves nothing."""
        named = self.name.encode() + b"\n" + _ED25519 + self.public_key
        return hashlib.sha256(named).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """As verifiers are configured with it: name, id and key, joined by plus signs."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public_key).decode()}"


@dataclass(frozen=True, slots=True)
class Statement:
    """What a checkpoint says."""

    name: str
    tree_size: int
    root_hash: bytes

    @property
    def text(self) -> str:
        return f"{self.name}\n{self.tree_size}\n{b64encode(self.root_hash).decode()}\n"


@dataclass(frozen=True, slots=True)
class Signer:
    """The log's key, both halves."""

    key: VerifierKey
    private_key: Ed25519PrivateKey

    def sign(self, tree_size: int, root_hash: bytes) -> str:
        """The note that states size and root."""
        text = Statement(self.key.name, tree_size, root_hash).text
        signature = self.key.key_id + self.private_key.sign(text.encode())
        return f"{text}\n— {self.key.name} {b64encode(signature).decode()}\n"


def read_note(note: str, key: VerifierKey) -> Statement:
    """What a note says, if `key` signed it. Signatures of others may follow and are not looked at.

    Raises NoteInvalidError.
    """
    text, separator, signatures = note.rpartition("\n\n")
    text += "\n"
    if not separator:
        raise NoteInvalidError("There is no signature.")
    _check_signature(text, signatures, key)
    name, size, root, *_ = [*text.split("\n"), "", ""]
    try:
        statement = Statement(name, int(size), b64decode(root, validate=True))
    except ValueError:
        raise NoteInvalidError("It is no checkpoint.") from None
    if statement.text != text or name != key.name:
        raise NoteInvalidError("It is no checkpoint of this log.")
    return statement


def tlog_proof(proof: InclusionProof) -> str:
    """A proof as a file that stands alone (c2sp.org/tlog-proof), for years without a server.

    Its extra data is the leaf's text. Raises ValueError for a proof without a checkpoint.
    """
    if proof.checkpoint is None:
        raise ValueError("nothing was signed for a tree of this size")
    lines = [
        "c2sp.org/tlog-proof@v1",
        f"extra {b64encode(proof.leaf.data).decode()}",
        f"index {proof.leaf.leaf_index}",
        *(b64encode(hash_).decode() for hash_ in proof.hashes),
    ]
    return "\n".join(lines) + "\n\n" + proof.checkpoint.note


def _check_signature(text: str, signatures: str, key: VerifierKey) -> None:
    for line in signatures.split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        try:
            raw = b64decode(encoded, validate=True)
        except ValueError:
            raise NoteInvalidError("A signature is not readable.") from None
        if dash != "—" or name != key.name or raw[:_ID_BYTES] != key.key_id:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public_key).verify(raw[_ID_BYTES:], text.encode())
        except InvalidSignature:
            raise NoteInvalidError("Its signature does not hold.") from None
        return
    raise NoteInvalidError("The log's key has not signed it.")
