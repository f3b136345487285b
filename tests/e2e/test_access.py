"""An access request shows what is held, all of it and of nobody else; `forget` reads a file."""

import gzip
import json
import re
import shutil
import stat
from html.parser import HTMLParser

import polars as pl
import pytest

from pipelines.console.access import show_dsar
from pipelines.console.forgetting import show_forget
from pipelines.errors import UsageError
from pipelines.runs.dsar import gather
from pipelines.runs.forget import run_forget
from pipelines.runs.nightly import run_nightly
from pipelines.runs.query import run_query
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, erasures
from tests.e2e.conftest import AS_OF
from tests.e2e.erased_world import fill, load, traces, write

JANE = "jane.canary@own.example"
# Of other people: nothing of it may be shown to her, her shared number apart.
OTHERS = ("rob@else", "relative", "kim@firm", "kurz", "ann1@firm1", "boss@other", "crm-rob")


@pytest.fixture
def home(tmp_path, once, monkeypatch) -> Home:
    shutil.copytree(once("erased", fill) / "home", tmp_path / "home", symlinks=True)
    monkeypatch.setenv("LEAD_TRIAGE_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


class _Words(HTMLParser):
    """The text of a page, and its tags in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags = "", []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data + " "


def test_both_files_show_all_that_is_held_and_nothing_of_others(home, tmp_path, capsys):
    show_dsar(JANE, out=tmp_path / "out", as_json=False)
    assert JANE not in capsys.readouterr().out
    held = json.loads((tmp_path / "out" / "dsar.json").read_text())
    page = _Words((tmp_path / "out" / "dsar.html").read_text())
    for name in ("dsar.json", "dsar.html"):
        assert stat.S_IMODE((tmp_path / "out" / name).stat().st_mode) == 0o600
        text = (tmp_path / "out" / name).read_text().lower()
        assert not [one for one in OTHERS if one in text]
    # every row of every table of the store that `forget` would delete
    trial = run_forget(home, [JANE], is_trial=True)
    shown = {table: len(one["rows"]) for table, one in held["tables"].items()}
    packed, told = {"stored_decision", "mentions"}, {"decision", "eligibility_reason"}
    assert {name: shown[name] for name in shown.keys() - told} == {
        name: rows for name, rows in trial.held.store.items() if name not in packed
    }
    assert told < shown.keys()
    assert held["mentioned_by_others"]
    assert {one["file"] for one in held["files"]} >= {"first.csv", "leads.csv", "broken.csv"}
    assert any("set_aside" in one for one in held["files"])
    assert {one["point"]: one["is_shared"] for one in held["contact_points"]} == {
        JANE: False,
        "old-jane@own.example": False,
        "+14155552671": False,
        "+14155552673": False,
        "+14155552672": True,
    }
    decided = [one for one in held["decisions"] if one["decision"]["verdict"] == "listed"]
    assert decided
    assert decided[0]["eligibility"]
    assert held["claims_and_attempts"]["claim"]
    for shown in ("Zaphodia", "Canaryson", "Quietquail Street 1", JANE, "listed", "first.csv"):
        assert shown in page.text
    assert not [tag for tag, _ in page.tags if tag in ("script", "iframe", "link", "img")]
    assert not re.search(r"https?://", page.text)


def test_what_a_file_says_is_text_on_the_page(home, tmp_path):
    evil = "source_id,email,first_name,company,country,created_at,do_not_call\n" + (
        "x1,x@x-mail.com,<script>alert(1)</script>,<b>&amp;</b>,US,2026-05-01,\n"
    )
    load(home, write(tmp_path, "evil.csv", evil), "leads")
    show_dsar("x@x-mail.com", out=tmp_path / "out", as_json=True)
    page = (tmp_path / "out" / "dsar.html").read_text()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_of_somebody_erased_only_the_suppression_is_left_to_show(home):
    run_forget(home, [JANE])
    held = gather(home, JANE)
    assert (held["tables"], held["files"], held["leads"]) == ({}, [], [])
    assert held["erased_before"]
    assert {row["reason"] for row in held["suppressions"]} == {"erased"}
    with pytest.raises(UsageError, match="nothing is held"):
        gather(home, "nobody@nowhere-at-all.com")


def test_a_list_of_persons_is_erased_in_one_go_or_not_at_all(home, tmp_path, capsys):
    asked = write(tmp_path, "asked.txt", f"\ufeff{JANE}\r\n\r\n  crm:crm-kim  \nKIM@firm.example\n")
    show_forget((), file=asked, everybody=False, dry_run=False, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["asked"], told["persons"], told["leads"]) == (3, 2, 3)
    assert traces(home) == []
    left = set(run_query(home, "SELECT source_id FROM lead")["source_id"])
    assert left == {"crm-rob", *(f"crm-{n}" for n in range(6))}


@pytest.mark.parametrize("line", ["nonsense", "crm:", "+1"])
def test_a_line_that_names_nobody_erases_nobody(home, tmp_path, line):
    asked = write(tmp_path, "asked.txt", f"{JANE}\n{line}\n")
    with pytest.raises(UsageError, match="value 2"):
        show_forget((), file=asked, everybody=False, dry_run=False, as_json=False)
    with Ledger(home.ledger) as ledger:
        assert erasures.pending(ledger) == []
    assert traces(home)


def test_the_users_own_files_are_named_packed_or_not(home):
    inbox = home.root / "inbox" / "leads"
    inbox.mkdir(parents=True, exist_ok=True)
    text = f"source_id,email\n1,{JANE.upper()}\n".encode()
    (inbox / "plain.csv").write_bytes(text)
    (inbox / "packed.csv.gz").write_bytes(gzip.compress(text))
    pl.DataFrame({"email": [JANE]}).write_parquet(inbox / "table.parquet")
    import pyarrow as pa

    with pa.CompressedOutputStream(str(inbox / "packed.csv.zst"), "zstd") as stream:
        stream.write(text)
    (inbox / "other.csv").write_text("source_id,email\n2,ann@firm.example\n")
    (home.root / "reports").mkdir()
    (home.root / "reports" / "numbers.txt").write_text("call (415) 555-2671 again")
    found = run_forget(home, [JANE])
    assert {path.name for path in found.own_files} == {
        "plain.csv", "packed.csv.gz", "packed.csv.zst", "table.parquet", "numbers.txt"
    }  # fmt: skip
    assert (inbox / "plain.csv").read_bytes() == text


@pytest.mark.parametrize("purpose", ["deceased", "under_age"])
def test_a_death_binds_whoever_has_the_number_after_an_erasure(home, tmp_path, purpose):
    said = f"email,channel,status,purpose,captured_at\n{JANE},email,opt_out,{purpose},2026-05-06\n"
    load(home, write(tmp_path, "no.csv", said), "consent")
    run_forget(home, [JANE])
    run_nightly(home, as_of=AS_OF)
    reasons = run_query(
        home,
        "SELECT channel FROM lead JOIN decision_reason USING (lead_key)"
        " WHERE source_id = 'crm-rob' AND reason = 'SUPPRESSED_ERASED'",
    )
    # the number was hers too: no channel that uses it is left, though she named e-mail alone
    assert {"phone", "ai_voice", "sms"} <= set(reasons["channel"])
