"""The policy in force, explained; and what a home writes into it, refused where it cannot be."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.errors import UsageError
from pipelines.runs import policy as explained
from pipelines.runs.policy import BASIS_IN_WORDS, explain_policy
from pipelines.settings.clock import now
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.settings.policy import Basis, load_policy
from pipelines.store.ledger import Ledger, disclosures
from pipelines.store.registers import Registers


def home_with(folder: Path, text: str = "") -> Home:
    home = Home.locate(folder).ensure()
    home.settings_file.write_text(text, encoding="utf-8")
    return home


def test_every_row_is_explained(tmp_path: Path) -> None:
    found = explain_policy(home_with(tmp_path))
    assert len(found["rows"]) == len(list(load_policy().rows()))
    assert {row["origin"] for row in found["rows"]} == {"shipped"}
    assert set(BASIS_IN_WORDS) == set(Basis)
    called = {"phone", "ai_voice", "sms"}
    assert all(bool(row["windows"]) == (row["channel"] in called) for row in found["rows"])


def test_one_row(tmp_path: Path) -> None:
    home = home_with(
        tmp_path, '[policy.NL.phone.consumer]\nversion = "ours"\nis_contested = true\n'
    )
    found = explain_policy(home, country="nl", channel="phone", party="consumer")
    (row,) = found["rows"]
    assert row["rule"] == "Telecommunicatiewet 11.7: consent"
    assert (row["origin"], row["overridden"]) == ("home", ["is_contested", "version"])
    assert (row["consent_max_age_months"], row["consent_age_from"]) == (24, "channel")
    assert row["windows"] == ["house"]
    assert row["retention_months"] == 36


def test_windows_of_a_state(tmp_path: Path) -> None:
    asked = {"country": "US", "channel": "ai_voice", "party": "consumer"}
    (any_state,) = explain_policy(home_with(tmp_path), **asked)["rows"]
    (new_york,) = explain_policy(home_with(tmp_path), **asked, state="NY")["rows"]
    (maine,) = explain_policy(home_with(tmp_path), **asked, state="US-ME")["rows"]
    assert new_york["windows"] == ["house", "us_federal"]
    assert maine["windows"] == ["house", "us_federal", "us_maine_automated"]
    assert set(maine["windows"]) < set(any_state["windows"])


def test_registers_and_how_fresh_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"country": "GB", "channel": "phone", "party": "organisation"}

    def states(loaded: dict[str, datetime | None], incomplete: str = "") -> list[str]:
        found = Registers(loaded, frozenset({incomplete}))
        monkeypatch.setattr(explained, "_registers", lambda *_: found)
        (row,) = explain_policy(home_with(tmp_path), **asked)["rows"]
        return [register["state"] for register in row["registries"]]

    assert states({}) == ["not loaded: blocks"] * 2
    fresh, stale = now() - timedelta(days=27), now() - timedelta(days=29)
    assert states({"uk_tps": fresh, "uk_ctps": stale}) == ["fresh", "stale: blocks"]
    assert states({"uk_tps": None, "uk_ctps": fresh}) == ["of unknown age: blocks", "fresh"]
    cut_off = states({"uk_tps": fresh, "uk_ctps": fresh}, "uk_tps")
    assert cut_off == ["last copy not whole: blocks", "fresh"]
    (mail,) = explain_policy(home_with(tmp_path), **asked | {"channel": "mail"})["rows"]
    assert [r["state"] for r in mail["registries"]] == ["not loaded, not required"]


def test_a_country_without_a_row(tmp_path: Path) -> None:
    found = explain_policy(home_with(tmp_path), country="FR", channel="phone")
    assert found["rows"] == []
    assert "nobody is contacted there until one exists" in found["note"]


@pytest.mark.parametrize(
    "asked",
    [
        {"country": "Netherlands"},
        {"state": "CA"},
        {"country": "US", "state": "CA-ON"},
        {"country": "US", "state": "California"},
    ],
)
def test_what_cannot_be_a_place(tmp_path: Path, asked: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="expected"):
        explain_policy(home_with(tmp_path), **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[policy.windows.house]\nopne = []", "policy.windows.house.opne"),
        ('[policy.windows.house]\nopen = ["mon-fri 18:00-09:00"]', "ends before it begins"),
        ('[policy.windows.house]\nopen = ["fri-mon 09:00-18:00"]', "ends before it begins"),
        ('[policy.windows.house]\nopen = ["mon-fri 09:00-18:00-19:00"]', "names no hours"),
        ('[policy.windows.house]\nopen = ["foo 09:00-18:00"]', "foo is no day"),
        ('[policy.windows.house]\nopen = ["mon 09:00-24:01"]', "24:01 is no time of day"),
        ('[policy.windows.house]\nopen = ["mon 09:60-12:00"]', "09:60 is no time of day"),
        ('[policy.windows.house]\nchannels = ["phone"]', "no window holds for ai_voice everywhere"),
        ('[policy.windows.house]\nplaces = ["US"]', "no window holds for ai_voice everywhere"),
        ('[policy.windows.house]\nplaces = ["GB-SCT"]', "expected UK-SCT"),
        ('[policy.windows.ours]\nopen = ["mon 09:00-12:00"]', "policy.windows.ours.rule"),
        ('[policy.zones]\nUS-TX = ["America/Dallas"]', "America/Dallas is no IANA time zone"),
        ('[policy.zones]\nUS-TX = ["../passwd"]', "is no IANA time zone"),
        ("[policy.zones]\nUS-TX = []", "policy.zones.US-TX"),
        ('[policy.zones]\nTexas = ["America/Chicago"]', "policy.zones.Texas"),
        ('[sender]\nname = " "', "expected some words on one line"),
        ('[sender]\nname = "a\\nb"', "expected some words on one line"),
        ('[sender]\nnmae = "a"', "sender.nmae"),
        ('[sender]\nprivacy_url = "acme"', "sender.privacy_url"),
        ('[disclosures.texts.de.voice]\ntext = "Hallo {name}"', "does not say {contact}"),
        ('[disclosures.texts.de.voice]\ntext = "{name.x}"', "{name.x} is not known"),
        ('[disclosures.texts.de.voice]\ntext = "{name!r}"', "is not known"),
        ('[disclosures.texts.de.voice]\ntext = "{name"', "a brace that names nothing"),
        ('[disclosures.texts.german.voice]\ntext = "{name"', "disclosures.texts.german"),
        ('[disclosures.fallback]\nUS = ["english"]', "disclosures.fallback.US"),
    ],
)
def test_a_home_that_cannot_be_meant(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    message: str,
) -> None:
    monkeypatch.setenv("LEAD_TRIAGE_HOME", str(home_with(tmp_path, text).root))
    assert main(["config", "policy"]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert "Value error" not in said


def test_a_home_may_tighten_and_add_windows(tmp_path: Path) -> None:
    text = '[policy.windows.house]\nopen = ["tue 10:00-12:00", "tue 11:00-13:00"]\n'
    text += '[policy.windows.ours]\nrule = "ours"\nversion = "1"\nopen = ["mon-sat 08:00-12:30"]\n'
    policy = Settings.load(home_with(tmp_path, text).settings_file).policy
    assert policy.windows["house"].week() == ((), ((600, 780),), (), (), (), (), ())
    assert policy.windows["ours"].week()[5] == ((480, 750),)


SENDER = """[sender]
name = "Acme Example BV"
contact = "+31 20 794 0000"
privacy_url = "https://acme.example/privacy"
source = "a trade fair list"
"""


def test_a_text_that_was_told_can_be_read_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = home_with(tmp_path, SENDER)
    monkeypatch.setenv("LEAD_TRIAGE_HOME", str(home.root))
    settings = Settings.load(home.settings_file)
    told = list(settings.disclosures.told(settings.sender))
    assert len(told) == 8  # e-mails and letters wait for an address
    with Ledger(home.ledger) as ledger:
        assert disclosures.remember(ledger, told, now()) == 8
        assert disclosures.remember(ledger, told, now()) == 0
    home.settings_file.write_text(SENDER.replace("0000", "0001"), encoding="utf-8")
    assert main(["config", "disclosures", told[0].disclosure_id, "--json"]) == 0
    (text,) = json.loads(capsys.readouterr().out)["texts"]
    assert text["text"] == told[0].text
    assert not text["is_in_force"]
    assert main(["config", "disclosures"]) == 0
    said = capsys.readouterr().out
    assert "No AI row by email: [sender] lacks postal_address in lead-triage.toml." in said
    assert main(["config", "disclosures", "no-such-text"]) == 2


@pytest.mark.parametrize(
    "arguments",
    [[], ["--country", "NL"], ["--country", "US", "--channel", "phone"], ["--country", "ZZ"]],
)
def test_it_reads_as_text(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    monkeypatch.setenv("LEAD_TRIAGE_HOME", str(home_with(tmp_path).root))
    assert main(["config", "policy", *arguments]) == 0
    said = capsys.readouterr().out
    assert ("us_kentucky in US-KY" in said) == (arguments[-1:] == ["phone"])
    assert ("until one exists" in said) == (arguments[-1:] == ["ZZ"])
