"""Any order of claims, opt-outs, attempts, lapses of leases and new files, against plain Python."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import RefusedError
from pipelines.outreach import Terms, suppress
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, attempts, claims
from tests.oracles.claims import ClaimOracle
from tests.pipelines.outreach.worlds import (
    AT,
    SECRET,
    add,
    leads_of,
    list_of,
    publish,
    ready_of,
    take_of,
)

PEOPLE = 9
HOUR = timedelta(hours=1)
LEASE, PAUSE, CAP = 6 * HOUR, timedelta(days=2), 3
COMPANY = ["Acme", "Acme", None, None, "Bolt", None, "Bolt", None, None]

lead = st.integers(0, PEOPLE - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), st.integers(1, 4), st.booleans()),
        st.tuples(st.just("claim and die"), st.integers(1, 4)),
        st.tuples(st.just("opt out"), lead, st.sampled_from([None, "email", "sms"])),
        st.tuples(st.just("attempt"), lead, st.sampled_from(["no_answer", "complaint", "bounced"])),
        st.tuples(st.just("release"), lead),
        st.tuples(st.just("wait"), st.integers(1, 60)),
        st.tuples(st.just("load"), lead, st.sampled_from(["opt_out", "won"])),
        st.tuples(st.just("pause"), st.sampled_from(["email", "phone"])),
        st.tuples(st.just("resume")),
    ),
    max_size=25,
)


class World:
    """The ledger and a published file, driven by the same steps as the oracle."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home").ensure()
        self.ledger = Ledger(self.home.ledger)
        self.snapshot = publish(folder / "l.duckdb", PEOPLE, company=pl.Series(COMPANY))
        self.listed = list_of(PEOPLE, 0)
        self.ready = ready_of(self.snapshot, self.listed)
        self.at = AT
        self.number = 0

    def claim(self, count, is_export=False):
        terms = Terms(LEASE, PAUSE, CAP, is_export)
        try:
            return leads_of(take_of(self.ledger, self.ready, count, at=self.at, terms=terms))
        except RefusedError as error:
            return "paused" if "paused" in str(error) else str(error)

    def opt_out(self, lead, channel):
        point = [("email", f"p{lead}@example.com", channel)]
        suppress(self.ledger, SECRET, point, reason="r", source="t", at=self.at)

    def attempt(self, lead, disposition):
        self.number += 1
        one = attempts.Attempt(
            f"a{self.number}",
            None,
            lead,
            None,
            "email",
            "ai",
            self.at,
            disposition,
            None,
            None,
            is_unclaimed=True,
        )
        with self.ledger.transaction():
            attempts.record(self.ledger, one, self.at)
        if disposition == "bounced":
            self.opt_out(lead, "email")

    def release(self, lead):
        found = self.ledger.rows("SELECT claim_id FROM claim WHERE lead_key = ?", lead)
        claims.release(self.ledger, [row[0] for row in found], self.at)

    def load(self, lead, what):
        self.number += 1
        if what == "won":
            add(
                self.snapshot,
                "outcome",
                outcome_id=f"o{self.number}",
                lead_key=lead,
                milestone=what,
            )
        else:
            add(
                self.snapshot,
                "consent_event",
                consent_id=f"c{self.number}",
                lead_key=lead,
                channel="email",
                status=what,
            )
        self.ready = ready_of(self.snapshot, self.listed)


@settings(max_examples=12)
@given(steps)
def test_claims_are_those_of_the_oracle(taken):
    with TemporaryDirectory() as name:
        world = World(Path(name))
        oracle = ClaimOracle(COMPANY, LEASE, PAUSE, CAP, AT)
        for step, *values in taken:
            if step == "claim":
                assert world.claim(*values) == oracle.claim(*values)
            elif step == "claim and die":
                assert world.claim(*values) == oracle.claim(*values)
                world.ledger.close()
                world.ledger = Ledger(world.home.ledger)
            elif step == "wait":
                world.at += values[0] * HOUR
                oracle.at = world.at
            elif step == "pause":
                claims.pause(world.ledger, values[0], None, at=world.at, reason="")
                oracle.paused.add(values[0])
            elif step == "resume":
                claims.resume(world.ledger, None, None)
                oracle.paused.clear()
            else:
                getattr(world, step.replace(" ", "_"))(*values)
                getattr(oracle, step.replace(" ", "_"))(*values)
        world.ledger.close()
