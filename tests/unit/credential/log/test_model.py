"""What is hashed for an entry is a fixed text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

from academe.services.credential.log.model import Leaf, LogEvent

DIGEST = sha256(b"{}").digest()


def test_the_bytes_of_a_leaf() -> None:
    """Version, event, digest and time, a line each; the time in UTC with all six places."""
    leaf = Leaf(7, LogEvent.REINSTATE, DIGEST, datetime(2027, 3, 1, 9, 30, tzinfo=UTC))
    text = (
        b"academe-log/1\n"
        b"reinstate\n"
        b"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\n"
        b"2027-03-01T09:30:00.000000Z\n"
    )

    assert leaf.data == text
    assert leaf.hash == sha256(b"\x00" + text).digest()


def test_the_place_and_the_zone_are_not_hashed() -> None:
    """The same moment told in another zone is the same leaf, wherever it stands."""
    moment = datetime(2027, 3, 1, 9, 30, 0, 15, tzinfo=UTC)
    elsewhere = moment.astimezone(timezone(timedelta(hours=-7)))

    assert Leaf(1, LogEvent.ISSUE, DIGEST, moment).hash == Leaf(2, LogEvent.ISSUE, DIGEST, elsewhere).hash


def test_the_words_of_the_events() -> None:
    """They are in every leaf, so they never change."""
    assert [event.word for event in LogEvent] == ["issue", "revoke", "suspend", "reinstate"]
