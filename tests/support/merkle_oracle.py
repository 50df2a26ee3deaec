"""The definitions of RFC 9162, 2.1, as they are written: recursive, slow, with nothing stored."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """MTH(D_n)."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = half(len(leaves))
    return sha256(b"\x01" + tree_hash(leaves[:k]) + tree_hash(leaves[k:])).digest()


def tree_hashes(leaves: Sequence[bytes]) -> list[bytes]:
    """MTH of none of the leaves, of the first, of the first two … and of all; no range is hashed twice."""

    @cache
    def ranged(begin: int, end: int) -> bytes:
        if end - begin < 2:
            return tree_hash(leaves[begin:end])
        middle = begin + half(end - begin)
        return sha256(b"\x01" + ranged(begin, middle) + ranged(middle, end)).digest()

    return [ranged(0, size) for size in range(len(leaves) + 1)]


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D_n)."""
    if len(leaves) == 1:
        return []
    k = half(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), tree_hash(leaves[k:])]
    return [*path(m - k, leaves[k:]), tree_hash(leaves[:k])]


def proof(m: int, leaves: Sequence[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF(m, D_n, whole); of whole trees PROOF(m, D_n)."""
    if m == len(leaves):
        return [] if whole else [tree_hash(leaves)]
    k = half(len(leaves))
    if m <= k:
        return [*proof(m, leaves[:k], whole), tree_hash(leaves[k:])]
    return [*proof(m - k, leaves[k:], False), tree_hash(leaves[:k])]


def half(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k
