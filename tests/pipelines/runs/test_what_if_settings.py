"""Which settings a what-if may try, and what they stand for."""

import pytest

from pipelines.errors import UsageError
from pipelines.runs.what_if_settings import (
    GROUPS,
    WITHOUT_PART,
    changed_keys,
    other_settings,
    stages_between,
)
from pipelines.settings.config import Settings


def _other(tmp_path, text, own=""):
    home, over = tmp_path / "lead-triage.toml", tmp_path / "policy.toml"
    home.write_text(own)
    over.write_text(text)
    return other_settings(home, over)


def test_every_setting_has_a_cause_or_no_part_in_a_list():
    named = [name for group in GROUPS.values() for name in group] + [*WITHOUT_PART]
    assert sorted(named) == sorted(Settings.model_fields)


def test_a_file_is_laid_over_the_settings_of_the_home_key_by_key(tmp_path):
    own = "[capacity.email]\nai = 7\nhuman = 3\n[caps]\ncompany = 2\n"
    found = _other(tmp_path, "[capacity.email]\nai = 9\n", own)
    assert found.capacity["email"] == {"ai": 9, "human": 3}
    assert found.caps.company == 2


def test_lanes_that_the_file_does_not_name_stay_as_they_are_in_force(tmp_path):
    lanes = _other(tmp_path, "[capacity.email]\nai = 9\n").capacity
    assert lanes == {**Settings().capacity, "email": {"ai": 9}}


def test_settings_change_group_by_group_to_those_of_the_file(tmp_path):
    before = Settings()
    after = _other(
        tmp_path,
        "[capacity.email]\nai = 9\n[caps]\ncompany = 4\n[policy.pacing]\n"
        "recontact_interval_days = 30\n[value]\nper_conversion = 5\n",
    )
    stages = stages_between(before, after)
    assert [cause for cause, _ in stages] == ["policy", "value", "cap", "capacity"]
    assert stages[-1][1] == after
    assert stages[0][1].policy == after.policy
    assert stages[0][1].value == before.value
    assert stages_between(before, Settings()) == []
    assert changed_keys(before, after, GROUPS["policy"]) == [
        "policy.pacing.recontact_interval_days"
    ]
    assert changed_keys(before, after, GROUPS["capacity"]) == ["capacity.email.ai"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[identify]\nfuzzy = true\n", "identify cannot be tried"),
        ("[capacity.email]\nai = -1\n", "capacity.email.ai"),
        ("[no_such]\nkey = 1\n", "no_such"),
        ("capacity =\n", "TOML"),
    ],
)
def test_what_cannot_be_tried_is_refused(tmp_path, text, says):
    with pytest.raises(UsageError, match=says):
        _other(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        other_settings(tmp_path / "none.toml", tmp_path / "gone.toml")
