"""The school's one secret, and the keys that are derived from it."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ROOT_MIN = 32
"""Bytes. Every key derived is at most as hard to guess as the root."""


class Secrets:
    """Derives independent keys by name, so that one setting is all that an operator has to keep.

    Who learns one derived key learns nothing of the others nor of the root (HKDF-SHA-256, RFC 5869).
    Labels are part of the format of what is stored: changing one makes its data unreadable.
    """

    __slots__ = ("_root",)

    def __init__(self, root: bytes) -> None:
        if len(root) < ROOT_MIN:
            raise ValueError(f"the secret must have at least {ROOT_MIN} bytes")
        self._root = root

    @classmethod
    def from_bytes(cls, root: bytes) -> Secrets:
        """Takes the root secret, at least 32 random bytes."""
        return cls(root)

    def derive(self, label: str, length: int = 32) -> bytes:
        """`length` bytes that only this root and this label give."""
        return HKDF(
            algorithm=hashes.SHA256(), length=length, salt=None, info=f"academe {label}".encode()
        ).derive(self._root)

    def __repr__(self) -> str:
        return "Secrets(...)"
