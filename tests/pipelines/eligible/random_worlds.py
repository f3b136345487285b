"""Random worlds in which few contact points, countries and moments collide on purpose."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.pipelines.eligible.hashes import hash_of
from tests.pipelines.eligible.worlds import AS_OF, world

CHANNELS = ("email", "phone", "ai_voice", "sms", "mail")
EMAILS = (
    "ann.lee@gmail.com",
    "annlee@gmail.com",
    "annlee+news@googlemail.com",
    "bob@acme.example",
    "Bob+x@acme.example",
    "BOB@acme.example",
    "info@acme.example",
    "info+a@acme.example",
    "joos@eu.acme.example",
    "zoë@xn--caf-dma.example",
    "tmp@a.mailinator.com",
    "+tag@gmail.com",
)
# Exactly at, just inside and just outside the limits of the policy rows.
EDGES = (
    datetime(2026, 3, 31),
    datetime(2026, 3, 30, 23, 59, 59),
    datetime(2026, 3, 31, 9),
    datetime(2026, 3, 30),
    datetime(2026, 3, 29, 23, 59, 59),
    datetime(2026, 3, 17),
    datetime(2026, 3, 16, 23),
    datetime(2026, 3, 3),
    datetime(2026, 2, 28),
    datetime(2026, 2, 27, 23),
    datetime(2026, 1, 2),
    datetime(2025, 12, 31),
    datetime(2025, 12, 30, 23),
    datetime(2025, 9, 30),
    datetime(2025, 9, 29, 23),
    datetime(2025, 3, 31),
    datetime(2025, 3, 30, 23),
    datetime(2024, 9, 30),
    datetime(2024, 9, 29, 23),
    datetime(2024, 3, 31),
    datetime(2024, 3, 30, 23),
    datetime(2023, 3, 31),
    datetime(2023, 3, 30, 23),
    datetime(2001, 1, 1),
)


def random_world(random: Random, leads: int, *, spread: int = 1) -> dict[str, list[dict[str, Any]]]:
    """Make a world of `leads` leads that share `spread` separate sets of contact points."""
    maker = _Maker(random, spread)
    lead_rows = [maker.lead(key) for key in range(1, leads + 1)]
    links = maker.links(leads)
    keys = range(1, leads + 1)

    def count(share: float) -> int:
        most = 3 + int(leads * share)
        # a small world may lack any kind of row, a large one has plenty of each
        return random.randint(0 if leads < 100 else most // 2, most)

    def some(make: Any, share: float) -> list[dict[str, Any]]:
        return [make(random.choice(keys)) for _ in range(count(share))]

    return world(
        lead=lead_rows,
        dedupe_link=links,
        person=maker.persons(links),
        activity=some(maker.activity, 3),
        outcome=some(maker.outcome, 0.5),
        consent_event=some(maker.consent, 3),
        contact_attempt=some(maker.attempt, 1),
        customer=[maker.customer() for _ in range(count(0.05))],
        registry=[maker.registry() for _ in range(count(0.25))],
        suppression=[maker.suppression() for _ in range(count(0.1))],
        salvaged_row=some(maker.salvaged, 0.02),
        custom=some(maker.custom, 0.1),
        registry_copy=[maker.copy(day) for day in range(count(0))],
    )


DAYS_7 = timedelta(days=7)


class _Maker:
    def __init__(self, random: Random, spread: int) -> None:
        self.random, self.spread, self.told = random, spread, 0

    def pick(self, *values: Any) -> Any:
        return self.random.choice(values)

    def moment(self) -> datetime:
        return self.random.choice(EDGES)

    def edge(self) -> datetime:
        """One of few moments, so that events of one lead often coincide."""
        return self.moment() if self.random.random() < 0.5 else self.pick(EDGES[8], EDGES[16])

    def maybe(self, value: Any, share: float = 0.5) -> Any:
        return value if self.random.random() < share else None

    def email(self) -> str:
        name, _, domain = self.random.choice(EMAILS).rpartition("@")
        number = self.random.randrange(self.spread)
        if number == 0:
            return f"{name}@{domain}"
        # a role name must stay one, so the number goes to the domain where there is one to give
        return f"{name}@{domain}" if "mail" in domain else f"{name}@n{number}.{domain}"

    def number(self) -> str:
        return f"+1555{self.random.randrange(6 * self.spread):07d}"

    def lead(self, key: int) -> dict[str, Any]:
        email = self.maybe(self.email(), 0.8)
        phone, mobile = self.maybe(self.number(), 0.6), self.maybe(self.number(), 0.4)
        return {
            "lead_key": key,
            "is_deleted": self.pick(*[False] * 12, True, None),
            "merged_into_id": self.maybe("other", 0.05),
            "email": email or self.maybe("not an address", 0.3),
            "email_key": email,
            "phone": phone or self.maybe("n/a", 0.3),
            "mobile": mobile or self.maybe("n/a", 0.3),
            "phone_e164": phone,
            "mobile_e164": mobile,
            "line_type": self.pick("mobile", "landline", "unknown", None),
            "street": self.pick("1 Main St", "2 Main St", None, " "),
            "city": self.pick("Here", None),
            "postal_code": self.pick("A1", "B2", None),
            "country": self.pick(*("US", "GB", "NL", "DE", "CA") * 3, "FR", "BR", "UK", None),
            "created_at": self.maybe(self.moment(), 0.9),
            "email_bounced_at": self.maybe(self.moment(), 0.1),
            "phone_valid": self.pick(None, None, None, None, True, False),
            "party_type": self.pick("organisation", "sole_trader", "consumer", "unknown", None),
            "is_dated": self.pick(*[True] * 12, False),
            "owner_id": self.pick("005A", "005B", "00G1", None),
            "state_code": self.pick("US-FL", "US-TX", None),
        }

    def links(self, leads: int) -> list[dict[str, Any]]:
        links: list[dict[str, Any]] = []
        for key in range(1, leads + 1):
            joins = links and self.random.random() < 0.35
            person = self.random.choice(links)["person_key"] if joins else key
            links.append({"lead_key": key, "person_key": person})
        return links

    def persons(self, links: list[dict[str, Any]]) -> list[dict[str, Any]]:
        members: dict[int, list[int]] = {}
        for link in links:
            members.setdefault(link["person_key"], []).append(link["lead_key"])
        return [
            {"person_key": person, "representative_lead_key": self.random.choice(keys)}
            for person, keys in members.items()
        ]

    def activity(self, key: int) -> dict[str, Any]:
        return {
            "lead_key": key,
            "channel": self.pick("call", "email", "sms", "meeting", "form", "web", "task", "note"),
            "direction": self.pick("in", "in", "out", None),
            "at": self.moment(),
            "result": self.pick(*[None] * 30, " Unsubscribed", "do not call", "opened"),
            "actor": self.pick("human", "ai", "system", None),
            "actor_id": self.pick("005A", None, None),
        }

    def outcome(self, key: int) -> dict[str, Any]:
        names = ("qualified", "converted", "opportunity", "won", "disqualified", "lost", "lost")
        milestone = self.pick(*names)
        occurred_at = self.edge()
        if milestone in ("converted", "opportunity", "lost") and key % 3 == 0:
            occurred_at = None  # a CRM may know that it happened, and not when
        self.told += 1
        learnt = AS_OF - timedelta(days=1 + self.told % 2)
        return {
            "lead_key": key,
            "milestone": milestone,
            "occurred_at": occurred_at,
            "ingested_at": learnt,
        }

    def consent(self, key: int) -> dict[str, Any]:
        contact = self.maybe(self.pick(self.email(), self.number()), 0.4)
        statuses = ("opt_in",) * 8 + ("unknown",) * 4
        bases = ("consent", "soft_opt_in", "Own_Customer", "published_address", "presumed_interest")
        return {
            "lead_key": self.maybe(key, 0.5) if contact else key,
            "contact_key": contact,
            "channel": self.pick(*CHANNELS, None, None),
            "status": self.pick(*statuses, "opt_out", self.pick("objected_profiling", None)),
            "purpose": self.pick(None, None, None, "news", " Deceased", "under_age"),
            "lawful_basis": self.pick(None, *bases),
            "captured_at": self.maybe(self.moment(), 0.95),
            "effective_from": self.maybe(self.pick(*EDGES[:3]), 0.1),
            "effective_to": self.maybe(self.pick(*EDGES[:3]), 0.1),
            "is_confirmed": self.pick(None, True, True, True, False),
            "evidence_ref": self.pick(None, "", "file 7", "file 8"),
        }

    def attempt(self, key: int) -> dict[str, Any]:
        usual = ("sent", "delivered", "no_answer", "answered", "replied", "meeting", "bounced") * 2
        rare = ("opted_out", "complaint", "wrong_number", "left_company")
        row = {
            "lead_key": key,
            "channel": self.pick(*CHANNELS),
            "at": self.moment(),
            "disposition": self.pick(*usual, *usual, *rare),
            "handler": self.pick("ai", "human", None),
            "callback_at": None,
        }
        self.told += 1
        if self.told % 4 == 0:
            # now, on the day of the list and beside its ends; or nobody noted when
            days = (timedelta(0), timedelta(hours=14), timedelta(days=1), timedelta(days=2))
            times = (*(AS_OF + day for day in days), *(row["at"] + day for day in days), None)
            row |= {"disposition": "callback_at", "callback_at": times[self.told // 4 % len(times)]}
        return row

    def customer(self) -> dict[str, Any]:
        return {
            "contact_key": self.maybe(self.pick(self.email(), self.number()), 0.7),
            "domain": self.maybe(self.pick("Acme.example", "gmail.com", "n1.acme.example"), 0.5),
            "status": self.pick("customer", "open_opportunity", None),
            "ingested_at": AS_OF - timedelta(days=self.pick(0, 7, 8), seconds=self.pick(0, 1)),
        }

    def registry(self) -> dict[str, Any]:
        age = timedelta(days=self.pick(0, 28, 29, 31, 32), seconds=self.pick(0, 1))
        names = ("us_dnc", "uk_tps", "uk_ctps", "ca_dncl", "uk_mps", "de_robinson", "us_rnd")
        return {
            "registry": self.pick(*names),
            "contact_key": self.pick(self.number(), self.email()),
            "screened_at": self.maybe(AS_OF - age),
            "ingested_at": AS_OF - self.pick(timedelta(0), age),
        }

    def copy(self, day: int) -> dict[str, Any]:
        return {
            "registry": self.pick("us_dnc", "uk_tps"),
            "loaded_at": AS_OF - timedelta(days=9 - day),
            "entries": self.pick(0, 97, 98, 99, 100, 100),
            "newest": AS_OF - timedelta(days=self.pick(1, 9, 28, 31, 32)),
            "region_share": self.pick(None, 0.89, 0.9, 1.0),
        }

    def custom(self, lead_key: int) -> dict[str, Any]:
        words = ("true", "Running", "In Progress", "false", " No ", "Complete", "0", "2", "", None)
        return {"lead_key": lead_key, "Currently in Sequence": self.pick(*words)}

    def salvaged(self, lead_key: int) -> dict[str, Any]:
        reviewed_by = self.pick(None, None, "accepted", "a batch")
        return {"lead_key": self.maybe(lead_key, 0.9), "reviewed_by": reviewed_by}

    def suppression(self) -> dict[str, Any]:
        kind = self.pick("email", "phone", "domain")
        if kind == "domain":
            value = self.pick("acme.example", "eu.acme.example", "n2.acme.example", "example")
        else:
            value = self.email() if kind == "email" else self.number()
        digest = hash_of(kind, value)
        return {
            "kind": kind,
            "key_hmac": self.pick(digest, digest.upper()),
            "channel": self.pick(*CHANNELS, None, None),
            "until": self.maybe(self.moment(), 0.3),
            "reason": "erased" if value.startswith("ann") else None,
            "source": "forget" if digest < "8" else "a file",
        }


def rare_world() -> dict[str, list[dict[str, Any]]]:
    """Rows that random worlds seldom hold; every lead may be mailed but for its own row."""
    leads = [
        {"lead_key": key, "country": "US", "email_key": f"a{key}.b@gmail.com", "email": "x"}
        for key in range(1, 10)
    ]
    leads[6]["email_key"] = "c@old.acme.example"
    others = {10: "d@sole.example", 11: "e.f@googlemail.com", 12: "g@googlemail.com"}
    others |= {key: f"h{key}@sole2.example" for key in (13, 14, 15, 16)}
    leads += [{**leads[0], "lead_key": key, "email_key": name} for key, name in others.items()]
    moment = EDGES[8]
    late = EDGES[2]
    keys = {
        2: hash_of("email", "a2.b@gmail.com").upper(),
        3: hash_of("email", "a3b@gmail.com"),
        11: hash_of("email", "ef@gmail.com"),
        12: hash_of("email", "g@gmail.com"),
    }
    return world(
        lead=leads,
        outcome=[
            {"lead_key": 1, "milestone": "opportunity", "occurred_at": moment},
            {"lead_key": 1, "milestone": "lost", "occurred_at": moment},
            {"lead_key": 8, "milestone": "opportunity", "occurred_at": EDGES[9]},
            {"lead_key": 8, "milestone": "disqualified", "occurred_at": moment},
            {"lead_key": 15, "milestone": "opportunity", "occurred_at": None},
            {"lead_key": 15, "milestone": "lost", "occurred_at": moment},
            {"lead_key": 16, "milestone": "opportunity", "occurred_at": None},
        ],
        contact_attempt=[
            {"lead_key": 4, "channel": "email", "at": late, "disposition": "bounced"},
            {"lead_key": 5, "channel": "email", "at": late, "disposition": "left_company"},
            {"lead_key": 6, "channel": "email", "at": late, "disposition": "complaint"},
        ],
        suppression=[
            *[{"kind": "email", "key_hmac": key} for key in keys.values()],
            {"kind": "domain", "key_hmac": hash_of("domain", "acme.example"), "until": AS_OF},
            {"kind": "domain", "key_hmac": hash_of("domain", "sole.example")},
            {"kind": "email", "key_hmac": hash_of("email", "a9b@gmail.com"), "until": AS_OF},
        ],
        salvaged_row=[
            {"lead_key": 13},
            {"lead_key": 14, "reviewed_by": "accepted"},
            {"lead_key": None},
        ],
    )


def mobile_world() -> dict[str, list[dict[str, Any]]]:
    """Organisations in the US whose number is a mobile: judged by the consumer's row."""
    person = {"country": "US", "party_type": "organisation", "phone": "x"}
    leads = [
        {**person, "lead_key": 1, "phone_e164": "+1550", "line_type": "mobile"},
        {**person, "lead_key": 2, "phone_e164": "+1551", "line_type": "mobile"},
        {**person, "lead_key": 3, "phone_e164": "+1552", "line_type": "landline"},
        {**person, "lead_key": 4, "mobile_e164": "+1553", "line_type": None},
    ]
    consent = {"channel": "phone", "status": "opt_in"}
    proofs = {1: None, 2: "file 7", 4: "file 8"}
    events = [{**consent, "lead_key": key, "evidence_ref": ref} for key, ref in proofs.items()]
    return world(lead=leads, consent_event=events)


def stale_world() -> dict[str, list[dict[str, Any]]]:
    """Feeds that were loaded once, and too long ago: each by one second."""
    lead = {"lead_key": 1, "country": "US", "party_type": "consumer", "phone_e164": "+1550"}
    second = timedelta(seconds=1)
    month_ago, week_ago = AS_OF - timedelta(days=31), AS_OF - timedelta(days=7)
    uk = {"lead_key": 2, "country": "GB", "party_type": "organisation", "phone_e164": "+4420"}
    return world(
        lead=[lead, uk],
        customer=[{"contact_key": "+3120", "ingested_at": week_ago - second}],
        registry=[
            {"registry": "us_dnc", "contact_key": "+1551", "ingested_at": month_ago - second},
            {"registry": "uk_tps", "contact_key": "+4421", "screened_at": AS_OF - 4 * DAYS_7},
            {"registry": "uk_ctps", "contact_key": "+4421", "screened_at": month_ago},
        ],
    )
