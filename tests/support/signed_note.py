"""What an outsider reads a checkpoint with: C2SP's signed notes and checkpoints, and nothing of ours."""

from __future__ import annotations

from base64 import b64decode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def open_checkpoint(note: str, verifier_key: str) -> tuple[int, bytes]:
    """Size and root. Raises AssertionError or InvalidSignature for what the key has not signed."""
    name, key_id, encoded = verifier_key.split("+", 2)
    key = b64decode(encoded, validate=True)
    assert key[:1] == b"\x01"
    assert len(key) == 33
    assert sha256(name.encode() + b"\n" + key).hexdigest()[:8] == key_id
    text, signature_line = note.split("\n\n")
    assert signature_line.startswith(f"\u2014 {name} ")
    assert signature_line.endswith("\n")
    signature = b64decode(signature_line.removesuffix("\n").split(" ")[2], validate=True)
    assert signature[:4].hex() == key_id
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], f"{text}\n".encode())
    origin, size, root = text.split("\n")
    assert origin == name
    assert size == str(int(size))
    return int(size), b64decode(root, validate=True)
