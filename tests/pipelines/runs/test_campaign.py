"""A campaign file is understood by its headers or by a mapping, and valued as it was drawn."""

import numpy as np
import polars as pl
import pytest

from pipelines.errors import BadInputError, UsageError
from pipelines.runs.campaign import value_campaign

PEOPLE = 6_000


def _campaign(seed=0, **columns):
    """People of two kinds: treatment helps those of town A; spending is known only afterwards."""
    rng = np.random.default_rng(seed)
    town = rng.choice(["A", "B"], PEOPLE)
    chance = np.where(town == "A", 0.4, 0.6)
    treated = rng.random(PEOPLE) < chance
    rate = 0.05 + 0.10 * (treated & (town == "A"))
    bought = rng.random(PEOPLE) < rate
    frame = pl.DataFrame(
        {
            "customer": np.arange(PEOPLE),
            "town": town,
            "age": rng.integers(18, 90, PEOPLE),
            "basket": np.where(bought, rng.gamma(2, 20, PEOPLE).round(2), 0.0),
            "Treatment Group": np.where(treated, "test", "control"),
            "Conversion": bought.astype(int),
            "propensity": chance,
        }
    )
    return frame.with_columns(**columns)


def _mapping(path, text):
    path.write_text(text)
    return path


def test_headers_are_understood_and_the_effect_is_found(tmp_path):
    file = tmp_path / "c.csv"
    _campaign().write_csv(file, separator=";")
    found = value_campaign(file, None)
    assert found.file.columns == {
        "treatment": "Treatment Group", "outcome": "Conversion", "propensity": "propensity",
    }  # fmt: skip
    effect = found.found.effect.doubly_robust
    assert effect.low < 0.05 < effect.high
    # The arms differ in what was spent: that was not known beforehand.
    assert "known only afterwards" in found.left_out["basket"]
    assert found.file.covariates.columns == ["customer", "town", "age"]
    rules = {(rule.name, rule.share): rule for rule in found.found.rules}
    best = rules["uplift", 0.5]
    assert best.over_lot.doubly_robust.low > 0
    # All of the effect is in town A, which is half of all: nothing is lost by leaving out B.
    assert best.over_all.doubly_robust.low < 0 < best.over_all.doubly_robust.high
    curve = found.to_json()["curves"]["uplift"]
    assert curve["qini"] > 0.005
    assert len(curve["points"]) == 10


def test_inverse_propensity_is_that_of_a_count_by_hand(tmp_path):
    frame = _campaign()
    file = tmp_path / "c.parquet"
    frame.write_parquet(file)
    found = {(rule.name, rule.share): rule for rule in value_campaign(file, None).found.rules}
    total = 0.0
    for arm, chance, hit in frame.select("Treatment Group", "propensity", "Conversion").rows():
        total += hit / chance if arm == "test" else 0.0
    assert found["everybody", 1.0].value.plain.value == pytest.approx(total / PEOPLE)


def test_a_mapping_names_arms_values_and_a_score(tmp_path):
    arms = np.random.default_rng(1).choice(["Mens", "Womens", "Nobody"], PEOPLE)
    frame = _campaign().select("town", "age", "Conversion").with_columns(segment=pl.Series(arms))
    frame = frame.with_columns(
        result=pl.when(pl.col("Conversion") == 1).then(pl.lit("Won")).otherwise(pl.lit("Lost"))
    ).drop("Conversion")
    file = tmp_path / "c.csv"
    frame.write_csv(file)
    with pytest.raises(UsageError, match="outcome"):
        value_campaign(file, None)
    mapping = _mapping(
        tmp_path / "m.toml",
        '[campaign]\ntreatment = "segment"\ntreated = "Mens"\ncontrol = "Nobody"\n'
        'outcome = "result"\npositive = "won"\npropensity = 0.5\nscore = "age"\n',
    )
    found = value_campaign(file, mapping)
    assert len(found.file.treated) == (arms != "Womens").sum()
    assert found.file.unread == (arms == "Womens").sum()
    assert found.chance_from == "0.5 for everybody, as given"
    effect = found.found.effect.normalised
    assert effect.low < 0 < effect.high
    assert found.file.covariates.columns == ["town"]


def test_the_chance_of_what_happened_is_turned_into_that_of_treatment(tmp_path):
    frame = _campaign()
    happened = pl.when(pl.col("Treatment Group") == "test").then("propensity").otherwise(
        1 - pl.col("propensity")
    )  # fmt: skip
    file, other = tmp_path / "c.csv", tmp_path / "d.csv"
    frame.write_csv(file)
    frame.with_columns(propensity=happened).write_csv(other)
    mapping = _mapping(tmp_path / "m.toml", '[campaign]\npropensity_of = "what_happened"\n')
    first, second = value_campaign(file, None), value_campaign(other, mapping)
    assert first.file.chance.tolist() == pytest.approx(second.file.chance.tolist())


def test_an_amount_is_valued_as_one(tmp_path):
    file = tmp_path / "c.csv"
    _campaign().drop("Conversion").write_csv(file)
    mapping = _mapping(tmp_path / "m.toml", '[campaign]\noutcome = "basket"\n')
    found = value_campaign(file, mapping).found
    assert found.treated.value > found.untreated.value > 1
    assert found.effect.normalised.low < 2 < found.effect.normalised.high


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[campaign]\ntreatmnt = 'x'\n", "treatmnt"),
        ("[campaign]\ntreatment = 'nothing'\n", "no column 'nothing'"),
        ("[campaign]\npropensity = 1.5\n", "campaign.propensity: a number between 0 and 1, or"),
        ("[campaign]\npropensity = 0\n", "campaign.propensity: a number between 0 and 1, or"),
        ("[campaign]\npropensity = 1e-300\n", "a number between 0 and 1, or the name of a column"),
        ("[campaign]\npropensity = true\n", "a number between 0 and 1, or the name of a column"),
        ("[campaign]\npropensity_of = 'x'\n", "propensity_of"),
        ("[campaign\n", "cannot be read as TOML"),
        ("[campaign]\noutcome = 'town'\n", "is no number"),
        ("[campaign]\ntreatment = 'town'\n", "not clear whether they mean treated"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said(tmp_path, text, words):
    file = tmp_path / "c.csv"
    _campaign().head(50).write_csv(file)
    with pytest.raises(UsageError) as error:
        value_campaign(file, _mapping(tmp_path / "m.toml", text))
    assert words in str(error.value)


@pytest.mark.parametrize("chance", [1.0, 0.0, 30.0, -0.2, 1e-300])
@pytest.mark.parametrize("of_all", [True, False])
def test_a_chance_that_is_none_is_refused_by_the_name_of_its_column(tmp_path, chance, of_all):
    file = tmp_path / "c.csv"
    frame = _campaign().head(50)
    first = pl.int_range(pl.len()) < (50 if of_all else 1)
    column = pl.when(first).then(pl.lit(chance)).otherwise("propensity")
    frame.with_columns(propensity=column).write_csv(file)
    with pytest.raises(BadInputError, match="'propensity' has") as error:
        value_campaign(file, None)
    assert "arm" not in str(error.value)


@pytest.mark.parametrize("column", ["Conversion", "age"])
def test_a_number_that_cannot_be_reckoned_with_is_refused(tmp_path, column):
    file = tmp_path / "c.csv"
    _campaign().head(50).with_columns(pl.lit(-1e308).alias(column)).write_csv(file)
    mapping = _mapping(tmp_path / "m.toml", "[campaign]\nscore = 'age'\n")
    with pytest.raises(BadInputError, match=f"'{column}' has 50"):
        value_campaign(file, mapping)


def test_people_of_one_arm_teach_nothing(tmp_path):
    file = tmp_path / "c.csv"
    _campaign().filter(pl.col("Treatment Group") == "test").write_csv(file)
    with pytest.raises(BadInputError, match="one arm"):
        value_campaign(file, None)
