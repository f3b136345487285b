"""The routing rules in force, explained."""

from pathlib import Path

import pytest

from pipelines.errors import UsageError
from pipelines.runs.routing import explain_routing
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.settings.routing import default_routing


def _home(folder: Path, text: str = "") -> Home:
    home = Home.locate(folder).ensure()
    home.settings_file.write_text(text, encoding="utf-8")
    return home


def test_every_rule_is_explained(tmp_path):
    found = explain_routing(_home(tmp_path))
    assert [rule["name"] for rule in found["rules"]] == list(default_routing().rules)
    assert {rule["origin"] for rule in found["rules"]} == {"shipped"}
    assert all(rule["when"] and rule["reason"] for rule in found["rules"])
    assert found["precedence"] == ["none", "human", "ai"]


def test_what_a_home_has_changed_is_named(tmp_path):
    text = (
        "[routing]\nhuman_share = 0.06\nai_languages = ['nl']\n[routing.rules.vip]\nis_on = false\n"
        "[routing.rules.ours]\nmust = 'none'\nreason = 'a partner'\n"
        "when = [{ fact = 'column', names = ['partner'], is = ['gold'] }]\n"
    )
    found = explain_routing(_home(tmp_path, text))
    rules = {rule["name"]: rule for rule in found["rules"]}
    changed = {name for name, rule in rules.items() if rule["origin"] == "home"}
    assert changed == {"vip", "ours"}
    assert rules["ours"]["when"] == ["column partner says gold"]
    assert rules["language"]["when"] == ["the language is known and none of nl"]
    assert found["general"]["human_share"] == 0.06


@pytest.mark.parametrize(
    "text",
    ["[routing]\nhuman_share = 6\n", "[routing.rules.ours]\nmust = 'human'\nreason = 'r'\n"],
)
def test_what_cannot_be_meant_is_refused(tmp_path, text):
    with pytest.raises(UsageError, match="routing"):
        Settings.load(_home(tmp_path, text).settings_file)
