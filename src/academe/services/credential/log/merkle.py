"""The Merkle tree of RFC 9162 (2.1) as arithmetic: which stored hashes make a root or a proof.

Stored are the hashes of complete subtrees, each named by a `Node`. A range of leaves whose hash is wanted is
covered by a few of them, largest first; `fold` makes the hash of the range from theirs. A root or a proof
needs at most two for each level of the tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

Node = tuple[int, int]
"""Level and index: (l, i) is over the leaves from i * 2**l on, 2**l of them."""

Cover = list[Node]
"""Complete subtrees, from left to right, whose hashes fold into one."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Of the tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf with these bytes; its prefix keeps a leaf from passing as an inner node."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash over subtrees that stand side by side, each smaller than the one to its left."""
    if not hashes:
        return EMPTY_ROOT
    *before, folded = hashes
    for left in reversed(before):
        folded = node_hash(left, folded)
    return folded


def root(tree_size: int) -> Cover:
    """The subtrees that make the root of a tree of this many leaves; none for 0."""
    return _cover(0, tree_size)


def inclusion(leaf_index: int, tree_size: int) -> list[Cover]:
    """A cover for each hash of the proof that a leaf is in a tree, from the leaf upwards (2.1.3.1).

    Raises ValueError unless 0 <= leaf_index < tree_size.
    """
    if not 0 <= leaf_index < tree_size:
        raise ValueError(f"there is no leaf {leaf_index} in a tree of {tree_size}")
    begin, end = 0, tree_size
    proof: list[Cover] = []
    while end - begin > 1:
        middle = begin + _left_size(end - begin)
        if leaf_index < middle:
            proof.append(_cover(middle, end))
            end = middle
        else:
            proof.append(_cover(begin, middle))
            begin = middle
    return proof[::-1]


def consistency(old_size: int, new_size: int) -> list[Cover]:
    """A cover for each hash of the proof that a tree begins with a smaller one (2.1.4.1).

    There is none if they are equal. Raises ValueError unless 1 <= old_size <= new_size.
    """
    if not 1 <= old_size <= new_size:
        raise ValueError(f"a tree of {new_size} does not begin with one of {old_size}")
    begin, end = 0, new_size
    proof: list[Cover] = []
    while end != old_size:
        middle = begin + _left_size(end - begin)
        if old_size <= middle:
            proof.append(_cover(middle, end))
            end = middle
        else:
            proof.append(_cover(begin, middle))
            begin = middle
    # What is left ends where the old tree ends. If it is the whole old tree, its root is known to who asks.
    if begin > 0:
        proof.append(_cover(begin, end))
    return proof[::-1]


def nodes_of(covers: Iterable[Cover]) -> list[Node]:
    """Every subtree that is in some of the covers, once."""
    return list(dict.fromkeys(node for cover in covers for node in cover))


def _left_size(leaves: int) -> int:
    """Leaves in the left half: the largest power of two below their number."""
    return 1 << (leaves - 1).bit_length() - 1


def _cover(begin: int, end: int) -> Cover:
    """The complete subtrees over a range that begins where a subtree of its size may begin."""
    cover: Cover = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        cover.append((level, begin >> level))
        begin += 1 << level
    return cover
