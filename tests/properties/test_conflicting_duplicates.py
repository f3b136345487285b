"""Duplicates that contradict each other: the strictest binds, in whatever order they come.

Every group is one person told by three leads and, after each other, a yes and a no. Each order of
arrival of these is a group of its own, named by an address of its own; round after round brings
the next file of every order. What is closed is stated here, from what was said alone.
"""

from datetime import datetime, timedelta
from itertools import permutations

import polars as pl
import pytest

from pipelines.eligible import evaluate
from pipelines.identify import identify
from pipelines.load import Mapping, land, merge
from pipelines.settings.config import IdentifySettings
from pipelines.settings.policy import FeedSettings, load_policy
from pipelines.store import Database, create_tables

AT = datetime(2026, 11, 1, 2)
EVERY = {"email", "phone", "ai_voice", "sms", "mail"}
CALLS = {"phone", "ai_voice", "sms"}
# What one duplicate says, and what it closes for the person. None: it says nothing.
NOES = {
    "nothing": (None, set()),
    "opt-out": (("consent", "opt_out", ""), EVERY),
    "opt-out of e-mail": (("consent", "opt_out", "email"), {"email"}),
    "opt-out of calls": (("consent", "opt_out", "phone"), CALLS),
    "opt-out of texts": (("consent", "opt_out", "sms"), {"sms"}),
    "objection": (("consent", "objected_profiling", ""), EVERY),
    "complaint": (("attempts", "complaint", "email"), EVERY),
    "asked to stop": (("attempts", "opted_out", "phone"), EVERY),
    "wrong number": (("attempts", "wrong_number", "phone"), CALLS),
    "left the company": (("attempts", "left_company", "phone"), EVERY),
    "do not e-mail": (("flag", "do_not_email", ""), {"email"}),
    "do not call": (("flag", "do_not_call", ""), CALLS),
}
ORDERS = list(permutations(["first", "second", "third", "yes", "no"]))[::5]
# Whom the no is said of, and how the three are known to be one person.
WAYS = [(who, tie) for who in ("second", "third", "point") for tie in ("address", "merged")]


def _groups():
    for name, (said, closed) in NOES.items():
        for who, tie in WAYS:
            # A report or a flag of an address alone says nothing of who it was; covered elsewhere.
            if who == "point" and (said is None or said[0] != "consent"):
                continue
            for order in ORDERS:
                yield {"name": name, "said": said, "closed": closed, "who": who, "tie": tie,
                       "order": order}  # fmt: skip


GROUPS = [group | {"id": f"g{n}"} for n, group in enumerate(_groups())]


def _address(group, lead):
    own = group["tie"] == "merged" and lead != "first"
    return f"{lead if own else 'any'}@{group['id']}.example"


def _lead(group, lead):
    said = group["said"]
    number = 3_070 + 74 * int(group["id"][1:])
    flag = said[1] if said and said[0] == "flag" and group["who"] == lead else None
    return {
        "source_id": f"{group['id']}-{lead}",
        "created_at": "2026-06-01",
        "modified_at": "2026-09-01",
        "email": _address(group, lead),
        "phone": f"+1212{2_000_000 + number:07d}",
        "mobile": f"+1212{2_000_037 + number:07d}",
        "street": f"{number} Main Street",
        "postal_code": "10001",
        "city": "New York",
        "first_name": "Ann",
        "last_name": f"Lee{group['id']}",
        "country": "US",
        "party_type": "organisation",
        "do_not_email": "true" if flag == "do_not_email" else "",
        "do_not_call": "true" if flag == "do_not_call" else "",
        "merged_into_id": f"{group['id']}-first" * (group["tie"] == "merged" and lead != "first"),
    }


def _step(group, step, day):
    """Return the kind of file and the row that this step of a group adds; None: no row."""
    if step in ("first", "second", "third"):
        return "leads", _lead(group, step)
    if step == "yes":
        row = {"lead_source_id": f"{group['id']}-first", "email": "", "channel": "sms"}
        return "consent", row | {"status": "opt_in", "captured_at": day, "evidence_ref": "form"}
    kind, what, channel = group["said"] or ("flag", "", "")
    if kind == "flag":
        return None
    is_point = group["who"] == "point"
    lead = "" if is_point else f"{group['id']}-{group['who']}"
    if kind == "consent":
        row = {"lead_source_id": lead, "email": _address(group, "second") if is_point else ""}
        row |= {"channel": channel, "status": what, "captured_at": day, "evidence_ref": ""}
        return "consent", row
    row = {"attempt_id": group["id"], "lead_source_id": lead, "at": day}
    return "attempts", row | {"channel": channel, "disposition": what}


def _arrive(db, folder, place):
    """Bring the file at this place of every order."""
    day = f"2026-09-{place + 2:02}"
    found = [_step(group, group["order"][place], day) for group in GROUPS]
    landed = []
    for kind in ("leads", "consent", "attempts"):
        path = folder / f"{kind}-{place}.csv"
        pl.DataFrame([row for k, row in filter(None, found) if k == kind]).write_csv(path)
        mapping = Mapping(source_system="crm")
        landed.append(land(path, kind=kind, mapping=mapping, batches_dir=folder / "b", at=AT))
    at = AT + timedelta(days=place)
    merge(db, landed, at)
    identify(db, IdentifySettings(fuzzy=False), at=at)


def _closed(db):
    """Return the closed channels of each group: of the one person that its leads are."""
    at = AT + timedelta(days=10)
    feeds = FeedSettings(customers="none")
    evaluate(db, policy=load_policy(), feeds=feeds, as_of=at, suppression_secrets=(b"k" * 32,))
    masks = ", ".join(f"bool_or({name}_reasons = 0) AS {name}" for name in sorted(EVERY))
    rows = db.frame(
        f"SELECT split_part(source_id, '-', 1) AS id, count(*) AS persons, {masks}"
        " FROM eligibility JOIN lead USING (lead_key) GROUP BY id"
    ).to_dicts()
    assert [row["id"] for row in rows if row["persons"] != 1] == []
    return {row["id"]: {name for name in EVERY if not row[name]} for row in rows}


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("conflicts")
    with Database.memory(1, 1) as db:
        create_tables(db)
        for place in range(5):
            _arrive(db, folder, place)
        return _closed(db)


def test_the_strictest_binds_in_every_order(closed):
    wrong = [
        (group["name"], group["who"], group["tie"], group["order"])
        for group in GROUPS
        if not group["closed"] <= closed[group["id"]]
    ]
    assert wrong == []


def test_the_order_of_arrival_changes_nothing(closed):
    of_kind = {}
    for group in GROUPS:
        kind = group["name"], group["who"], group["tie"]
        of_kind.setdefault(kind, set()).add(frozenset(closed[group["id"]]))
    assert {kind: found for kind, found in of_kind.items() if len(found) > 1} == {}


def test_a_no_closes_no_more_than_it_says(closed):
    """Otherwise everybody could be closed, and the others of these tests would say nothing."""
    quiet = next(closed[group["id"]] for group in GROUPS if group["name"] == "nothing")
    assert not quiet & {"email", "sms", "mail"}
    for group in GROUPS:
        if group["said"] is None or group["said"][0] != "attempts":
            assert closed[group["id"]] == quiet | group["closed"], group
