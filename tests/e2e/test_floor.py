"""Nobody who said no, by whatever way it reached us, is listed or handed out."""

import shutil

import polars as pl
import pytest

from pipelines.errors import BadInputError, RefusedError
from pipelines.load import land
from pipelines.runs.landing import resolve_mapping
from pipelines.runs.load import LoadRequest, run_load
from pipelines.runs.nightly import run_nightly
from pipelines.runs.outreach import run_claim, run_suppress
from pipelines.runs.summary import published_list, summarise
from pipelines.settings.clock import now
from pipelines.settings.home import Home
from tests.e2e.conftest import AS_OF, NO_CONTROL, SENDER

PEOPLE = 12
SETTINGS = f'{SENDER}{NO_CONTROL}[feeds]\ncustomers = "none"\n'


def _leads(folder, rows, name="leads.csv"):
    frame = pl.DataFrame(
        rows,
        schema=["source_id", "email", "first_name", "last_name", "country", "created_at"],
        orient="row",
    )
    frame.write_csv(folder / name)
    return folder / name


def _row(number, email=None, created="2026-05-01"):
    return (
        f"l{number}",
        email or f"ann{number}@firm{number}.example",
        "Ann",
        f"Lee{number}",
        "US",
        created,
    )


def _load(home, path, kind="leads"):
    return run_load(home, [LoadRequest([path], kind, resolve_mapping("auto"), "crm")])


def fill(folder):
    made = Home(folder / "home").ensure()
    made.settings_file.write_text(SETTINGS)
    _load(made, _leads(folder, [_row(n) for n in range(PEOPLE)]))
    run_nightly(made, as_of=AS_OF)
    assert _listed(made) == {f"l{n}" for n in range(PEOPLE)}


@pytest.fixture
def home(tmp_path, once):
    """A home of its own that has listed everybody."""
    shutil.copytree(once("floor", fill) / "home", tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def _listed(home):
    return set(published_list(home, summarise(home).run_id)["source_id"])


def _claimed(home):
    return run_claim(home, channel="email", handler="ai", count=100).rows


NO = {
    "consent": ("consent", "lead_source_id,channel,status\nl3,email,opt_out\n"),
    "consent by address": ("consent", "email,channel,status\nANN3@firm3.example,email,opt_out\n"),
    "unknown channel": (
        "consent",
        "email,channel,status\nann3@firm3.example,Newsletter,Opted Out\n",
    ),
    "objection": ("consent", "lead_source_id,channel,status\nl3,sms,objected_profiling\n"),
    "suppression": ("suppressions", "email,channel\nann3@firm3.example,newsletter\n"),
    "suppressed domain": ("suppressions", "domain\nfirm3.example\n"),
    "outcome": ("outcomes", "lead_source_id,milestone,occurred_at\nl3,won,2026-08-01\n"),
    "customer": ("customers", "email,status\nann3@firm3.example,customer\n"),
    "attempt": (
        "attempts",
        "lead_source_id,channel,handler,at,disposition\nl3,email,ai,2026-08-01,opted_out\n",
    ),
    "activity": (
        "activities",
        "lead_source_id,channel,direction,at,disposition\nl3,email,in,2026-08-01,unsubscribed\n",
    ),
}


@pytest.mark.parametrize("way", NO)
def test_a_no_is_honoured_at_the_next_claim_and_on_every_list(home, tmp_path, way):
    kind, text = NO[way]
    (tmp_path / "no.csv").write_text(text)
    _load(home, tmp_path / "no.csv", kind)
    assert set(_claimed(home)["source_id"]) == {f"l{n}" for n in range(PEOPLE)} - {"l3"}
    run_nightly(home, as_of=AS_OF)
    assert "l3" not in _listed(home)


SPELLINGS = {
    "narrow spaces": "+1\u202f212\u202f555\u202f01{:02d}",
    "thin spaces": "+1\u2009212\u2009555\u200901{:02d}",
    "plain": "+1 212 555 01{:02d}",
    "line breaks": "+1 212\r\n555\t01{:02d}",
    "invisible marks": "\u202a+1\u200b212555\ufeff01{:02d}\u202c",
    "full width": "\uff0b\uff11 \uff08212\uff09 555\u201101{:02d}",
    "Arabic digits": "+\u0661 \u0662\u0661\u0662 555 01{:02d}",
}


# (of the lead, of the no)
NUMBERS = [(text, SPELLINGS["plain"]) for text in SPELLINGS.values()]
NUMBERS += [(no, lead) for lead, no in NUMBERS]
ADDRESSES = [
    ("\u200bann{}@firm{}.example\u202f", "ann{}@firm{}.example"),
    ("an\u200cn{}@firm{}.example", "ann{}@firm{}.example"),
    ("\uff41nn{}\uff20firm{}.example", "ann{}@firm{}.example"),
    ("ann{}@firm{}.example", "\uff41nn{}\uff20firm{}.\u200cexample\u2009"),
]


def _suppressed(folder, leads, points, way):
    """Load leads into a new home, suppress the points in one of two ways, run a night."""
    made = Home(folder / "home").ensure()
    made.settings_file.write_text(SETTINGS)
    leads.write_csv(folder / "leads.csv")
    _load(made, folder / "leads.csv")
    if way == "typed":
        run_suppress(made, points.to_series().to_list(), channel=None, reason="stop")
    else:
        points.with_columns(country=pl.lit("US")).write_csv(folder / "no.csv")
        _load(made, folder / "no.csv", "suppressions")
    run_nightly(made, as_of=AS_OF)
    return made


@pytest.mark.parametrize("way", ["file", "typed"])
def test_a_number_is_suppressed_however_it_is_written(tmp_path, way):
    leads = pl.read_csv(_leads(tmp_path, [_row(n) for n in range(len(NUMBERS) + PEOPLE)]))
    written = [lead for lead, _ in NUMBERS] + [SPELLINGS["plain"]] * PEOPLE
    leads = leads.with_columns(phone=pl.Series([t.format(n) for n, t in enumerate(written)]))
    points = pl.DataFrame({"phone": [no.format(n) for n, (_, no) in enumerate(NUMBERS)]})
    made = _suppressed(tmp_path, leads, points, way)
    others = {f"l{n + len(NUMBERS)}" for n in range(PEOPLE)}
    assert _listed(made) == others
    assert set(_claimed(made)["source_id"]) == others


@pytest.mark.parametrize("way", ["file", "typed"])
def test_an_address_is_suppressed_however_it_is_written(tmp_path, way):
    written = [lead.format(n, n) for n, (lead, _) in enumerate(ADDRESSES)] + [None] * PEOPLE
    leads = pl.read_csv(_leads(tmp_path, [_row(n, text) for n, text in enumerate(written)]))
    # With a number, an address that nobody can read would not be a reason to leave them out.
    leads = leads.with_columns(
        phone=pl.Series([SPELLINGS["plain"].format(n) for n in range(leads.height)])
    )
    points = pl.DataFrame({"email": [no.format(n, n) for n, (_, no) in enumerate(ADDRESSES)]})
    made = _suppressed(tmp_path, leads, points, way)
    assert _listed(made) == {f"l{n + len(ADDRESSES)}" for n in range(PEOPLE)}


def test_a_no_survives_a_new_address(home, tmp_path):
    run_suppress(home, ["ann3@firm3.example"], channel=None, reason="stop")
    run_nightly(home, as_of=AS_OF)
    _load(home, _leads(tmp_path, [_row(3, "ann3.new@firm3.example")], "again.csv"))
    run_nightly(home, as_of=AS_OF)
    assert "l3" not in _listed(home)
    assert "l3" not in set(_claimed(home)["source_id"])


def test_a_suppression_that_landed_before_a_crash_is_in_force(home, tmp_path):
    (tmp_path / "no.csv").write_text("email\nann3@firm3.example\n")
    land(tmp_path / "no.csv", kind="suppressions", mapping=None, batches_dir=home.batches, at=now())
    run_nightly(home, as_of=AS_OF)
    assert "l3" not in _listed(home)


def test_a_no_that_is_landed_and_not_merged_holds_every_claim_back(home, tmp_path):
    (tmp_path / "no.csv").write_text(NO["consent"][1])
    land(tmp_path / "no.csv", kind="consent", mapping=None, batches_dir=home.batches, at=now())
    with pytest.raises(RefusedError, match="may say no"):
        _claimed(home)
    run_nightly(home, as_of=AS_OF)
    assert "l3" not in set(_claimed(home)["source_id"])


def test_one_mailbox_is_written_to_once(tmp_path):
    made = Home(tmp_path / "many").ensure()
    made.settings_file.write_text(SETTINGS)
    _load(made, _leads(tmp_path, [_row(n, "ann@firm.example") for n in range(25)]))
    run_nightly(made, as_of=AS_OF)
    assert len(_listed(made)) == 1
    assert _claimed(made).height == 1


def test_a_newer_duplicate_is_not_handed_out_after_the_first(home, tmp_path):
    assert _claimed(home).height == PEOPLE
    newer = [("x3", "ann3@firm3.example", "Ann", "Lee3", "US", "2026-09-01")]
    _load(home, _leads(tmp_path, newer, "newer.csv"))
    run_nightly(home, as_of=AS_OF)
    assert _claimed(home).height == 0


def test_lost_keys_and_lost_ledgers_publish_nothing(home):
    run_suppress(home, ["ann3@firm3.example"], channel=None, reason="stop")
    run_nightly(home, as_of=AS_OF)
    key = home.key_file.read_text()
    home.key_file.write_text("00" * 32 + "\n")
    for attempt in (lambda: run_nightly(home, as_of=AS_OF), lambda: _claimed(home)):
        with pytest.raises(RefusedError, match=r"hmac\.key"):
            attempt()
    home.key_file.unlink()
    with pytest.raises(RefusedError, match=r"hmac\.key"):
        run_nightly(home, as_of=AS_OF)
    home.key_file.write_text(key)
    for part in home.ledger.parent.glob("ledger.sqlite*"):
        part.unlink()
    with pytest.raises(RefusedError, match="older copy than the audit log"):
        run_nightly(home, as_of=AS_OF)


def test_an_empty_daily_file_is_an_ordinary_day(home):
    folder = home.inbox / "suppressions"
    folder.mkdir()
    (folder / "today.csv").write_text("email\n")
    assert not run_nightly(home, as_of=AS_OF).is_unchanged


def test_a_bad_file_in_the_inbox_stops_the_night_only_where_it_may_hold_a_no(home):
    (home.inbox / "stray.txt").write_text("nothing that means anything\nat all\n")
    warned = []
    run_nightly(home, as_of=AS_OF, warn=warned.append)
    assert len(warned) == 1
    assert "stray.txt" in warned[0]
    for kind in ("consent", "activities", "outcomes"):
        path = home.inbox / kind / "today.csv"
        path.parent.mkdir()
        path.write_bytes(bytes(range(256)) * 20)
        with pytest.raises(BadInputError):
            run_nightly(home, as_of=AS_OF)
        path.unlink()
