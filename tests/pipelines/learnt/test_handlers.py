"""The AI that does worse loses half of its share, once a night, and a person gives it back."""

from datetime import date, timedelta

import numpy as np
import pytest

from pipelines.errors import UsageError
from pipelines.runs.context import RunContext
from pipelines.runs.learning import as_far_as_trusted, learn_from_nights
from pipelines.runs.learnt import learnt_words, set_share_of_ai, share_of_ai
from pipelines.settings.config import Settings
from pipelines.store.ledger import Ledger, ai_share
from pipelines.triage import Lane
from tests.pipelines.learnt.nights import FIRST, Nights


def _answers(ai, people, nights=7, each=600, lot=None, seed=1, settings=None):
    """Contacts of a week; `ai` gives its rate of good answers by night."""
    rng = np.random.default_rng(seed)
    found, person = Nights(), 0
    for number in range(nights):
        found.night(number, "s" if settings is None else settings[number])
        for place in range(each):
            person += 1
            by_ai = place % 2 == 0 if lot else place >= each // 6
            rate = ai[number] if by_ai else people
            said = "replied" if rng.random() < rate else "no_answer"
            found.listed(number, person, handler="ai" if by_ai else "human", lot=lot,
                         disposition=said)  # fmt: skip
    return found


def _context(home, day):
    return RunContext(home, Settings(), f"r{day}", (FIRST + timedelta(days=day)).date())


def _share(db):
    rows = db.frame("SELECT value, words FROM handler_estimate WHERE measure = 'share'")
    return rows.row(0)


def _nights(home, db, days):
    for day in days:
        learn_from_nights(_context(home, day), db)
    return _share(db)


def test_an_ai_that_gets_worse_on_thursday_is_halved_in_that_week_and_the_run_says_so(home, db):
    ai = [0.12, 0.12, 0.12, 0.12, 0.12, 0.01, 0.01]
    _answers(ai, 0.2).write(db)
    assert _nights(home, db, range(1, 7)) == (1.0, "1 of its capacity")
    share, words = _nights(home, db, [7])
    assert share == 0.5
    assert "halved on 2026-01-08, because since 2026-01-06" in words
    assert any("The AI has 0.5" in line and "ai-share" in line for line in learnt_words(db))
    lanes = as_far_as_trusted(
        _context(home, 7), [Lane("email", "ai", 2_001), Lane("phone", "human", 60)]
    )
    assert [lane.quota for lane in lanes] == [1_000, 60]
    # The same night made again decides nothing more; nor do later nights until a person has.
    assert _nights(home, db, [7])[0] == 0.5
    assert _nights(home, db, [8, 9])[0] == 0.5
    assert len(share_of_ai(home)["decisions"]) == 1
    # A night of before is made as it was.
    assert _nights(home, db, [6])[0] == 1.0


def test_an_ai_that_is_given_others_by_other_settings_is_not_said_to_fall(home, db):
    ai = [0.12, 0.12, 0.12, 0.12, 0.12, 0.01, 0.01]
    _answers(ai, 0.2, settings="aaaaabb").write(db)
    assert _nights(home, db, range(1, 10)) == (1.0, "1 of its capacity")


def _partly_worked(ai, people):
    """Nights of twelve drawn, of whom either works a share: rates fall with the place."""
    rng = np.random.default_rng(3)
    found, person = Nights(), 0
    for number in range(60):
        found.night(number)
        for place in range(12):
            person += 1
            by_ai = place % 2 == 0
            is_worked = place < 12 * (ai if by_ai else people)
            said = "replied" if rng.random() < 0.4 - place / 30 else "no_answer"
            found.listed(number, person, handler="ai" if by_ai else "human", lot=0.5,
                         disposition=said if is_worked else None)  # fmt: skip
    return found


@pytest.mark.parametrize(
    ("ai", "people", "words"),
    [
        (1.0, 0.5, "to the AI 100% were contacted, of those it gave to people 50%"),
        (0.5, 1.0, "to the AI 50% were contacted, of those it gave to people 100%"),
        (0.0, 1.0, "to the AI 0% were contacted, of those it gave to people 100%"),
    ],
)
def test_lists_that_were_worked_to_different_ends_are_not_compared(home, db, ai, people, words):
    _partly_worked(ai, people).write(db)
    assert _nights(home, db, [70])[0] == 1.0
    row = db.frame("SELECT * FROM handler_estimate WHERE measure = 'difference'").to_dicts()[0]
    assert row["value"] is row["low"] is row["high"] is None
    assert row["words"].startswith("not comparable: of those whom the lot gave")
    assert words in row["words"]
    assert not any("more often than people" in line for line in learnt_words(db))


def test_lists_that_were_worked_alike_are_compared(home, db):
    _partly_worked(0.9, 0.9).write(db)
    _nights(home, db, [70])
    row = db.frame("SELECT * FROM handler_estimate WHERE measure = 'difference'").to_dicts()[0]
    assert row["low"] < row["value"] < row["high"]


def test_an_ai_that_does_worse_than_people_by_lot_is_halved(home, db):
    _answers([0.05] * 7, 0.2, each=150, lot=0.5).write(db)
    share, words = _nights(home, db, range(1, 10))
    assert share == 0.5
    assert "of people who got their handler by lot" in words
    found = {
        (row["measure"], row["handler"]): row
        for row in db.frame("SELECT * FROM handler_estimate").to_dicts()
    }
    assert found["difference", "both"]["high"] < 0
    assert found["success", "ai"]["people"] == 75 * 7


def test_an_ai_as_good_as_people_and_one_that_falls_with_them_keeps_all(home, db):
    _answers([0.2] * 7, 0.2, lot=0.5, each=150).write(db)
    assert _nights(home, db, range(1, 10))[0] == 1.0
    with Ledger(home.ledger) as ledger:
        assert ai_share.in_force(ledger, date(2026, 12, 1)) is None


def test_a_setting_only_says_it(home, db):
    _answers([0.05] * 7, 0.2, each=150, lot=0.5).write(db)
    settings = Settings.model_validate({"handlers": {"halve": False}})
    learn_from_nights(RunContext(home, settings, "r", (FIRST + timedelta(days=9)).date()), db)
    assert _share(db)[0] == 1.0
    evidence = db.scalar("SELECT value FROM handler_estimate WHERE measure = 'evidence'")
    assert evidence > 100


def test_a_person_sets_it_back_and_that_is_on_record(home, db):
    _answers([0.05] * 7, 0.2, each=150, lot=0.5).write(db)
    assert _nights(home, db, range(1, 10))[0] == 0.5
    found = set_share_of_ai(home, 1.0, "a new version of the agent")
    assert found["share"] == 1.0
    assert [one["by"] for one in found["decisions"]] == ["night", "person"]
    with Ledger(home.ledger) as ledger:
        assert ai_share.by_hand(ledger) == 1
        assert ai_share.in_force(ledger, date(2026, 1, 12)).share == 0.5
    logged = [line for file in home.audit.glob("*.jsonl") for line in file.read_text().splitlines()]
    assert sum('"ai_share"' in line for line in logged) == 2
    assert not any("new version" in line for line in logged)  # nothing that somebody typed
    # What spoke against the AI before counts no more.
    with Ledger(home.ledger) as ledger:
        assert ai_share.in_force(ledger, date(2999, 1, 1)).share == 1.0
    for share, reason in ((1.5, "x"), (0.5, " "), (float("nan"), "x")):
        with pytest.raises(UsageError):
            set_share_of_ai(home, share, reason)
