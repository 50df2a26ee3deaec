"""Cursors of WatchProgress."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.errors import InvalidArgument
from academe.ids import new_id
from academe.services.enrollment.cursor import BEGINNING, cursor_at, version_at

versions = st.integers(1, 2**63 - 1)


@given(versions)
def test_a_cursor_gives_back_its_version(version: int) -> None:
    """It fits into the 64 characters of its field."""
    enrollment_id = new_id()
    cursor = cursor_at(enrollment_id, version)

    assert version_at(cursor, enrollment_id) == version
    assert len(cursor) <= 64


def test_no_cursor_is_the_beginning() -> None:
    """Whoever has seen nothing is sent what there is."""
    assert version_at("", new_id()) == BEGINNING


@given(versions)
def test_a_cursor_of_another_enrollment_is_refused(version: int) -> None:
    """It would skip changes, or repeat them, without anybody noticing."""
    with pytest.raises(InvalidArgument) as caught:
        version_at(cursor_at(new_id(), version), new_id())

    assert [violation.field for violation in caught.value.violations] == ["cursor"]


@given(st.text(min_size=1, max_size=64))
def test_anything_else_is_refused(text: str) -> None:
    """Whatever a client sends in its place."""
    with pytest.raises(InvalidArgument):
        version_at(text, new_id())
