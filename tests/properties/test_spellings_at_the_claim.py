"""A no that was loaded since the night names the mailbox, however either side spells it."""

import polars as pl
import pytest

from pipelines.store.ledger import Ledger
from tests.pipelines.outreach.worlds import add, claim_of, leads_of, list_of, publish

PEOPLE = 6
SPELT = ["p0+news@example.com", "p1@example.com", "p.2@gmail.com", "p3+a@example.com"]
SPELT += ["p4@example.com", "p5@example.com"]
SAID = ["p0@example.com", "p1+x@example.com", "p2@gmail.com", "p3+b@example.com"]


@pytest.mark.parametrize("table", ["consent_event", "contact_attempt", "customer"])
def test_a_no_in_another_spelling_is_honoured_at_the_claim(home, tmp_path, table):
    snapshot = publish(tmp_path / "l.duckdb", PEOPLE, email_key=pl.Series(SPELT))
    for place, point in enumerate(SAID):
        own = {
            "consent_event": {"consent_id": f"c{place}", "status": "opt_out"},
            "contact_attempt": {"attempt_id": f"a{place}", "disposition": "complaint"},
            "customer": {"customer_id": f"k{place}", "status": "customer"},
        }[table]
        add(snapshot, table, contact_key=point, **own)
    with Ledger(home.ledger) as ledger:
        handed = claim_of(ledger, snapshot, list_of(PEOPLE, 0), PEOPLE)
    assert leads_of(handed) == [4, 5]
    assert handed.withheld == len(SAID)
