"""Rows at the edge of what is said of the own list, of calls back and of dates of birth."""

import hashlib
from datetime import timedelta
from typing import Any

from tests.pipelines.eligible.hashes import hash_of
from tests.pipelines.eligible.worlds import AS_OF, world

DAY = timedelta(days=1)
RECENT = AS_OF - 3 * DAY


def listed_world() -> dict[str, list[dict[str, Any]]]:
    """People in the US who may be mailed and called but for their own rows."""
    us = {"country": "US", "party_type": "organisation", "phone": "x", "email": "x"}
    leads = [
        {
            **us,
            "line_type": "landline",
            "lead_key": key,
            "email_key": f"m{key}@n{key}.example",
            "phone_e164": f"+1313{key:07d}",
        }
        for key in range(1, 20)
    ]
    # who has the number of somebody on the list is no more called there
    leads += [
        {**leads[key - 1], "lead_key": 18 + key, "email_key": f"s{key}@s.example"}
        for key in (2, 3, 4, 5)
    ]
    digest = hashlib.sha256(b"m4@n4.example").hexdigest()
    forgotten = {"reason": "erased", "source": "forget"}

    def asked(key: int, at: Any, later: Any, channel: str = "phone", **more: Any) -> dict[str, Any]:
        told = {"disposition": "callback_at", "callback_at": later, **more}
        return {"lead_key": key, "at": at, "channel": channel, **told}

    due = AS_OF + timedelta(hours=14)
    return world(
        lead=leads,
        dedupe_link=[{"lead_key": key, "person_key": 12} for key in (12, 13)],
        suppression=[
            {"kind": "email", "key_hmac": hash_of("email", "m1@n1.example")},
            {"kind": "domain", "key_hmac": hash_of("domain", "n2.example")},
            {"kind": "email", "key_hmac": hash_of("email", "m3@n3.example"), **forgotten},
            {"kind": "hash", "key_hmac": hash_of("hash", digest), "digest": "sha256"},
            {"kind": "domain", "key_hmac": hash_of("domain", "n5.example"), "until": AS_OF + DAY},
        ],
        contact_attempt=[
            asked(6, RECENT, due),  # may be called, and on no other channel
            asked(7, RECENT, due, "email"),  # written to, or called
            asked(8, RECENT, due),
            {"lead_key": 8, "at": RECENT + DAY, "channel": "phone", "disposition": "no_answer"},
            asked(9, RECENT, AS_OF + DAY),  # not today
            asked(10, RECENT, None),
            asked(11, RECENT, RECENT),  # for a moment that was over when they asked
            asked(12, RECENT, due),  # the other lead of the person was approached before that
            {"lead_key": 13, "at": RECENT - DAY, "channel": "email"},
            asked(14, RECENT, due, disposition="answered"),
            asked(15, RECENT, due),  # and they said no since
            {"lead_key": 15, "at": RECENT + DAY, "channel": "sms", "disposition": "opted_out"},
            asked(16, AS_OF, AS_OF + timedelta(hours=1)),  # after the night was decided
            asked(17, RECENT, AS_OF - DAY),  # nobody came back yesterday
            asked(18, RECENT, due, "ai_voice"),
        ],
    )
