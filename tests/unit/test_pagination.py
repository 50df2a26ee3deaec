"""Pages and their tokens."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.errors import InvalidArgument, PageTokenInvalid
from academe.pagination import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, page_of, page_request

KEY = (datetime, UUID, int, str)
rows = st.tuples(
    st.datetimes(timezones=st.just(UTC)), st.uuids(), st.integers(-(2**62), 2**62), st.text(max_size=40)
)


@given(rows)
def test_a_token_holds_the_last_row_exactly(row: tuple[datetime, UUID, int, str]) -> None:
    """The next page starts after precisely the row that the page before ended with."""
    first = page_request(1, "", arguments=("list", "a"), key=KEY)
    token = page_of([row, row], first, lambda given_row: given_row).next_page_token

    assert page_request(1, token, arguments=("list", "a"), key=KEY).after == row


def test_a_token_is_refused_with_other_arguments() -> None:
    """A token of one list is no token of another (AIP-158)."""
    page = page_of(["a", "b"], page_request(1, "", arguments=("one",), key=(str,)), lambda text: (text,))

    with pytest.raises(PageTokenInvalid):
        page_request(1, page.next_page_token, arguments=("two",), key=(str,))


@given(st.text(max_size=200))
def test_any_text_as_token_is_refused_cleanly(text: str) -> None:
    """Garbage is PAGE_TOKEN_INVALID, never another error."""
    if text:
        with pytest.raises(PageTokenInvalid):
            page_request(1, text, arguments=(), key=(str,))


def test_sizes_are_made_sensible() -> None:
    """0 means the default, too much the maximum, a negative size is refused."""
    assert page_request(0, "", arguments=(), key=()).size == PAGE_SIZE_DEFAULT
    assert page_request(10_000, "", arguments=(), key=()).size == PAGE_SIZE_MAX
    with pytest.raises(InvalidArgument):
        page_request(-1, "", arguments=(), key=())


def test_the_last_page_has_no_token() -> None:
    """Exactly a page of rows is the last page."""
    request = page_request(2, "", arguments=(), key=(str,))

    assert page_of(["a", "b"], request, lambda text: (text,)).next_page_token == ""
    assert page_of(["a", "b", "c"], request, lambda text: (text,)).rows == ["a", "b"]
