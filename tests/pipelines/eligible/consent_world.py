"""Consent that ages, is used, lapses, and what duplicates say against each other."""

from datetime import datetime, timedelta
from typing import Any

from tests.pipelines.eligible.worlds import AS_OF, world

# as_of is 2026-03-31; consent to e-mail counts for 24 months.
OLD, USED, LATELY = datetime(2021, 1, 15), datetime(2022, 12, 1), datetime(2024, 11, 1)


def consent_world() -> dict[str, list[dict[str, Any]]]:
    """Consumers in the Netherlands who may be mailed only with consent, each with other records."""
    leads, links, consents, activity, attempts = [], [], [], [], []

    def person(*given: dict[str, Any], uses: tuple[datetime, ...] = (), **how: Any) -> None:
        """One person with a lead for each record of consent, and touches of the last of them."""
        first = len(leads) + 1
        for consent in given:
            key = len(leads) + 1
            leads.append(
                {"lead_key": key, "country": "NL", "party_type": "consumer", "email": "x"}
                | {"email_key": f"c{first}@nl.example", "phone": "x"}
                | {"phone_e164": f"+3161{first:07d}"}
            )
            links.append({"lead_key": key, "person_key": first})
            consents.append({"lead_key": key, "channel": "email", "status": "opt_in"} | consent)
        touch = {"lead_key": len(leads), "channel": "email", "direction": "out"} | how
        for at in uses:
            (attempts if "disposition" in how else activity).append(touch | {"at": at})

    def at(moment: datetime | None, **more: Any) -> dict[str, Any]:
        return {"captured_at": moment} | more

    person(at(OLD))
    person(at(OLD), uses=(USED, LATELY))
    person(at(OLD), uses=(USED, LATELY), disposition="opened")
    person(at(OLD), uses=(USED, LATELY), disposition="bounced")
    person(at(OLD), uses=(USED, LATELY), disposition="wrong_number")
    # lapsed before it was used; used long before it was given; used in a time to come
    person(at(OLD), uses=(LATELY,))
    person(at(OLD), uses=(OLD - timedelta(900), OLD - timedelta(300)))
    person(at(OLD), uses=(USED, datetime(2025, 3, 1), AS_OF + timedelta(1)))
    person(at(OLD), uses=(USED, AS_OF + timedelta(1)))
    # lapsed once, and then written to often
    person(at(OLD), uses=(datetime(2024, 1, 1), LATELY, datetime(2025, 12, 1)))
    # at the edge of the limit, and a second after it
    person(at(datetime(2023, 1, 31)), uses=(datetime(2025, 1, 31),))
    person(at(datetime(2023, 1, 31)), uses=(datetime(2025, 1, 31, 0, 0, 1),))
    person(at(OLD), uses=(USED, datetime(2024, 3, 31)))
    person(at(OLD), uses=(USED, datetime(2024, 3, 30, 23)))
    # calls of an AI are use of one consent, calls of people of another
    for channel in ("phone", "ai_voice"):
        for actor in ("ai", "human"):
            # 12 months for an AI
            uses = (OLD + timedelta(300), datetime(2022, 9, 1), datetime(2023, 8, 1))
            uses += (datetime(2024, 7, 1), datetime(2025, 6, 1))
            person(at(OLD, channel=channel), uses=uses, actor=actor, channel="call")
    # double opt-in: pending before, after and with a plain or confirmed yes, of a duplicate
    for yes in (None, True):
        for days in (-30, 0, 30):
            given = datetime(2025, 6, 1)
            pending = at(given + timedelta(days), is_confirmed=False)
            person(at(given, is_confirmed=yes), pending)
            person(at(given, is_confirmed=yes), pending | {"status": "unknown"})
    person(at(datetime(2025, 6, 1)), at(None, is_confirmed=False))
    person(at(datetime(2025, 6, 1)), at(datetime(2025, 7, 1), is_confirmed=False, channel="phone"))
    person(at(datetime(2025, 6, 1), is_confirmed=False, status="unknown"))
    # what was confirmed is too old by now
    person(at(OLD, is_confirmed=True), at(datetime(2025, 6, 1), is_confirmed=False))
    return world(
        lead=leads,
        dedupe_link=links,
        consent_event=consents,
        activity=activity,
        contact_attempt=attempts,
    )
