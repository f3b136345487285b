"""Past nights, written into a store by hand: lists, lots, contacts, and what came of them."""

from datetime import datetime, timedelta

import polars as pl

FIRST = datetime(2026, 1, 1)


class Nights:
    """Collects rows; `write` puts them into the tables."""

    def __init__(self):
        self.rows = {name: [] for name in ("run", "past_listed", "night_lot", "would_list",
                                           "contact_attempt", "outcome")}  # fmt: skip
        self.people = set()

    def night(self, number, settings="s"):
        """Begin a night, made with these settings; return its run id."""
        run_id = f"night{number:03d}"
        self.rows["run"].append(
            {"run_id": run_id, "kind": "nightly", "as_of": FIRST + timedelta(days=number),
             "night": number + 1, "config_hash": settings}
        )  # fmt: skip
        return run_id

    def listed(self, number, person, *, slice_="exploit", propensity=None, probability=0.1,
               handler="ai", is_newest=False, lot=None, disposition=None, hours=12):  # fmt: skip
        """List a person, who is contacted where there is a disposition."""
        run_id, channel = f"night{number:03d}", "email" if handler == "ai" else "phone"
        self.people.add(person)
        row = {"run_id": run_id, "lead_key": person, "person_key": person, "channel": channel,
               "handler": handler}  # fmt: skip
        self.rows["past_listed"].append(
            {**row, "rank": person, "probability": probability, "slice": slice_,
             "propensity": propensity}
        )  # fmt: skip
        for name, chance in (("list", propensity), ("handler", lot)):
            if chance is not None:
                self.rows["night_lot"].append(
                    {**row, "lot": name, "propensity": chance, "is_newest": is_newest}
                )
        if disposition is not None:
            self.rows["contact_attempt"].append(
                {"attempt_id": f"{run_id}/{person}", "lead_key": person, "channel": channel,
                 "handler": handler, "disposition": disposition,
                 "at": FIRST + timedelta(days=number, hours=hours)}
            )  # fmt: skip

    def reached(self, number, person, *, is_control, contacted=False):
        """Note somebody as likely as those listed."""
        self.people.add(person)
        self.rows["would_list"].append(
            {"run_id": f"night{number:03d}", "lead_key": person, "person_key": person,
             "is_control": is_control, "probability": 0.2}
        )  # fmt: skip
        if contacted:
            self.rows["contact_attempt"].append(
                {"attempt_id": f"w{person}", "lead_key": person, "channel": "email",
                 "handler": "ai", "disposition": "sent",
                 "at": FIRST + timedelta(days=number, hours=9)}
            )  # fmt: skip

    def converts(self, person, days, milestone="converted"):
        """Let a person reach a milestone so many days after the first night."""
        self.rows["outcome"].append(
            {"outcome_id": f"o{person}/{days}", "lead_key": person, "milestone": milestone,
             "occurred_at": FIRST + timedelta(days=days)}
        )  # fmt: skip

    def write(self, db):
        """Fill the tables."""
        for name, rows in self.rows.items():
            if rows:
                frame = pl.DataFrame(rows, infer_schema_length=None)
                db.register("given", frame)
                db.run(f"INSERT INTO {name} BY NAME SELECT * FROM given")
                db.unregister("given")
        keys = pl.DataFrame({"lead_key": sorted(self.people)}, schema={"lead_key": pl.Int64})
        db.register("given", keys)
        db.run("INSERT INTO dedupe_link SELECT lead_key, lead_key, 'self', NULL FROM given")
        db.unregister("given")
