"""Bitstring status lists: one bit for each credential, compressed.

Source: https://www.w3.org/TR/vc-bitstring-status-list/. Entry 0 is the leftmost bit of the first byte.
An issuer who wrote a byte for each instead would find that its readers see other credentials revoked.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from academe.services.credential.standards.errors import Malformed, TooComplex

LENGTH = 131_072
"""Entries of a list, the least that the standard allows: nobody is found in so large a crowd."""

_GZIP = 31
"""zlib's number for a gzip header around the largest window."""

_LEVEL = 6
"""zlib's usual effort. The greatest takes up to 40 ms over a list of which a twentieth is set, in the time of
everybody else who waits for the server, and makes it a few hundred bytes shorter."""

_UNNAMED_SYSTEM = 255
"""The last byte of a gzip header names the system it was made on, which is nobody's business."""


@dataclass(frozen=True, slots=True)
class BitList:
    """The bits of a list that somebody published."""

    data: bytes

    @property
    def length(self) -> int:
        return len(self.data) * 8

    def get(self, index: int) -> bool:
        """Whether the bit is set. Raises Malformed when the list has no such entry."""
        if not 0 <= index < self.length:
            raise Malformed("", f"The list has {self.length} entries, and not entry {index}.", "status_index")
        return bool(self.data[index // 8] & (128 >> index % 8))


def encode(indices: Iterable[int], length: int = LENGTH) -> str:
    """The list of `length` entries in which those at `indices` are set: the same text for the same entries.

    Raises ValueError for an entry beyond the list, and for a length that is no whole number of bytes.
    """
    if length <= 0 or length % 8:
        raise ValueError("a list has a whole number of bytes")
    bits = bytearray(length // 8)
    for index in indices:
        if not 0 <= index < length:
            raise ValueError(f"a list of {length} has no entry {index}")
        bits[index // 8] |= 128 >> index % 8
    packer = zlib.compressobj(level=_LEVEL, wbits=_GZIP)
    packed = bytearray(packer.compress(bytes(bits)) + packer.flush())
    packed[9] = _UNNAMED_SYSTEM
    return f"u{base64.urlsafe_b64encode(packed).rstrip(b'=').decode()}"


def decode(text: str, max_length: int) -> BitList:
    """A list of others, of at most `max_length` entries. Raises Malformed, and TooComplex for a larger one.

    No more than that is ever unpacked, however small the text is.
    """
    if not text.startswith("u"):
        raise Malformed("", "The list is not base64url.", "status_list")
    if len(text) > max_length // 4 + 1_024:  # random bits do not shrink: six to a character, and a header
        raise TooComplex("", f"The list has more than {max_length} entries.", "status_list_length")
    try:
        packed = base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(wbits=_GZIP)
        data = unpacker.decompress(packed, max_length // 8 + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise Malformed("", "The list is not gzip in base64url.", "status_list") from None
    if len(data) > max_length // 8:
        raise TooComplex("", f"The list has more than {max_length} entries.", "status_list_length")
    if not unpacker.eof or unpacker.unused_data:
        raise Malformed("", "The list is cut off, or has something after it.", "status_list")
    if len(data) * 8 < LENGTH:
        raise Malformed("", f"The list has less than {LENGTH} entries.", "status_list_length")
    return BitList(data)
