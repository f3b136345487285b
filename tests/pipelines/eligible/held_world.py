"""Rows about who is left alone though nobody said no, each at the edge of its rule."""

from datetime import datetime, timedelta
from typing import Any

from tests.pipelines.eligible.worlds import AS_OF, MOMENT, world

LONG_AGO = datetime(2010, 1, 1)


def held_world() -> dict[str, list[dict[str, Any]]]:
    """People in the US who may be mailed and called but for their own rows."""
    us = {"country": "US", "party_type": "organisation", "phone": "x", "email": "x"}

    def lead(key: int, **more: Any) -> dict[str, Any]:
        own = {"email_key": f"h{key}@held.example", "phone_e164": f"+1212{key:07d}"}
        return {**us, "line_type": "landline", **own, "lead_key": key, **more}

    day = AS_OF - timedelta(hours=24)
    leads = [
        # three a day: in Florida, in a state nobody knows, elsewhere, and with one too early
        *(lead(1 + n, state_code=state) for n, state in enumerate(("US-FL", None, "US-TX"))),
        lead(4, state_code="US-OK"),
        # two of the three are a duplicate's
        lead(5, state_code="US-OK"),
        lead(6, state_code="US-OK", email_key="other6@held.example"),
        # sixty approaches, and one fewer
        lead(7),
        lead(8),
        # numbers given up: since, before, unknown when they came to us, of another country
        lead(9, created_at=LONG_AGO),
        lead(10),
        lead(11, created_at=None),
        lead(12, created_at=LONG_AGO, country="CA"),
        lead(13, created_at=LONG_AGO, mobile_e164="+12129999913", mobile="x"),
        lead(14, created_at=LONG_AGO),
        lead(15, owner_id="005A"),
        lead(16, owner_id="00G5"),
        lead(17),
        lead(18),
        # another's call on an owned lead; three a day in a country without such a rule
        lead(19, owner_id="005A"),
        lead(20, country="CA"),
        # a duplicate that came to us after the number was given up
        lead(21, created_at=LONG_AGO),
        lead(22, phone_e164=None),
        # purchases that count: for 24 months, for no more than six, and not before they are made
        *(lead(key, country="CA", party_type="consumer") for key in (23, 24, 25)),
        lead(26, email_bounced_at=AS_OF + timedelta(hours=9)),
    ]
    given_up = ("+12120000009", "+12120000010", "+12120000011", "+12120000012", "+12129999913")
    given_up += ("+12120000014", "+12120000021")
    sent = {"disposition": "sent"}
    return world(
        lead=leads,
        dedupe_link=[
            *({"lead_key": key, "person_key": 5} for key in (5, 6)),
            *({"lead_key": key, "person_key": 21} for key in (21, 22)),
        ],
        contact_attempt=[
            *({**sent, "lead_key": key, "at": day} for key in (1, 2, 3, 20) for _ in range(3)),
            *({**sent, "lead_key": 4, "at": day + timedelta(seconds=n - 1)} for n in range(3)),
            *({**sent, "lead_key": key, "at": day} for key in (5, 6, 6)),
            *({**sent, "lead_key": 7, "at": LONG_AGO} for _ in range(60)),
            *({**sent, "lead_key": 8, "at": LONG_AGO} for _ in range(59)),
            {"lead_key": 14, "at": MOMENT, "disposition": "replied", "handler": "ai"},
            {"lead_key": 17, "at": MOMENT, "disposition": "meeting", "handler": "human"},
        ],
        activity=[
            {"lead_key": 15, "direction": "in", "channel": "call", "actor_id": "005A"},
            {"lead_key": 16, "direction": "out", "channel": "call", "actor_id": "00G5"},
            {"lead_key": 19, "direction": "out", "channel": "call"}
            | {"actor": "human", "actor_id": "005B"},
        ],
        registry=[
            {"registry": "us_rnd", "contact_key": number, "screened_at": MOMENT - timedelta(1)}
            | {"ingested_at": AS_OF}
            for number in given_up
        ],
        outcome=[
            {"lead_key": key, "milestone": "won", "occurred_at": at}
            for key, at in (
                (23, datetime(2025, 3, 31)),
                (24, datetime(2024, 8, 1)),
                (25, AS_OF + timedelta(hours=9)),
            )
        ],
        consent_event=[
            {"lead_key": key, "channel": "ai_voice", "status": "opt_in", "evidence_ref": "file 1"}
            for key in range(1, 19)
        ],
        custom=[{"lead_key": 18, "Currently in Sequence": "Paused"}],
    )
