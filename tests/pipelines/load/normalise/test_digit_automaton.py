"""Numbering plans as tables must judge every number as their expressions do."""

import random
import re

import phonenumbers
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.load.normalise.digit_automaton import digit_automaton
from pipelines.load.normalise.phone_regions import _automaton, region

PART = st.sampled_from(["0", "7", "[1-35]", "[2-9]", "[0-9]", "(?:12|3)", "(?:4[0-5]|(?:6|78)9)"])
COUNT = st.sampled_from(["", "?", "{2}", "{1,3}", "{0,2}"])
ROW = st.lists(st.tuples(PART, COUNT).map("".join), min_size=1, max_size=4).map("".join)
EXPRESSION = st.lists(ROW, min_size=1, max_size=3).map("|".join)
PLANS = ("US", "CA", "JM", "GB", "JE", "DE", "FR", "IT", "BR", "MX", "AR", "AU", "JP", "CI", "RU")


@given(
    st.lists(EXPRESSION, min_size=1, max_size=3),
    st.lists(st.text("0123456789", max_size=8), min_size=1, max_size=40),
)
def test_a_number_matches_what_the_expression_matches(expressions, numbers):
    automaton = digit_automaton(expressions)
    assert automaton is not None
    found = automaton.run(pl.Series(numbers, dtype=pl.String)).tolist()
    expected = [
        sum(bool(re.fullmatch(rule, number)) << i for i, rule in enumerate(expressions))
        for number in numbers
    ]
    assert found == expected


@pytest.mark.parametrize(
    "strange", ["a", "1+", "1*", ".", "(?=1)2", "1{", "(1", "[1", "1)", "1{2,}"]
)
def test_what_is_more_than_digits_is_not_compiled(strange):
    assert digit_automaton([strange]) is None


def test_a_large_table_is_not_made():
    assert digit_automaton(["[01]{0,30}1" + "[01]" * 12]) is None


def near_misses(code: str, seed: int) -> list[str]:
    """Numbers of every kind of a country, and what a wrong or a lacking digit makes of them."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    kinds = phonenumbers.PhoneNumberType.values()
    examples = filter(None, (phonenumbers.example_number_for_type(code, kind) for kind in kinds))
    sound = [str(example.national_number) for example in examples]
    numbers = list(sound)
    for _ in range(200):
        digits = list(draw.choice(sound))
        digits[draw.randrange(len(digits))] = str(draw.randrange(10))
        numbers.append("".join(digits)[: draw.choice([99, 99, 99, -1])])
        numbers.append("".join(draw.choices("0123456789", k=draw.randint(1, 17))))
    return numbers


@pytest.mark.parametrize("code", PLANS)
def test_every_plan_is_read_as_its_expressions(code):
    plan = region(code)
    numbers = pl.Series("n", near_misses(code, seed=len(code)), dtype=pl.String)
    expected = numbers.to_frame().select(plan.line_type(pl.col("n")).alias("line_type"))
    assert plan.line_types(numbers).equals(expected["line_type"], null_equal=True)
    assert 0 < expected["line_type"].count() < len(numbers)


@pytest.mark.parametrize("code", ["GB", "DE", "IT", "BR", "AR", "US", "RU"])
def test_a_trunk_prefix_is_stripped_as_by_the_expression(code):
    plan = region(code)
    numbers = near_misses(code, seed=7)
    led = ["0" + number for number in numbers]
    for cells in ([*numbers, *led, *("8" + n for n in numbers)], led):
        given_ = pl.Series("n", cells)
        expected = given_.to_frame().select(plan.without_trunk(pl.col("n")).alias("n"))["n"]
        assert plan.trunk_stripped(given_).equals(expected, check_names=True)


def test_every_plan_is_compiled():
    """What `phonenumbers` ships uses nothing that is not compiled: none falls back to patterns."""
    assert [c for c in ("US", "DE", "GB", "IN", "CN", "ID", "AT") if _automaton(c) is None] == []
