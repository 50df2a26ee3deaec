"""The lock-free histogram tells the same as prometheus_client's own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram

from academe.telemetry.distribution import DURATION_BOUNDS, SIZE_BOUNDS, Distribution

values = st.floats(min_value=0, max_value=1000) | st.sampled_from(DURATION_BOUNDS + SIZE_BOUNDS)


@given(bounds=st.sampled_from([DURATION_BOUNDS, SIZE_BOUNDS]), observed=st.lists(values))
def test_it_counts_as_prometheus_does(bounds: tuple[float, ...], observed: list[float]) -> None:
    """The same bounds, the same values, the same buckets; values on a bound included."""
    registry = CollectorRegistry()
    theirs = Histogram("seconds", "For comparison.", buckets=bounds, registry=registry)
    ours = Distribution(bounds)

    for value in observed:
        theirs.observe(value)
        ours.observe(value)

    for bound, count in ours.buckets():
        assert registry.get_sample_value("seconds_bucket", {"le": bound}) == count
    assert registry.get_sample_value("seconds_sum") == ours.sum
    assert ours.count == len(observed)
