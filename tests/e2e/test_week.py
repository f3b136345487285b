"""A week of nights and days: what is told by day is in the caps, labels and reports by itself."""

import csv
import random
from collections import Counter
from datetime import datetime, timedelta

import pytest

from pipelines.featurise import training_rows
from pipelines.runs.attempts import AttemptDesk
from pipelines.runs.claim_desk import ClaimDesk
from pipelines.runs.nightly import run_nightly
from pipelines.runs.summary import summarise
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.snapshot import current_snapshot
from tests.properties.living_clock import ticking
from tests.properties.living_home import SETTINGS

MONDAY = datetime(2026, 11, 9, 3)
LEADS, DAYS, INTERVAL = 90, 6, 3
LANES = (("email", "ai", 6), ("phone", "human", 4))
ENDS = ("sent", "no_answer", "no_answer", "answered", "replied", "meeting", "escalated", "bounced",
        "callback_at", "opted_out", "complaint", "wrong_number", "left_company")  # fmt: skip
# Nobody is contacted again after these, whatever the interval.
FINAL = {"opted_out", "complaint", "left_company"}


class _Week:
    """A home and, beside it, everything that it was told."""

    def __init__(self, folder, clock, seed):
        self.dice, self.clock = random.Random(seed), clock  # noqa: S311 - no secrets here
        self.home = Home(folder / "home").ensure()
        self.home.key_file.write_text(f"{seed:064x}\n")
        self.home.settings_file.write_text(
            SETTINGS.replace("recontact_interval_days = 1", f"recontact_interval_days = {INTERVAL}")
            + "[label]\nhorizon_days = 2\n"
        )
        self.told, self.conversions = [], {}
        (self.home.inbox / "leads/crm").mkdir(parents=True)
        (self.home.inbox / "leads/crm/leads.csv").write_text(
            "source_id,created_at,email,phone,first_name,last_name,company,country,party_type,"
            "lead_source\n"
            + "".join(
                f"l{n},2026-09-01,p{n}@firm{n}.example,+1212{2003070 + 37 * n},"
                f"{'ABCDEFGHI'[n % 9]}da{n},{'KLMNOPQRST'[n // 9]}erg{n},Firm {n} Works,US,"
                f"organisation,{'fair' if n % 3 else 'web'}\n"
                for n in range(LEADS)
            )
        )

    def night(self):
        """Publish a list; who said no, or was tried within the interval, is not on it."""
        run_nightly(self.home)
        with self.store() as db:
            listed = set(
                db.frame(
                    "SELECT source_id FROM decision JOIN lead USING (lead_key)"
                    " WHERE verdict = 'listed'"
                )["source_id"]
            )
        gone = {a["lead"] for a in self.told if a["disposition"] in FINAL}
        converted = {lead for lead, at in self.conversions.items() if at < self.clock.at}
        midnight = self.clock.at.replace(hour=0)
        paced = {a["lead"] for a in self.told if a["at"] > midnight - timedelta(days=INTERVAL)}
        assert not listed & (gone | converted | paced)
        return listed

    def day(self):
        """Claim, try, tell; some of those who were tried convert, which a file tells at night."""
        self.clock.at = self.clock.at.replace(hour=16)
        claimed = []
        for channel, handler, count in LANES:
            claims = ClaimDesk(self.home).claim(channel=channel, handler=handler, count=count)
            claimed += [(row, channel, handler) for row in claims.claims]
        with AttemptDesk(self.home) as desk:
            for row, channel, handler in claimed:
                self.clock.at += timedelta(minutes=1)
                said = self.dice.choice(ENDS)
                attempt = {"claim_id": row["claim_id"], "disposition": said}
                if said == "callback_at":
                    attempt["callback_at"] = (self.clock.at + timedelta(days=4)).isoformat() + "Z"
                assert desk.take(attempt).aside is None
                self.told.append(
                    {"lead": row["source_id"], "at": self.clock.at, "disposition": said,
                     "channel": channel, "handler": handler}
                )  # fmt: skip
                if said in {"meeting", "answered"}:
                    self.conversions[row["source_id"]] = self.clock.at + timedelta(hours=20)
        if self.conversions:
            # The whole list every time, as a CRM exports it.
            place = self.home.inbox / "outcomes/crm/outcomes.csv"
            place.parent.mkdir(parents=True, exist_ok=True)
            rows = "".join(
                f"o-{lead},{lead},converted,{at.isoformat()}Z\n"
                for lead, at in self.conversions.items()
            )
            place.write_text("outcome_id,lead_source_id,milestone,occurred_at\n" + rows)
        self.clock.at = (self.clock.at + timedelta(days=1)).replace(hour=3, minute=0)

    def store(self):
        return Database.open(current_snapshot(self.home), read_only=True, memory_gb=0.5)


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    with ticking(MONDAY) as clock:
        lived = _Week(tmp_path_factory.mktemp("week"), clock, seed=3)
        listed = [lived.night()]
        for _ in range(DAYS):
            lived.day()
            listed.append(lived.night())
        lived.listed = listed
        lived.summary = summarise(lived.home)
        yield lived


def test_a_week_has_something_of_everything(week):
    assert len(week.told) > 40
    assert {a["channel"] for a in week.told} == {"email", "phone"}
    assert len({a["disposition"] for a in week.told}) > 8
    assert len(week.conversions) > 3
    # Who was tried comes back after the interval, unless they said no.
    tries = Counter(a["lead"] for a in week.told)
    assert max(tries.values()) > 1


def test_the_report_counts_what_was_told(week):
    with week.store() as db:
        rows = db.frame("SELECT * FROM activity_report").to_dicts()
    found, wanted = Counter(), Counter()
    for row in rows:
        key = (row["week"], row["channel"], row["handler"], row["lead_source"])
        assert row["source_system"] == "crm"
        for name in ("attempts", *set(ENDS)):
            found[*key, name] += row[name]
    for attempt in week.told:
        day = attempt["at"].date()
        came = "fair" if int(attempt["lead"][1:]) % 3 else "web"
        monday = day - timedelta(days=day.weekday())
        key = (monday, attempt["channel"], attempt["handler"], came)
        wanted[*key, "attempts"] += 1
        wanted[*key, attempt["disposition"]] += 1
    assert +found == wanted
    # Every conversion followed an attempt within two days, so each counts once.
    assert sum(row["conversions"] for row in rows) == len(week.conversions)
    shown = [row for row in week.summary.activity if not row["is_complete"]]
    newest = max(row["week"] for row in rows).isoformat()
    assert {row["week"] for row in shown} <= {newest}
    assert sum(r["attempts"] for r in week.summary.activity if r["week"] == newest) == sum(
        row["attempts"] for row in rows if row["week"].isoformat() == newest
    )


def test_what_was_told_is_what_a_model_would_learn_from(week):
    with week.store() as db:
        end = week.clock.at.replace(hour=0)
        made = training_rows(db, as_of=end.date(), horizon_days=2)
        rows = db.frame("SELECT source_id, training_target.as_of, is_positive FROM training_target"
                        " JOIN lead USING (lead_key)").rows()  # fmt: skip
    wanted, last = {}, {}
    for attempt in week.told:
        lead, at = attempt["lead"], attempt["at"]
        # An episode begins where no contact was within the horizon.
        if lead not in last or last[lead] < at - timedelta(days=2):
            day = at.replace(hour=0, minute=0)
            reached = week.conversions.get(lead)
            is_over = day + timedelta(days=2) <= made.data_end
            if is_over and (reached is None or reached >= day):
                won = reached is not None and reached < day + timedelta(days=2)
                wanted[lead, day] = won
        last[lead] = at
    assert {(lead, day): won for lead, day, won in rows} == wanted
    assert sum(wanted.values()) > 0


def test_the_crm_is_told_how_often_each_was_tried(week):
    folder = week.home.outbox / week.summary.run_id / "crm"
    with (folder / "crm.csv").open(newline="") as stream:
        told = {row["source_id"]: row for row in csv.DictReader(stream)}
    tries = Counter(a["lead"] for a in week.told)
    for lead in week.listed[-1]:
        assert int(told[lead]["lead_triage_attempts"]) == tries[lead]
