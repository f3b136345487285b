"""What is compared of two leads, level by level, and which leads are compared at all.

Weights are learnt; only the levels are declared here. A value that is missing says nothing.
"""

from collections.abc import Collection
from math import log2
from typing import Any, Final

Level = dict[str, Any]

# Leads that agree in all columns of a block are compared. Keys that few share come first: they are
# what a pair with many mistakes still agrees in.
_OF_ANYBODY: Final = (
    ("email",),
    ("email_user",),
    ("phone",),
    ("street",),
    ("person_number",),
    ("street", "postal_code"),
)
_OF_PERSONS: Final = (
    ("last_name",),
    ("birth_date",),
    ("first_name", "last_name"),
    ("first_start", "last_start"),
    ("first_name", "city_start"),
    ("last_start", "city_start"),
    ("first_start", "postal_code"),
    ("last_start", "postal_code"),
    ("company", "last_start"),
    ("company", "first_start"),
    ("birth_date", "first_start"),
    ("birth_date", "last_start"),
    ("birth_date", "postal_code"),
    ("birth_date", "city"),
)
_OF_COMPANIES: Final = (
    ("company",),
    ("company", "street"),
    ("company", "postal_code"),
    ("company", "city"),
)
# Pairs that agree in these nearly always are one: how common pairs are is estimated from them.
_ALIKE_PERSONS: Final = (
    ("first_name", "last_name", "birth_date"),
    ("first_name", "last_name", "postal_code"),
    ("person_number", "last_name"),
    ("first_name", "last_name", "email"),
    ("first_name", "last_name", "company"),
    ("first_name", "last_name", "city"),
)
_ALIKE_COMPANIES: Final = (("company", "postal_code"), ("company", "street"), ("company", "phone"))
# Weights are learnt within the pairs of these, so that every column is left free by some.
_WITHIN_PERSONS: Final = (
    ("first_name", "last_name"),
    ("last_name", "postal_code"),
    ("street", "postal_code"),
    ("birth_date", "last_name"),
    ("birth_date", "first_name"),
    ("last_name", "city"),
    ("company", "first_name"),
    ("phone", "first_name"),
)
_WITHIN_COMPANIES: Final = (
    ("company", "postal_code"),
    ("company", "street"),
    ("phone",),
)
_DERIVED: Final = {
    "first_start": "first_name",
    "last_start": "last_name",
    "city_start": "city",
    "email_user": "email",
}
# Least share of the pairs that are one, and of random pairs, that a level is taken to have.
_RARE: Final = 1e-3
_RAREST: Final = 1e-6
# The columns by which a model is judged, and what they must weigh at least and at most.
_TELLING: Final = ("first_name", "last_name", "company")
_LEAST_EXACT: Final = 2.0
_MOST_OTHER: Final = -1.0
_Blocks = list[tuple[str, ...]]


def blocks(columns: Collection[str]) -> _Blocks:
    """Return the blocks that these columns allow; without last names a lead is a company."""
    kind = _OF_PERSONS if "last_name" in columns else _OF_COMPANIES
    return [
        block
        for block in (*_OF_ANYBODY, *kind)
        if {_DERIVED.get(column, column) for column in block} <= set(columns)
    ]


def alike(columns: Collection[str]) -> list[str]:
    """Return the conditions of pairs that nearly always are one."""
    kind = _ALIKE_PERSONS if "last_name" in columns else _ALIKE_COMPANIES
    return [condition(one) for one in kind if set(one) <= set(columns)][:3]


def learnt_within(columns: Collection[str]) -> list[str]:
    """Return the conditions within whose pairs weights are learnt."""
    kind = _WITHIN_PERSONS if "last_name" in columns else _WITHIN_COMPANIES
    return [condition(one) for one in kind if set(one) <= set(columns)]


def block_rule(key: str, *, only_changed: bool) -> str:
    """Return the condition that two leads are compared: they agree in `key`, and one has changed.

    Nothing costly belongs here: of every pair all rules are asked that come before its own.
    """
    return f"l.{key} = r.{key}" + (" AND (l.is_changed OR r.is_changed)" if only_changed else "")


def settings(columns: Collection[str], *, is_known: bool) -> Level:
    """Return an untrained model that compares `columns`, in Splink's own words.

    Parameters
    ----------
    is_known : bool
        Weights will be counted in known persons. An address is then much like another because the
        name in it is, and that says nothing more than the name.
    """
    made = {
        "first_name": _text("first_name", 0.92, 0.8),
        "last_name": _text("last_name", 0.92, 0.8),
        "company": _text("company", 0.9, 0.75),
        "street": _text("street", 0.9, 0.75),
        "city": _text("city", 0.9),
        "postal_code": _code("postal_code", 1, is_weighed=True),
        "birth_date": _code("birth_date", 1, 2),
        "person_number": _code("person_number", 1, 2),
        "phone": _code("phone", 1),
        "email": _comparison(
            "email",
            _level("email_l = email_r"),
            _level("split_part(email_l, '@', 1) = split_part(email_r, '@', 1)"),
            _level("damerau_levenshtein(email_l, email_r) <= 2"),
            *([] if is_known else [_level("jaro_winkler_similarity(email_l, email_r) >= 0.88")]),
        ),
    }
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "lead_key",
        "comparisons": [comparison for name, comparison in made.items() if name in columns],
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "sql_dialect": "duckdb",
    }


def condition(columns: Collection[str]) -> str:
    """Return the condition that two leads agree in all of `columns`."""
    return " AND ".join(f"l.{column} = r.{column}" for column in columns)


def completed(model: Level) -> Level:
    """Return a learnt model in which no level is without weight, and none is a veto.

    What never happened in the pairs that were looked at is rare, not impossible.
    """
    comparisons = []
    for comparison in model["comparisons"]:
        levels = [
            level if level.get("is_null_level") else {**level, **_probabilities(level)}
            for level in comparison["comparison_levels"]
        ]
        comparisons.append({**comparison, "comparison_levels": levels})
    return {**model, "comparisons": comparisons}


def _probabilities(level: Level) -> dict[str, float]:
    m, u = level.get("m_probability"), level.get("u_probability")
    if m is None and u is None:
        return {"m_probability": _RARE, "u_probability": _RARE}
    return {"m_probability": max(m or 0.0, _RARE), "u_probability": max(u or 0.0, _RAREST)}


def is_sound(model: Level) -> bool:
    """Tell whether a learnt model can mean persons: agreeing names speak for one, others against.

    Where there are no duplicates to learn from, what is learnt is something else, such as who
    works in one company.
    """
    compared = {c["output_column_name"]: c for c in model["comparisons"]}
    names = [compared[name] for name in _TELLING if name in compared]
    for comparison in names[:2]:
        levels = [one for one in comparison["comparison_levels"] if not one.get("is_null_level")]
        exact, other = _weight(levels[0]), _weight(levels[-1])
        if exact is None or other is None or exact < _LEAST_EXACT or other > _MOST_OTHER:
            return False
    return bool(names)


def _weight(level: Level) -> float | None:
    m, u = level.get("m_probability"), level.get("u_probability")
    return log2(m / u) if m and u else None


def _text(column: str, *similar: float) -> Level:
    return _comparison(
        column,
        _exact(column, is_weighed=True),
        *(_level(f"jaro_winkler_similarity({column}_l, {column}_r) >= {bar}") for bar in similar),
    )


def _code(column: str, *mistakes: int, is_weighed: bool = False) -> Level:
    return _comparison(
        column,
        _exact(column, is_weighed=is_weighed),
        *(_level(f"damerau_levenshtein({column}_l, {column}_r) <= {bar}") for bar in mistakes),
    )


def _comparison(column: str, *levels: Level) -> Level:
    null = {**_level(f"{column}_l IS NULL OR {column}_r IS NULL"), "is_null_level": True}
    return {"output_column_name": column, "comparison_levels": [null, *levels, _level("ELSE")]}


def _exact(column: str, *, is_weighed: bool) -> Level:
    # A rare name says more than a common one.
    rare = {"tf_adjustment_column": column, "tf_adjustment_weight": 1.0} if is_weighed else {}
    return {**_level(f"{column}_l = {column}_r"), **rare}


def _level(text: str) -> Level:
    return {"sql_condition": text, "label_for_charts": text}
