"""Erased everywhere: no byte of the person is left in the home, and no file brings it back."""

import shutil

import pytest

from pipelines.errors import LockedError, UsageError
from pipelines.runs import erasing
from pipelines.runs.forget import run_forget
from pipelines.runs.load import run_load
from pipelines.runs.nightly import run_nightly
from pipelines.runs.outreach import run_claim, run_release
from pipelines.runs.quarantine import open_batches
from pipelines.runs.query import run_query
from pipelines.runs.summary import published_list, summarise
from pipelines.runs.verify import run_verify
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, erasures
from pipelines.store.lock import writer_lock
from tests.e2e.conftest import AS_OF
from tests.e2e.erased_world import CANARIES, FAMILY, HEADER, LEADS, fill, load, traces, write

JANE = "jane.canary@own.example"


@pytest.fixture
def home(tmp_path, once) -> Home:
    """A home of its own that holds her in every kind of file."""
    shutil.copytree(once("erased", fill) / "home", tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def leads_of(home):
    return set(run_query(home, "SELECT source_id FROM lead")["source_id"])


def is_conserved(home):
    wrong = run_query(
        home,
        "SELECT batch_id FROM load_file"
        " WHERE records <> loaded + updated + unchanged + duplicates + quarantined",
    )
    return wrong.is_empty()


REST = {"crm-rob", "crm-kim", *(f"crm-{n}" for n in range(6))}


@pytest.mark.parametrize(
    "who", [JANE, "Old-Jane@own.example", "+1 (415) 555-2673", "crm:crm-jane1"]
)
def test_by_whatever_she_is_named_nothing_of_her_is_left(home, who):
    assert {trace.split(": ")[1] for trace in traces(home)} == set(CANARIES)
    found = run_forget(home, [who])
    assert traces(home) == []
    assert (found.persons, found.leads) == (1, 2)
    assert found.held.store["lead"] == 2
    assert leads_of(home) == REST
    assert is_conserved(home)
    assert run_verify(home).findings == []
    if who == JANE:
        again = run_forget(home, [who])
        assert again.held.is_nothing
        assert (again.known_before, again.leads) == (1, 0)


def test_a_trial_counts_what_there_is_and_changes_nothing(home):
    before = traces(home)
    trial = run_forget(home, [JANE], is_trial=True)
    assert traces(home) == before
    assert erasures_of(home) == []
    done = run_forget(home, [JANE])
    assert trial.held.batches == done.held.batches
    assert trial.held.store.keys() == done.held.store.keys()


def erasures_of(home):
    with Ledger(home.ledger) as ledger:
        return ledger.rows("SELECT erasure_id, finished_at FROM erasure")


def test_no_file_brings_her_back(home, tmp_path):
    run_forget(home, [JANE])
    # the very same file, and the same records in another one, which is a new batch
    same = write(tmp_path, "leads.csv", HEADER + "".join(LEADS))
    assert load(home, same, "leads").was_loaded_before
    other = load(home, write(tmp_path, "copy.csv", HEADER + "".join(LEADS) + "\n"), "leads")
    assert other.landed.quarantined_by_reason["erased"] == 2
    # a new id, another spelling of the address, another number
    new = (
        "new-1,Jane.Canary+news@OWN.example,Zaphodia,Canaryson,,,,,US,2026-09-01,2026-09-02,,\n"
        "new-2,,Zaphodia,Canaryson,+1 415 555 2673,,,,US,2026-09-01,2026-09-02,,\n"
        # the household's number tells her by her name alone, and the others not at all
        "new-3,,Canaryson,Zaphodia,+1 415 555 2672,,,,US,2026-09-01,2026-09-02,,\n"
        "new-4,,Roberta,Relative,+1 415 555 2672,,,,US,2026-09-01,2026-09-02,,\n"
    )
    landed = load(home, write(tmp_path, "new.csv", HEADER + new), "leads").landed
    assert (landed.landed, landed.quarantined) == (1, 3)
    # what she is called there is learnt: events of the new id are hers too
    events = (
        "activity_id,lead_source_id,at,channel,direction,subject\nb1,new-2,2026-09-03,call,out,x\n"
    )
    landed = load(home, write(tmp_path, "more.csv", events), "activities").landed
    assert landed.quarantined_by_reason == {"erased": 1}
    run_nightly(home, as_of=AS_OF)
    assert traces(home) == []
    assert leads_of(home) == REST | {"new-4"}
    assert is_conserved(home)
    assert not any("erased" in batch.by_reason for batch in open_batches(home))


def test_the_others_stay_and_are_listed_as_before(home):
    before = published_list(home, summarise(home).run_id)
    assert "phone" in channels_of(home, "crm-rob")
    run_forget(home, [JANE])
    now = published_list(home, summarise(home).run_id)
    assert set(now["source_id"]) == set(before["source_id"]) - {"crm-jane1"}
    run_nightly(home, as_of=AS_OF)
    assert "phone" in channels_of(home, "crm-rob")
    rob = run_query(home, "SELECT email, phone FROM lead WHERE source_id = 'crm-rob'")
    assert rob.row(0) == ("rob@else.example", "+1 415 555 2672")


def test_a_number_of_several_persons_needs_to_be_told_whom(home):
    with pytest.raises(UsageError, match="names 2 persons"):
        run_forget(home, [FAMILY])
    assert erasures_of(home) == []
    assert run_forget(home, [FAMILY], is_everybody=True).leads == 3
    assert leads_of(home) == REST - {"crm-rob"}


def test_what_she_refused_on_a_shared_number_stays_refused(home, tmp_path):
    said = "email,channel,status,captured_at\njane.canary@own.example,phone,opt_out,2026-05-06\n"
    load(home, write(tmp_path, "no.csv", said), "consent")
    run_forget(home, [JANE])
    run_nightly(home, as_of=AS_OF)
    assert "phone" not in channels_of(home, "crm-rob")
    assert "email" in channels_of(home, "crm-rob")


def channels_of(home, source_id):
    row = run_query(
        home,
        "SELECT email_reasons, phone_reasons, sms_reasons FROM lead JOIN decision USING (lead_key)"
        f" WHERE source_id = '{source_id}'",
    ).row(0)
    return {name for name, mask in zip(("email", "phone", "sms"), row, strict=True) if mask == 0}


# Where it dies, and whether that step was done by then.
DEATHS = (
    ("erase_from_batch", True),
    ("_erase_lists", False),
    ("erase_from_store", True),
    ("publish_staged", True),
    ("_forget_in_ledger", True),
)


@pytest.mark.parametrize(("step", "is_done"), DEATHS)
def test_whoever_comes_next_ends_what_was_begun(home, monkeypatch, step, is_done):
    real = getattr(erasing, step)

    def die(*given, **named):
        if is_done:
            real(*given, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(erasing, step, die)
    with pytest.raises(KeyboardInterrupt):
        run_forget(home, [JANE])
    monkeypatch.undo()
    run_load(home, [])
    assert traces(home) == []
    assert leads_of(home) == REST
    assert is_conserved(home)
    assert run_verify(home).findings == []
    assert all(finished for _, finished in erasures_of(home))


def test_while_another_run_writes_she_is_suppressed_already(home):
    with writer_lock(home.lock), pytest.raises(LockedError, match="another run"):
        run_forget(home, [JANE])
    with Ledger(home.ledger) as ledger:
        assert erasures.pending(ledger)
        leased = ledger.rows("SELECT claim_id FROM claim")
    # given back, so that nothing but the erasure keeps anybody on the list from being handed out
    run_release(home, [claim_id for (claim_id,) in leased])
    rows = run_claim(home, channel="email", handler="ai", count=100).rows
    assert set(rows["source_id"]) >= {"crm-0", "crm-1"}
    assert "crm-jane1" not in rows["source_id"]
    run_nightly(home, as_of=AS_OF)
    assert traces(home) == []


def test_a_file_that_waits_for_its_merge_loses_her_too(home, tmp_path):
    late = "late-1,jane.canary@own.example,Zaphodia,Canaryson,,,,,US,2026-09-01,2026-09-02,,\n"
    load(home, write(tmp_path, "late.csv", HEADER + late), "leads", defer=True)
    (inbox := home.inbox / "leads").mkdir()
    write(inbox, "mine.csv", HEADER + late)
    found = run_forget(home, [JANE])
    assert found.own_files == [inbox / "mine.csv"]
    (inbox / "mine.csv").unlink()
    assert traces(home) == []
