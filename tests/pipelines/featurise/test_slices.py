import polars as pl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.featurise.slices import key_slices

NEAR = st.integers(2**62, 2**62 + 50)
KEYS = st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 30) | NEAR, max_size=60)


@given(KEYS, st.integers(1, 10))
@example([2**62 + i for i in range(40)] + [-(2**63)], 3)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_slices_cover_every_key_once_within_bounds(db, keys, rows):
    frame = pl.DataFrame({"lead_key": keys}, schema={"lead_key": pl.Int64})
    db.register("feature_target", frame)
    try:
        slices = key_slices(db, rows)
    finally:
        db.unregister("feature_target")
    ends = [end for ends in slices for end in ends]
    assert ends == sorted(ends)
    assert all(low <= high for low, high in slices)
    assert len({low for low, _ in slices}) == len(slices)
    held = [sum(low <= key <= high for key in keys) for low, high in slices]
    assert sum(held) == len(keys)
    assert all(count for count in held)
    for (low, high), count in zip(slices, held, strict=True):
        assert count <= rows or len({key for key in keys if low <= key <= high}) == 1


def test_slices_are_nearly_full(db):
    db.register("feature_target", pl.DataFrame({"lead_key": range(0, 700_000, 7)}))
    slices = key_slices(db, 10_000)
    db.unregister("feature_target")
    assert len(slices) <= 11
