"""How large a lesson gets on its way to a reader, judged before it is stored."""

from __future__ import annotations

from academe.services.course.html import PLAIN_CHARS, PLAIN_TAGS, sanitise
from academe.services.course.olx.imported import ImportedBlock

# UTF-8 bytes that a character may have once the sanitiser has written it out, where that is more than its
# own: it spells these as references, and a tag may get an end, attributes or a parent that it lacked.
WRITTEN_BYTES = {"&": 5, ">": 4, '"': 6, "\N{NO-BREAK SPACE}": 6, "<": 32}

# A text that stays below this even if each of its tags repeats all of it need not be measured.
UNMEASURED_BYTES = 256 * 1024

# Ids, kinds and lengths around a block's texts.
BLOCK_BYTES = 128


def served_bytes(block: ImportedBlock) -> int:
    """No fewer bytes than the block takes in a reply; for ordinary pages up to twice as many."""
    texts = [block.source_type, block.title, *(block.video.urls if block.video is not None else ())]
    return BLOCK_BYTES + sum(map(_bytes, texts)) + html_bytes(block.html)


def html_bytes(html: str) -> int:
    size, tags = _written_bytes(html), html.count("<")
    is_rebuilt = len(html) > PLAIN_CHARS or tags > PLAIN_TAGS
    if is_rebuilt or size * tags <= UNMEASURED_BYTES:
        return size
    # Formatting that is left open is opened again in each paragraph that follows, with its attributes: 28 KB
    # may become 20 MB. Only the sanitiser can tell; of longer texts it closes all tags itself.
    return max(size, _bytes(sanitise(html)))


def _written_bytes(html: str) -> int:
    more = sum(html.count(char) * (size - _bytes(char)) for char, size in WRITTEN_BYTES.items())
    return _bytes(html) + more


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
