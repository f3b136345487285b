"""Whatever exports come in whatever order: who said no is never open again, and others are.

The oracle keeps who said what and which contact points every lead has ever had, in plain Python.
"""

import random
from collections import defaultdict
from datetime import datetime, timedelta

import polars as pl

from pipelines.eligible import evaluate, remember_suppressed
from pipelines.identify import identify
from pipelines.load import Mapping, land, merge
from pipelines.settings.config import IdentifySettings
from pipelines.settings.contact_keys import hmac_hex
from pipelines.settings.policy import FeedSettings, load_policy
from pipelines.store import Database, create_tables, reset_table

AT = datetime(2026, 11, 1, 2)
SECRET = b"k" * 32
IDS = range(1, 13)
EMAILS = [f"person{n}@firm{n}.example" for n in range(20)]
PHONES = [f"+1212555{n:04}" for n in range(100, 120)]
EVERY = {"email", "phone", "ai_voice", "sms", "mail"}
CLOSES = {"email": {"email"}, "phone": {"phone", "ai_voice", "sms"}, "": EVERY}
POINT_OF = {"email": ("email",), "phone": ("phone",), "ai_voice": ("phone",), "sms": ("phone",)}


class Oracle:
    """Who is bound: by a no of the lead, or of a contact point that the lead has or ever had."""

    def __init__(self):
        self.said = defaultdict(set)
        self.now = {}
        self.had = defaultdict(set)
        self.changed_at = {}

    def no(self, channels, *names):
        for name in filter(None, names):
            self.said[name] |= channels

    def export(self, rows):
        chosen = {}
        for row in rows:
            old = chosen.get(row["source_id"])
            is_dated = all(r["modified_at"] for r in rows if r["source_id"] == row["source_id"])
            if old is None or not is_dated or old["modified_at"] <= row["modified_at"]:
                chosen[row["source_id"]] = row
            for flag, channel in (("do_not_email", "email"), ("do_not_call", "phone")):
                if row[flag]:
                    self.no(CLOSES[channel], row["source_id"])
        for lead, row in chosen.items():
            stored = self.changed_at.get(lead)
            if stored and row["modified_at"] and row["modified_at"] < stored:
                continue
            self.changed_at[lead] = row["modified_at"]
            self.now[lead] = {"email": row["email"], "phone": row["phone"]}
            self.had[lead] |= {row["email"], row["phone"]} - {""}

    def bound(self, lead):
        return set().union(*(self.said[name] for name in (lead, *self.had[lead])))


class Fuzz:
    def __init__(self, seed, folder):
        self.dice = random.Random(seed)  # noqa: S311 - no secrets here
        self.oracle, self.folder, self.files = Oracle(), folder, 0
        self.suppressed = []

    def land(self, kind, rows, source="crm"):
        self.files += 1
        path = self.folder / f"f{self.files}.csv"
        pl.DataFrame(rows).write_csv(path, quote_style="always")
        mapping = Mapping.model_validate({"source_system": source})
        return land(path, kind=kind, mapping=mapping, batches_dir=self.folder / "b", at=AT)

    def maybe(self, value, share):
        return value if self.dice.random() < share else ""

    def leads(self):
        rows = [
            {
                "source_id": str(self.dice.choice(IDS)),
                "modified_at": self.maybe(f"2024-01-{self.dice.randrange(1, 20):02}", 0.9),
                "created_at": "2026-06-01",
                "email": self.maybe(self.dice.choice(EMAILS), 0.9),
                "phone": self.maybe(self.dice.choice(PHONES), 0.5),
                "country": "US",
                "do_not_email": self.maybe("true", 0.02),
                "do_not_call": self.maybe("1", 0.02),
                "is_deleted": self.maybe("true", 0.1),
            }
            for _ in range(self.dice.randrange(4, 16))
        ]
        self.oracle.export(rows)
        return self.land("leads", rows)

    def who(self):
        lead, email = str(self.dice.choice(IDS)), self.dice.choice(EMAILS)
        return self.dice.choice([(lead, ""), ("", email), (lead, email)])

    def consent(self):
        lead, email = self.who()
        status, channel = self.dice.choice(["opt_in", "opt_out"]), self.dice.choice(["", "email"])
        if status == "opt_out":
            self.oracle.no(CLOSES[channel], lead, email)
        row = {"lead_source_id": lead, "email": email, "status": status, "channel": channel}
        return self.land("consent", [row])

    def event(self):
        lead, email = self.who()
        kind, own = self.dice.choice([("activities", "activity_id"), ("attempts", "attempt_id")])
        word = self.dice.choice(["opted_out", "answered", "answered"])
        row = {own: str(self.dice.randrange(4)), "lead_source_id": lead, "email": email}
        row |= {"at": "2024-02-01", "channel": "email", "disposition": word}
        if word == "opted_out":
            self.oracle.no(EVERY, lead, email)
        return self.land(kind, [row])

    def suppress(self):
        kind, point = self.dice.choice([("email", EMAILS), ("phone", PHONES)])
        chosen = self.dice.choice(point)
        self.oracle.no(EVERY, chosen)
        self.suppressed.append({"kind": kind, "key_hmac": hmac_hex(SECRET, f"{kind}:{chosen}")})

    def night(self, db, at):
        """Some files and now and then a suppression; leads first, as the runs merge them."""
        made = [self.leads() for _ in range(self.dice.choice((0, 1, 1, 2)))]
        if self.dice.random() < 0.5:
            made.append(self.dice.choice([self.consent, self.event, self.event])())
        if self.dice.random() < 0.15:
            self.suppress()
        merge(db, made, at)


def _decide(db, fuzz, at):
    identify(db, IdentifySettings(fuzzy=False), at=at)
    reset_table(db, "suppression")
    if fuzz.suppressed:
        db.insert("suppression", pl.DataFrame(fuzz.suppressed))
    evaluate(
        db,
        policy=load_policy(),
        feeds=FeedSettings(customers="none"),
        as_of=at,
        suppression_secrets=(SECRET,),
    )
    remember_suppressed(db, at)


def _open(db):
    """(source_ids of the person, representative's source_id, open channels) of every person."""
    masks = ", ".join(f"{channel}_reasons AS {channel}" for channel in sorted(EVERY))
    for row in db.frame(
        "SELECT person_key, list(other.source_id) AS ids, any_value(main.source_id) AS main,"
        f" {masks}"
        " FROM eligibility JOIN lead AS main USING (lead_key)"
        " JOIN dedupe_link USING (person_key)"
        " JOIN lead AS other ON other.lead_key = dedupe_link.lead_key GROUP BY ALL"
    ).to_dicts():
        yield row["ids"], row["main"], {channel for channel in EVERY if row[channel] == 0}


def _checked(seed, folder):
    """Run one life of a store; return how many open channels were looked at."""
    fuzz = Fuzz(seed, folder)
    with Database.memory(1, 1) as db:
        create_tables(db)
        for night in range(6):
            at = AT + timedelta(days=night)
            fuzz.night(db, at)
            if night in (2, 5):
                _decide(db, fuzz, at)
        found = list(_open(db))
    oracle, seen = fuzz.oracle, 0
    for ids, main, channels in found:
        for channel in channels:
            seen += 1
            assert not [lead for lead in ids if channel in oracle.bound(lead)], seed
            points = {oracle.now[main][name] for name in POINT_OF.get(channel, ())}
            sharing = [lead for lead in oracle.now if points & oracle.had[lead]]
            assert not [lead for lead in sharing if channel in oracle.bound(lead)], seed
    return seen


def test_who_said_no_is_never_open_again(tmp_path):
    seen = 0
    for seed in range(4):
        folder = tmp_path / str(seed)
        folder.mkdir()
        seen += _checked(seed, folder)
    assert seen > 12, "hardly anybody was open: the test could not fail"


HEAD = "source_id,created_at,country,email,Do Not Email"
ANN, BOB = "ann,2026-06-01,US,ann@x{n}.example,", "bob,2026-06-01,US,bob@y{n}.example,"
NINE = ("leads", f"{HEAD}\nnine,2026-06-01,US,nine@x{{n}}.example,\n")
KNOWN = ("leads", f"{HEAD}\n{ANN}\n{BOB}\n")
MOVED = ("leads", f"{HEAD}\n{ANN.replace('ann@x', 'ann@new')}\n")
SAID = ("leads", f"{HEAD}\n{ANN}yes\n{ANN}\n")


def _event(word, lead="", email=""):
    row = f"e,{lead},{email},2024-01-01,email,{word}\n"
    return ("activities", f"activity_id,lead_source_id,email,at,channel,disposition\n{row}")


def _attempt(word, lead="", email=""):
    kind, text = "attempts", _event(word, lead, email)[1]
    return (kind, text.replace("activity_id", "attempt_id"))


OLD = "Ann@X{n}.example"
WAYS = {
    "a consent of the former address, filed under another lead": [
        KNOWN, MOVED, NINE,
        ("consent", f"lead_source_id,email,status\nnine,{OLD},opt_out\n"),
    ],
    "an attempt at the former address": [KNOWN, MOVED, _attempt("complaint", email=OLD)],
    "an attempt at the address, filed under another lead": [
        KNOWN, NINE, _attempt("complaint", "nine", OLD),
    ],
    "an event that went on to the lead it names": [
        KNOWN, _event("unsubscribed", "nine", OLD), NINE,
    ],
    "an event that says something else now": [
        KNOWN, _event("unsubscribed", "ann"), _event("opened", "ann"),
    ],
    "an attempt of another lead now": [
        KNOWN, _attempt("opted_out", "ann"), _attempt("opted_out", "ghost"),
    ],
    "an event that changed while it waited": [
        _event("unsubscribed", "ann"), _event("opened", "ann"), KNOWN,
    ],
    "a flag in a record that another one of the file replaced": [KNOWN, SAID, MOVED],
}  # fmt: skip


def test_each_way_of_saying_no_lasts(tmp_path):
    at = AT
    with Database.memory(1, 1) as db:
        create_tables(db)
        for n, files in enumerate(WAYS.values()):
            for kind, text in files:
                at += timedelta(hours=1)
                path = tmp_path / f"{at:%d%H}.csv"
                path.write_text(text.replace("{n}", str(n)))
                mapping = Mapping(source_system=f"crm{n}")
                landed = land(path, kind=kind, mapping=mapping, batches_dir=tmp_path / "b", at=AT)
                merge(db, [landed], at)
        _decide(db, Fuzz(0, tmp_path), AT + timedelta(days=30))
        open_ones = db.frame(
            "SELECT source_system || ' ' || source_id AS lead FROM eligibility"
            " JOIN lead USING (lead_key) WHERE email_reasons = 0"
        )
    assert sorted(open_ones["lead"]) == [f"crm{n} bob" for n in range(len(WAYS))]
