"""What one connection may ask the native engine to remember."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterable

import pytest
from hyperframe.frame import DataFrame, Frame, HeadersFrame, PingFrame, RstStreamFrame
from hypothesis import given
from hypothesis import strategies as st

from academe.rpc.request_watch import LARGE_FACTOR, LARGE_MAX, UNFINISHED_MAX, RequestWatch, TooMuch

LIMIT = 1000
LARGEST = LIMIT * LARGE_FACTOR


def message(size: int, *, flag: int = 0, claim: int | None = None) -> bytes:
    return bytes([flag]) + (size if claim is None else claim).to_bytes(4, "big") + b"x" * size


def data(stream: int, body: bytes, *, end: bool = False, padding: int = 0) -> Frame:
    frame = DataFrame(stream, data=body, pad_length=padding)
    if end:
        frame.flags.add("END_STREAM")
    if padding:
        frame.flags.add("PADDED")
    return frame


def verdict(frames: Iterable[Frame], pieces: Iterable[int] = ()) -> str | None:
    """What a watch says of these frames, sent in pieces of these sizes and the rest at once."""
    watch = RequestWatch(LIMIT)
    said = b"".join(frame.serialize() for frame in frames)
    try:
        for size in pieces:
            watch.feed(said[:size])
            said = said[size:]
        watch.feed(said)
    except TooMuch as reason:
        return str(reason)
    return None


def test_calls_as_clients_make_them() -> None:
    """Headers, one message in one frame; pings and resets between them."""
    calls = [
        frame
        for stream in range(1, 2001, 2)
        for frame in (
            HeadersFrame(stream, data=b"\x88", flags=["END_HEADERS"]),
            data(stream, message(stream % LIMIT), end=True),
            PingFrame(0, opaque_data=b"12345678"),
            RstStreamFrame(stream, error_code=8),
        )
    ]

    assert verdict(calls) is None


def test_the_largest_message_that_is_served() -> None:
    assert verdict([data(stream, message(LIMIT), end=True) for stream in range(1, 201, 2)]) is None


def test_a_large_message_is_the_engines_to_refuse() -> None:
    """One after the other, as many as a client likes."""
    assert verdict([data(stream, message(LARGEST), end=True) for stream in range(1, 41, 2)]) is None


@pytest.mark.parametrize("claim", [LARGEST + 1, 2**31, 2**32 - 1])
def test_a_message_far_above_the_limit(claim: int) -> None:
    """Its first five bytes are enough."""
    assert verdict([data(1, message(0, claim=claim))]) == "a message far above the limit"


def test_large_messages_side_by_side() -> None:
    begun = [data(1 + 2 * number, message(10, claim=LIMIT + 1)) for number in range(LARGE_MAX + 1)]

    assert verdict(begun[:-1]) is None
    assert verdict(begun) == "too many messages above the limit at once"


@pytest.mark.parametrize(
    "ending", [RstStreamFrame(1, error_code=8), data(1, b"", end=True), data(1, b"x", end=True)]
)
def test_a_large_message_given_up_makes_room(ending: Frame) -> None:
    begun = [data(1 + 2 * number, message(10, claim=LIMIT + 20)) for number in range(LARGE_MAX)]

    assert verdict([*begun, ending, data(99, message(10, claim=LIMIT + 1))]) is None


def test_messages_begun_and_left() -> None:
    begun = [data(1 + 2 * number, message(1, claim=2)) for number in range(UNFINISHED_MAX + 1)]

    assert verdict(begun[:-1]) is None
    assert verdict(begun) == "too many unfinished messages"


def test_a_stream_of_messages() -> None:
    """As ImportCourse sends them: many on one stream, in frames that do not care where one ends."""
    body = b"".join(message(size) for size in (900, 0, 1, 1000, 37) * 40)
    frames = [data(1, body[at : at + 777], padding=at % 200) for at in range(0, len(body), 777)]

    assert verdict(frames) is None
    assert verdict([*frames, data(1, message(0, claim=LARGEST + 1))]) == "a message far above the limit"


@pytest.mark.parametrize(
    ("size", "held"), [(LIMIT, None), (LIMIT + 1, "a compressed message above the limit")]
)
def test_compressed_messages_count_as_what_they_become(size: int, held: str | None) -> None:
    small = gzip.compress(bytes(size))
    body = bytes([1]) + len(small).to_bytes(4, "big") + small

    assert verdict([data(1, body, end=True)]) == held
    assert verdict([data(1, body[:9]), *(data(1, body[at : at + 1]) for at in range(9, len(body)))]) == held


def test_a_bomb_is_not_inflated_to_be_judged() -> None:
    """100 MB in 100 KB, of which the watch makes no more than the limit."""
    bomb = gzip.compress(bytes(100 << 20))
    body = bytes([1]) + len(bomb).to_bytes(4, "big") + bomb
    watch = RequestWatch(200_000)

    with pytest.raises(TooMuch, match="compressed"):
        watch.feed(data(1, body[:16_000]).serialize())


def test_noise_that_claims_to_be_compressed_is_the_engines_to_refuse() -> None:
    noise = random.Random(1).randbytes(500)

    assert verdict([data(1, b"\1" + len(noise).to_bytes(4, "big") + noise, end=True)]) is None


FRAMES = st.lists(
    st.one_of(
        st.builds(
            data,
            st.sampled_from([1, 3, 5]),
            st.one_of(
                st.builds(message, st.integers(0, 60)),
                st.builds(message, st.integers(0, 60), claim=st.integers(0, 2 * LARGEST)),
                st.builds(message, st.integers(0, 60), flag=st.just(1)),
                st.binary(max_size=12),
            ),
            end=st.booleans(),
            padding=st.integers(0, 255),
        ),
        st.builds(HeadersFrame, st.sampled_from([1, 3, 5]), data=st.binary(max_size=20)),
        st.builds(RstStreamFrame, st.sampled_from([1, 3, 5]), error_code=st.just(8)),
    ),
    max_size=20,
)


@given(FRAMES, st.lists(st.integers(1, 40), max_size=60))
def test_the_pieces_do_not_matter(frames: list[Frame], pieces: list[int]) -> None:
    """However TCP cuts what a client says, the verdict is the same."""
    assert verdict(frames, pieces) == verdict(frames)


@given(st.lists(st.tuples(st.integers(0, 2 * LARGEST), st.integers(1, 5000)), max_size=12))
def test_a_stream_of_messages_against_a_plain_model(messages: list[tuple[int, int]]) -> None:
    """Whole messages on one stream, cut into frames anywhere: only a length far above the limit counts."""
    body = b"".join(message(size) for size, _ in messages)
    cuts = [cut for _, cut in messages] or [1]
    frames, number = [], 0
    while body:
        cut = cuts[number % len(cuts)]
        frames.append(data(1, body[:cut]))
        body, number = body[cut:], number + 1
    too_long = any(size > LARGEST for size, _ in messages)

    assert verdict(frames) == ("a message far above the limit" if too_long else None)


@given(st.binary(max_size=300))
def test_noise_is_never_a_fault(noise: bytes) -> None:
    """It may be judged; it raises nothing else."""
    watch = RequestWatch(LIMIT)
    try:
        for at in range(0, len(noise), 7):
            watch.feed(noise[at : at + 7])
    except TooMuch:
        pass
