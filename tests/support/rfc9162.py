"""What an outsider checks proofs with: RFC 9162, 2.1.3.2 and 2.1.4.2, step by step, and nothing of ours."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` shows that the tree of `size` leaves under `root` has `leaf` at `index`."""
    if not 0 <= index < size:
        return False
    fn, sn, r = index, size - 1, sha256(b"\x00" + leaf).digest()
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = sha256(b"\x01" + p + r).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha256(b"\x01" + r + p).digest()
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def extends(first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` shows that the tree of `second` leaves begins with the one of `first`."""
    if not 0 < first < second or not path:
        return first == second and first_root == second_root and not path
    first_is_power = first & (first - 1) == 0
    (start, *rest) = [first_root, *path] if first_is_power else path
    fn, sn, fr, sr = first - 1, second - 1, start, start
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    for c in rest:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = sha256(b"\x01" + c + fr).digest(), sha256(b"\x01" + c + sr).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = sha256(b"\x01" + sr + c).digest()
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root
