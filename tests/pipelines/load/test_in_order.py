import threading
import time

import pytest

from pipelines.load.in_order import in_order


def test_results_come_in_the_order_of_the_items():
    def slow_first(item: int) -> int:
        time.sleep(0.02 if item % 3 == 0 else 0)
        return item * item

    assert list(in_order(iter(range(20)), slow_first, 2)) == [i * i for i in range(20)]


def test_no_more_items_are_taken_than_may_be_held():
    taken, done = 0, 0

    def items():
        nonlocal taken
        for item in range(50):
            taken += 1
            assert taken - done <= 4, "three begun, one handed out"
            yield item

    for _ in in_order(items(), lambda item: item, 2):
        done += 1
    assert done == 50


def test_two_are_worked_on_at_once():
    both = threading.Barrier(2, timeout=10)
    assert len(list(in_order(iter(range(4)), lambda _: both.wait(), 2))) == 4


@pytest.mark.parametrize("where", ["items", "work"])
def test_an_error_reaches_the_caller(where):
    def items():
        yield 1
        if where == "items":
            raise LookupError

    def work(item: int) -> int:
        if where == "work":
            raise LookupError
        return item

    with pytest.raises(LookupError):
        list(in_order(items(), work, 2))
