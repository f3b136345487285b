"""Other settings tried on the last night give what a night with them publishes."""

import polars as pl
import pytest

from pipelines.errors import RefusedError
from pipelines.runs.nightly import run_nightly
from pipelines.runs.summary import published_list, summarise
from pipelines.runs.what_if import run_what_if
from pipelines.store.snapshot import current_snapshot
from tests.e2e.conftest import AS_OF, SETTINGS

POLICY = "[policy.pacing]\nrecontact_interval_days = 120\n[control_group]\nshare = 0.2\n"
OTHERS = """
[value]
per_conversion = 100
cost = { phone = { human = 6 }, email = { ai = 0.5 } }
[[value.rules]]
by = "country"
is = "DE"
worth = 400
[caps]
company = 3
[capacity.email]
ai = 40
[capacity.ai_voice]
ai = 60
[[people]]
name = "Anna"
minutes = 96
[exploration]
share = 0.1
"""
_PLACE = ["source_system", "source_id", "channel", "handler", "assignee"]


def _tried(home, tmp_path, text):
    path = tmp_path / "policy.toml"
    path.write_text(text)
    return run_what_if(home, path)


def _places(rows, **names):
    return {tuple(row[names.get(n, n)] for n in _PLACE) for row in rows.to_dicts()}


def _after(found):
    names = {name: f"{name}_after" for name in ("channel", "handler", "assignee")}
    return _places(found.changes.filter(pl.col("channel_after").is_not_null()), **names)


def _before(found):
    names = {name: f"{name}_before" for name in ("channel", "handler", "assignee")}
    return _places(found.changes.filter(pl.col("channel_before").is_not_null()), **names)


def _state(home):
    """Every file of the home with its size, but for the files that a reader of SQLite touches."""
    return {
        path.relative_to(home.root): path.stat().st_size
        for path in home.root.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_the_same_settings_change_nothing(night, tmp_path):
    before = _state(night)
    found = _tried(night, tmp_path, "[capacity.email]\nai = 120\n")
    assert found.settings == {}
    assert found.changes["change"].unique().to_list() == ["stayed"]
    assert found.before.equals(found.after)
    assert _after(found) == _places(published_list(night, summarise(night).run_id))
    assert _state(night) == before


@pytest.mark.parametrize("text", [OTHERS, POLICY + OTHERS])
def test_it_is_what_a_night_with_these_settings_publishes(night, tmp_path, text):
    last = published_list(night, summarise(night).run_id)
    found = _tried(night, tmp_path, text)
    assert _before(found) == _places(last)
    # SETTINGS and the text name the same tables, which one file may not: the text's are later.
    kept = SETTINGS.split("[capacity.email]")[0] + "[capacity.phone]\nhuman = 10\n"
    kept += "" if "capacity.email" in text else "[capacity.email]\nai = 120\n"
    night.settings_file.write_text(kept + text)
    run_nightly(night, as_of=AS_OF)
    listed = published_list(night, summarise(night).run_id)
    assert _after(found) == _places(listed)
    changed = found.changes.filter(pl.col("change") != "stayed")
    assert changed.height > 10
    assert changed["cause"].null_count() == 0
    after = {(r["handler"], r["channel"]): r for r in found.after.to_dicts()}
    for (handler, channel), part in listed.group_by("handler", "channel"):
        lane = after[handler, channel]
        assert lane["contacts"] == part.height
        assert lane["expected_conversions"] == pytest.approx(part["probability"].sum())
        assert lane["expected_value"] == pytest.approx(part["expected_value"].sum())
        if handler == "human":
            assert lane["minutes"] == 12 * part.height


def test_a_cause_is_the_group_of_settings_that_did_it(night, tmp_path):
    def causes(text):
        found = _tried(night, tmp_path, text).changes
        return {*found["cause"].drop_nulls()}, found

    assert causes("[capacity.email]\nai = 90\n")[0] == {"capacity"}
    held, found = causes("[control_group]\nshare = 0.3\n[capacity.phone]\nhuman = 4\n")
    assert held == {"policy", "capacity"}
    left = found.filter(change="left", cause="policy")
    # Others lose their place to whom these made room for.
    assert {*left["detail"]} <= {"CONTROL_GROUP", "below_capacity"}
    assert left["detail"].value_counts().sort("count")["detail"][-1] == "CONTROL_GROUP"
    assert {*found.filter(change="entered", cause="policy")["verdict_before"]} == {"below_capacity"}
    assert causes("[caps]\ncompany = 5\n")[0] <= {"cap"}


def test_without_the_file_of_the_night_it_is_refused(night, tmp_path):
    current_snapshot(night).rename(night.snapshots / "leads-other-0.duckdb")
    night.current.unlink()
    night.current.symlink_to("snapshots/leads-other-0.duckdb")
    with pytest.raises(RefusedError, match="not kept"):
        _tried(night, tmp_path, "[caps]\ncompany = 5\n")
