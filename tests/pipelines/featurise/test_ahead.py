"""One batch ahead: the same batches in the same order, and nothing left running."""

import threading
from collections.abc import Generator
from contextlib import closing

import pytest
from polars.testing import assert_frame_equal

from pipelines.featurise import feature_batches, read_ahead
from tests.pipelines.featurise.worlds import KEYS, START, fill, put_targets


def numbers(count: int, closed: list[str], fail_at: int | None = None) -> Generator[int]:
    try:
        for number in range(count):
            if number == fail_at:
                raise ValueError("no more")
            yield number
    finally:
        closed.append(threading.current_thread().name)


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_the_order_is_kept(count: int) -> None:
    closed: list[str] = []
    assert list(read_ahead(numbers(count, closed))) == [*range(count)]
    assert len(closed) == 1


def test_the_next_batch_is_made_while_one_is_used() -> None:
    reached = threading.Event()

    def batches() -> Generator[int]:
        yield 1
        reached.set()
        yield 2

    with closing(read_ahead(batches())) as ahead:
        assert next(ahead) == 1
        assert reached.wait(timeout=30)


def test_a_failure_comes_in_its_place() -> None:
    closed: list[str] = []
    ahead = read_ahead(numbers(5, closed, fail_at=2))
    assert [next(ahead), next(ahead)] == [0, 1]
    with pytest.raises(ValueError, match="no more"):
        next(ahead)
    assert len(closed) == 1


@pytest.mark.parametrize("stop", [KeyboardInterrupt, GeneratorExit])
def test_what_is_read_ahead_is_interrupted_when_nobody_waits_for_it(stop) -> None:
    begun, stopped, calls = threading.Event(), threading.Event(), []

    def batches() -> Generator[int]:
        yield 1
        begun.set()
        assert stopped.wait(timeout=30)
        raise KeyboardInterrupt

    def interrupt() -> None:
        # the first one may be lost between two statements
        calls.append(1)
        if len(calls) > 1:
            stopped.set()

    ahead = read_ahead(batches(), interrupt)
    assert next(ahead) == 1
    assert begun.wait(timeout=30)
    with pytest.raises(stop):
        ahead.throw(stop)
    assert stopped.is_set()
    assert len(calls) == 2


def test_a_query_read_ahead_is_interrupted(db) -> None:
    endless = "SELECT count(*) FROM range(4000000000) AS a, range(4000000000) AS b"
    begun = threading.Event()

    def batches() -> Generator[int]:
        yield 1
        begun.set()
        yield db.scalar(endless)

    ahead = read_ahead(batches(), db.interrupt)
    assert next(ahead) == 1
    assert begun.wait(timeout=30)
    ahead.close()
    assert db.scalar("SELECT 1") == 1


def test_nothing_is_interrupted_at_a_common_end() -> None:
    calls: list[int] = []
    assert list(read_ahead(numbers(3, []), lambda: calls.append(1))) == [0, 1, 2]
    with pytest.raises(ValueError, match="no more"):
        list(read_ahead(numbers(3, [], fail_at=1), lambda: calls.append(1)))
    assert not calls


@pytest.mark.parametrize("taken", [0, 1, 2])
def test_closing_early_ends_the_thread_and_closes_the_source(taken: int) -> None:
    closed: list[str] = []
    ahead = read_ahead(numbers(100, closed))
    for _ in range(taken):
        next(ahead)
    ahead.close()
    assert closed or taken == 0
    assert not [t for t in threading.enumerate() if t.name.startswith("ahead")]


def test_feature_batches_are_the_same_read_ahead(db) -> None:
    leads = {key: {"created_at": START, "email_domain": "acme.com"} for key in KEYS}
    fill(
        db,
        {
            "lead": {key: {**lead, "person_key": None} for key, lead in leads.items()},
            "activity": [{"lead_key": 3, "at": START, "channel": "call", "direction": "in"}],
        },
    )
    put_targets(db, [(key, START.replace(year=2025)) for key in KEYS])

    direct = list(feature_batches(db, target="wanted", rows=1))
    assert len(direct) == len(KEYS)
    for one, other in zip(
        direct, read_ahead(feature_batches(db, target="wanted", rows=1)), strict=True
    ):
        assert_frame_equal(one, other)
    db.run("CREATE TABLE free_again AS SELECT 1 AS one")
