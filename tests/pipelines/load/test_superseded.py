"""Whether ids may repeat, told by their hashes, against the query over the whole file."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.load.batches import superseded
from pipelines.load.batches.superseded import OwnIds
from pipelines.load.meaning.kinds import kind_of

IDS = st.lists(st.integers(0, 12).map(str), max_size=4)


def seen(parts):
    ids = OwnIds(kind_of("activities"))
    for part in parts:
        ids.see("activity", pl.DataFrame({"activity_id": part}, schema={"activity_id": pl.String}))
        ids.see("consent_event", pl.DataFrame({"consent_id": ["a", "a"]}))
    return ids


@given(st.lists(IDS, max_size=4))
def test_an_id_may_repeat_where_it_does(parts):
    every = [each for part in parts for each in part]
    assert seen(parts).may_repeat() == (len(set(every)) < len(every))


@pytest.mark.parametrize(("most", "told"), [(3, False), (2, True)])
def test_where_hashes_would_be_too_many_the_query_tells(monkeypatch, most, told):
    monkeypatch.setattr(superseded, "_MOST_HASHES", most)
    ids = seen([["a", "b"], ["c"]])
    assert ids.may_repeat() is told
    assert bool(ids._hashes) is not told
