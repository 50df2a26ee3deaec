"""Passing on changes within a process."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

from academe.services.enrollment.changes import Changes, Followed

LEARNER, ENROLLMENT = uuid4(), uuid4()


async def waiting(followed: Followed, version: int) -> asyncio.Task[None]:
    """A follower that has begun to wait."""
    task = asyncio.create_task(followed.newer_than(version))
    await asyncio.sleep(0)
    return task


async def test_everybody_who_waits_is_woken() -> None:
    """Two followers of one enrollment, one announcement."""
    changes = Changes()
    with changes.follow(LEARNER, ENROLLMENT) as one, changes.follow(LEARNER, ENROLLMENT) as other:
        tasks = [await waiting(one, 1), await waiting(other, 1)]
        changes.announce(ENROLLMENT, 2)

        await asyncio.wait_for(asyncio.gather(*tasks), 1)


async def test_only_newer_versions_wake() -> None:
    """A version that was seen before, or that arrives late, wakes nobody."""
    changes = Changes()
    with changes.follow(LEARNER, ENROLLMENT) as followed:
        changes.announce(ENROLLMENT, 5)
        task = await waiting(followed, 5)
        changes.announce(ENROLLMENT, 4)
        changes.announce(ENROLLMENT, 5)
        changes.announce(uuid4(), 6)
        await asyncio.sleep(0)
        assert not task.done()

        changes.announce(ENROLLMENT, 6)
        await asyncio.wait_for(task, 1)


async def test_an_announcement_before_the_wait_is_not_lost() -> None:
    """Whoever was busy meanwhile does not wait at all."""
    changes = Changes()
    with changes.follow(LEARNER, ENROLLMENT) as followed:
        changes.announce(ENROLLMENT, 2)
        changes.announce(ENROLLMENT, 9)

        await asyncio.wait_for(followed.newer_than(1), 1)
        assert followed.version == 9


async def test_nothing_is_left_of_those_who_went() -> None:
    """Cancelled or finished, the last follower takes the enrollment along."""
    changes = Changes()

    async def follow(enrollment_id: UUID) -> None:
        with changes.follow(LEARNER, enrollment_id) as followed:
            await followed.newer_than(1)

    ids = [uuid4() for _ in range(3)]
    tasks = [asyncio.create_task(follow(id_)) for id_ in ids for _ in range(2)]
    await asyncio.sleep(0)
    assert sorted(changes.followed()) == sorted((LEARNER, id_) for id_ in ids)
    assert changes.any_followed.is_set()

    for task in tasks[1:]:
        task.cancel()
    await asyncio.wait(tasks[1:])
    assert changes.followed() == [(LEARNER, ids[0])]

    changes.announce(ids[0], 2)
    await asyncio.wait_for(tasks[0], 1)
    assert changes.followed() == []
    assert not changes.any_followed.is_set()
