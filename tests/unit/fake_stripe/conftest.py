"""A fake of its own for every test, and the official client that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import stripe

from tests.support.fake_stripe import FakeStripe


@pytest.fixture
async def fake() -> AsyncIterator[FakeStripe]:
    opened = FakeStripe()
    await opened.start()
    yield opened
    await opened.stop()


@pytest.fixture
async def client(fake: FakeStripe) -> stripe.StripeClient:
    return fake.client()
