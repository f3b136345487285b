"""Slow, obvious twin of pipelines.eligible: plain Python over rows, one person and rule at a time.

It shares the policy table (data) with the code under test, and nothing else: reasons are names,
months are counted here, hashes come from Python's hmac.
"""

import calendar
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.oracles.held_back import SUPPRESSED, HeldBack, why_suppressed

Row = Mapping[str, Any]
World = Mapping[str, list[dict[str, Any]]]

CHANNELS = ("email", "phone", "ai_voice", "sms", "mail")
OPT_OUT_RESULTS = {
    "opted_out",
    "opt_out",
    "opted out",
    "unsubscribed",
    "unsubscribe",
    "complaint",
    "spam complaint",
    "do_not_call",
    "do not call",
}
RECORDED = {
    "consent_or_soft_opt_in": "soft_opt_in",
    "consent_or_own_customer": "own_customer",
    "consent_or_published_address": "published_address",
    "consent_or_relationship_or_published_address": "published_address",
    "presumed_interest": "presumed_interest",
}


def months_before(moment: datetime, months: int) -> datetime:
    """The same day `months` earlier, or the last day of that month."""
    index = moment.year * 12 + (moment.month - 1) - months
    year, month = index // 12, index % 12 + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


def fold(address: str) -> str:
    """Address as suppression sees it."""
    name, domain = address.rsplit("@", 1)
    name, domain = name.lower(), domain.lower()
    if "+" in name and not name.startswith("+"):
        name = name[: name.index("+")]
    if domain in ("gmail.com", "googlemail.com"):
        domain = "gmail.com"
        stripped = "".join(c for c in name if c != ".")
        name = stripped or name
    return f"{name}@{domain}"


def key_of(contact_key: str) -> str:
    return fold(contact_key) if "@" in contact_key else contact_key


def bound_channels(channel: str | None) -> set[str]:
    """Channels that a no on `channel` closes; calls include the calls of an AI."""
    if channel == "phone":
        return {"phone", "ai_voice", "sms"}
    return {channel} if channel in CHANNELS else set(CHANNELS)


class Eligibility(HeldBack):
    """Verdicts of one world: `verdicts()` gives person -> (region, channel -> set of names)."""

    def __init__(
        self,
        world: World,
        policy: Any,
        feeds: Any,
        as_of: datetime,
        secrets: list[bytes],
        control: Any = None,
    ):
        self.control = control
        self.world, self.policy, self.feeds = world, policy, feeds
        self.as_of, self.secrets = as_of, secrets
        self.lead = {row["lead_key"]: row for row in world["lead"]}
        self.person_of = {row["lead_key"]: row["person_key"] for row in world["dedupe_link"]}
        self.leads_of: dict[int, list[Row]] = {}
        for lead_key, person in self.person_of.items():
            self.leads_of.setdefault(person, []).append(self.lead[lead_key])
        self.owners: dict[str, set[int]] = {}
        for lead in world["lead"]:
            for key in (lead["email_key"], lead["phone_e164"], lead["mobile_e164"]):
                if key is not None:
                    self.owners.setdefault(key, set()).add(self.person_of[lead["lead_key"]])

    def verdicts(self) -> dict[int, tuple[str | None, dict[str, set[str]]]]:
        own = {person: self.person_reasons(person) for person in self.leads_of}
        objections = {
            person: {
                channel
                for channel in CHANNELS
                if own[person][channel] & {"ART21_OBJECTION", "OPTED_OUT", "DECEASED", "UNDER_AGE"}
                | own[person][channel] & SUPPRESSED
            }
            for person in own
        }
        result = {}
        for row in self.world["person"]:
            person = row["person_key"]
            main = self.lead[row["representative_lead_key"]]
            region = {"GB": "UK", "UK": None}.get(main["country"], main["country"])
            verdict = {}
            for channel in CHANNELS:
                reasons = set(own[person][channel]) | self.everywhere(person, main)
                if self.is_called_back(person, channel):
                    reasons.discard("RECONTACT_INTERVAL")
                reasons |= self.in_hand(person) | self.held_back(person)
                reasons |= self.point_reasons(main, channel)
                reasons |= self.given_up(person, main, self.point(main, channel), channel)
                if channel not in objections[person] and self.shares_with_objector(
                    person, main, channel, objections
                ):
                    reasons.add("SHARED_CONTACT_OBJECTED")
                reasons |= self.policy_reasons(person, main, region, channel)
                verdict[channel] = reasons
            known = region if region in self.policy.regions else None
            result[person] = (known, verdict)
        return result

    # ------------------------------------------------------------- what binds the whole person

    def person_reasons(self, person: int) -> dict[str, set[str]]:
        reasons: dict[str, set[str]] = {channel: set() for channel in CHANNELS}

        def add(channels: set[str], reason: str) -> None:
            for channel in channels:
                reasons[channel].add(reason)

        keys = {key for lead in self.leads_of[person] for key in self.keys(lead)}
        lead_keys = {lead["lead_key"] for lead in self.leads_of[person]}
        everything = set(CHANNELS)
        for row in self.world["salvaged_row"]:
            if row["lead_key"] in lead_keys and row["reviewed_by"] is None:
                add(everything, "SALVAGED_UNREVIEWED")
        for event in self.world["consent_event"]:
            named = event["contact_key"] is not None and key_of(event["contact_key"]) in keys
            if event["lead_key"] in lead_keys or named:
                purpose = (event["purpose"] or "").strip().lower()
                if event["status"] == "opt_out" and purpose in ("deceased", "under_age"):
                    add(everything, purpose.upper())
                elif event["status"] == "opt_out":
                    add(bound_channels(event["channel"]), "OPTED_OUT")
                if event["status"] == "objected_profiling":
                    add(everything, "ART21_OBJECTION")
        for attempt in self.world["contact_attempt"]:
            if attempt["lead_key"] not in lead_keys:
                continue
            past = attempt["at"] < self.as_of
            what = attempt["disposition"]
            if what in ("opted_out", "complaint"):
                add(everything, "OPTED_OUT")
            if what == "wrong_number":
                add({"phone", "ai_voice", "sms"}, "INVALID_CONTACT_POINT")
            if what == "left_company" and past:
                add(everything, "INVALID_CONTACT_POINT")
            later = attempt["callback_at"]
            if later is not None and past and later >= self.as_of + timedelta(days=1):
                add(everything, "CALLBACK_LATER")
            if what == "bounced" and past and attempt["channel"] in ("sms", "mail"):
                add({attempt["channel"]}, "BOUNCED")
        for touch in self.world["activity"]:
            if touch["lead_key"] in lead_keys and touch["result"] is not None:
                if touch["result"].strip().lower() in OPT_OUT_RESULTS:
                    add(everything, "OPTED_OUT")
        for lead_key in lead_keys:
            past = [
                o
                for o in self.world["outcome"]
                if o["lead_key"] == lead_key
                and (o["occurred_at"] is None or o["occurred_at"] < self.as_of)
            ]
            if any(o["milestone"] in ("converted", "won") for o in past):
                add(everything, "CONVERTED")
            opened = [o for o in past if o["milestone"] == "opportunity"]
            closed = [o for o in past if o["milestone"] in ("lost", "disqualified")]
            dated = [o["occurred_at"] for o in opened if o["occurred_at"] is not None]
            ended = [o["occurred_at"] for o in closed if o["occurred_at"] is not None]
            learnt = [o["ingested_at"] for o in opened if o["occurred_at"] is None]
            if dated and (not ended or max(dated) > max(ended)):
                add(everything, "OPEN_OPPORTUNITY")
            if learnt and all(o["ingested_at"] < max(learnt) for o in closed):
                add(everything, "OPEN_OPPORTUNITY")
        free = set(self.policy.addresses.free_domains)
        domains = {lead["email_domain"] for lead in self.leads_of[person]} - {None}
        for customer in self.world["customer"]:
            by_key = customer["contact_key"] is not None and key_of(customer["contact_key"]) in keys
            domain = customer["domain"] and customer["domain"].lower()
            if by_key or (domain in domains and domain not in free):
                is_open = customer["status"] == "open_opportunity"
                add(everything, "OPEN_OPPORTUNITY" if is_open else "ALREADY_CUSTOMER")
        for lead in self.leads_of[person]:
            for entry in self.world["suppression"]:
                if entry["until"] is not None and entry["until"] <= self.as_of:
                    continue
                if entry["key_hmac"].lower() in self.hashes(lead, entry["kind"]):
                    add(bound_channels(entry["channel"]), why_suppressed(entry))
        return reasons

    @staticmethod
    def keys(lead: Row) -> set[str]:
        keys = {lead["phone_e164"], lead["mobile_e164"]} - {None}
        if lead["email_key"] is not None:
            keys.add(fold(lead["email_key"]))
        return keys

    def hashes(self, lead: Row, kind: str) -> set[str]:
        texts = []
        if kind == "email" and lead["email_key"] is not None:
            texts = [f"email:{lead['email_key']}", f"email:{fold(lead['email_key'])}"]
        if kind == "phone":
            texts = [f"phone:{n}" for n in (lead["phone_e164"], lead["mobile_e164"]) if n]
        if kind == "hash":
            plain = {lead["email_key"], lead["phone_e164"], lead["mobile_e164"]} - {None}
            texts = [f"hash:{hashlib.sha256(one.encode()).hexdigest()}" for one in plain]
        if kind == "domain" and lead["email_domain"] is not None:
            rest = lead["email_domain"]
            texts = [f"domain:{rest}"]
            while rest.count(".") > 1:
                rest = rest.partition(".")[2]
                texts.append(f"domain:{rest}")
        return {
            hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
            for secret in self.secrets
            for text in texts
        }

    # ---------------------------------------------------------- what closes every channel at once

    def everywhere(self, person: int, main: Row) -> set[str]:
        reasons = set()
        if main["is_deleted"] or main["merged_into_id"] is not None:
            reasons.add("DELETED")
        if not main["is_dated"]:
            reasons.add("UNDATED_POPULATION")
        if self.feeds.customers == "required":
            loads = [row["ingested_at"] for row in self.world["customer"]]
            if not loads:
                reasons.add("CUSTOMER_FEED_MISSING")
            elif max(loads) < self.as_of - timedelta(days=self.feeds.customer_max_age_days):
                reasons.add("CUSTOMER_FEED_STALE")
        if main["country"] in self.policy.retention.countries:
            own = [self.own_contact(lead) for lead in self.leads_of[person]]
            since = months_before(self.as_of, self.policy.retention.months)
            if not any(at is not None and at >= since for at in own):
                reasons.add("RETENTION_REVIEW")
        approaches = self.approaches(person)
        pacing = self.policy.pacing
        if any(
            at >= self.as_of - timedelta(days=pacing.recontact_interval_days) for at in approaches
        ):
            reasons.add("RECONTACT_INTERVAL")
        recent = [at for at in approaches if at >= self.as_of - timedelta(days=365)]
        if len(recent) >= pacing.max_attempts_per_year:
            reasons.add("FREQUENCY_CAP")
        return reasons | self.too_often(main, approaches)

    def approaches(self, person: int) -> list[datetime]:
        found = []
        for lead in self.leads_of[person]:
            for touch in self.world["activity"]:
                if touch["lead_key"] == lead["lead_key"] and touch["direction"] == "out":
                    if touch["channel"] in ("call", "email", "sms", "meeting"):
                        found.append(touch["at"])
            for attempt in self.world["contact_attempt"]:
                if attempt["lead_key"] == lead["lead_key"]:
                    found.append(attempt["at"])
        return [at for at in found if at < self.as_of]

    def came_to_us(self, lead: Row, channels: tuple[str, ...] | None = None) -> list[datetime]:
        found = [
            touch["at"]
            for touch in self.world["activity"]
            if touch["lead_key"] == lead["lead_key"]
            and touch["direction"] == "in"
            and (channels is None or touch["channel"] in channels)
        ]
        found += [
            attempt["at"]
            for attempt in self.world["contact_attempt"]
            if attempt["lead_key"] == lead["lead_key"]
            and attempt["disposition"] in ("replied", "meeting")
        ]
        return [at for at in found if at < self.as_of]

    def own_contact(self, lead: Row) -> datetime | None:
        found = self.came_to_us(lead)
        return max(found) if found else lead["created_at"]

    # ------------------------------------------------------------------- the one point of contact

    @staticmethod
    def point(lead: Row, channel: str) -> str | None:
        if channel == "email":
            return lead["email_key"]
        if channel in ("phone", "ai_voice"):
            return lead["phone_e164"] or lead["mobile_e164"]
        if channel == "sms":
            is_mobile = lead["line_type"] == "mobile"
            return lead["mobile_e164"] or (lead["phone_e164"] if is_mobile else None)
        return None

    def point_reasons(self, main: Row, channel: str) -> set[str]:
        if channel == "mail":
            given = [bool((main[name] or "").strip()) for name in ("street", "city", "postal_code")]
            return set() if given[0] and (given[1] or given[2]) else {"NO_CONTACT_POINT"}
        reasons = set()
        point = self.point(main, channel)
        as_given = {
            "email": main["email"],
            "sms": main["mobile"],
        }.get(channel, main["phone"] if main["phone"] is not None else main["mobile"])
        if point is None:
            reasons.add("NO_CONTACT_POINT" if as_given is None else "INVALID_CONTACT_POINT")
        if channel != "email":
            if main["phone_valid"] is False:
                reasons.add("INVALID_CONTACT_POINT")
            return reasons
        if point is None:
            return reasons
        addresses = self.policy.addresses
        name = point.rsplit("@", 1)[0].lower()
        name = name[: name.index("+")] if name.find("+") > 0 else name
        if addresses.is_role_address_blocked and name in addresses.role_names:
            reasons.add("ROLE_ADDRESS")
        if addresses.is_disposable_domain_blocked and any(
            f".{main['email_domain']}".endswith(f".{domain}")
            for domain in addresses.disposable_domains
        ):
            reasons.add("DISPOSABLE_DOMAIN")
        for lead in self.lead.values():
            if lead["email_key"] is not None and fold(lead["email_key"]) == fold(point):
                bounced = lead["email_bounced_at"]
                returned = [
                    a
                    for a in self.world["contact_attempt"]
                    if a["lead_key"] == lead["lead_key"]
                    and a["disposition"] == "bounced"
                    and a["channel"] == "email"
                    and a["at"] < self.as_of
                ]
                if returned or (bounced is not None and bounced < self.as_of):
                    reasons.add("BOUNCED")
        return reasons

    def shares_with_objector(
        self, person: int, main: Row, channel: str, objections: dict[int, set[str]]
    ) -> bool:
        point = self.point(main, channel)
        if point is None:
            return False
        return any(
            channel in closed
            and key_of(point)
            in {
                key
                for lead in self.leads_of[other]
                for key in self.keys(lead)
                if self.fits(key, channel)
            }
            for other, closed in objections.items()
            if other != person
        )

    @staticmethod
    def fits(key: str, channel: str) -> bool:
        return ("@" in key) == (channel == "email")

    # ------------------------------------------------------------------------------- the policy

    def policy_reasons(self, person: int, main: Row, region: str | None, channel: str) -> set[str]:
        if main["country"] is None:
            return {"COUNTRY_UNKNOWN"}
        rule = self.rule(main, region, channel)
        if rule is None:
            return {"NO_POLICY_ROW"}
        reasons = set()
        if rule.basis != "may" and not self.is_related(
            person, rule.purchase_months, rule.inquiry_months
        ):
            reasons |= self.missing_ground(person, main, channel, rule)
        exempt = self.is_related(person, rule.exempt_purchase_months, rule.exempt_inquiry_months)
        if not exempt:
            for name in rule.registries:
                reasons |= self.registry_reasons(person, name, rule)
        return reasons

    def rule(self, main: Row, region: str | None, channel: str) -> Any:
        table = self.policy.regions.get(region, {}).get(channel, {})
        party = main["party_type"]
        party = party if party in ("organisation", "sole_trader") else "consumer"
        rule = table.get(party)
        is_mobile = main["line_type"] == "mobile" or (
            main["phone_e164"] is None and main["mobile_e164"] is not None
        )
        if rule is not None and rule.is_mobile_as_consumer and is_mobile:
            return table.get("consumer")
        return rule

    def is_related(self, person: int, purchase_months: int, inquiry_months: int) -> bool:
        for lead in self.leads_of[person]:
            bought = [
                o["occurred_at"]
                for o in self.world["outcome"]
                if o["lead_key"] == lead["lead_key"]
                and o["milestone"] == "won"
                and o["occurred_at"] < self.as_of
            ]
            asked = self.came_to_us(lead, ("call", "email", "sms", "meeting", "form"))
            for months, moments in ((purchase_months, bought), (inquiry_months, asked)):
                since = months_before(self.as_of, months)
                if months > 0 and any(at >= since for at in moments):
                    return True
        return False

    def registry_reasons(self, person: int, name: str, rule: Any) -> set[str]:
        rows = [row for row in self.world["registry"] if row["registry"] == name]
        copies = [row for row in self.world.get("registry_copy", []) if row["registry"] == name]
        whole: list[Row] = []
        is_whole = True
        for copy in sorted(copies, key=lambda row: row["loaded_at"]):
            is_short = whole and copy["entries"] < whole[-1]["entries"] * 0.98
            share = copy["region_share"]
            is_whole = copy["entries"] > 0 and not is_short and (share is None or share >= 0.9)
            whole += [copy] if is_whole else []
        reasons = set() if is_whole else {"REGISTRY_INCOMPLETE"}
        if not rows and not whole:
            return reasons | (set() if rule.is_registry_optional else {"REGISTRY_MISSING"})
        dates = [copy["newest"] for copy in whole]
        if not copies:
            at = "ingested_at"
            dates = [min(row["screened_at"] or row[at], row[at]) for row in rows]
        oldest = self.as_of - timedelta(days=rule.registry_max_age_days)
        if not any(date >= oldest for date in dates):
            reasons.add("REGISTRY_STALE")
        keys = {key for lead in self.leads_of[person] for key in self.keys(lead)}
        if any(key_of(row["contact_key"]) in keys for row in rows):
            reasons.add("REGISTRY_HIT")
        return reasons

    def missing_ground(self, person: int, main: Row, channel: str, rule: Any) -> set[str]:
        if rule.basis == "forbidden":
            return {"NO_LAWFUL_BASIS"}
        found = [
            (event, self.flaws(event, person, channel, rule))
            for event in self.world["consent_event"]
            if self.speaks_for(event, person)
            and self.grants(event, channel, rule)
            and self.covers_point(event, main, channel)
        ]
        whole = [event for event, flaws in found if not flaws]
        pending = [event["captured_at"] for event, _ in found if event["is_confirmed"] is False]
        for event in whole:
            is_later = all(at is not None and at < event["captured_at"] for at in pending)
            if event["is_confirmed"] is True or is_later:
                return set()
        return set().union(*(flaws for _, flaws in found)) or {"NO_LAWFUL_BASIS"}

    def speaks_for(self, event: Row, person: int) -> bool:
        if event["lead_key"] is not None:
            return self.person_of.get(event["lead_key"]) == person
        if event["is_confirmed"] is False and event["contact_key"] is not None:
            # as a no it names the mailbox, and whoever has it
            name = key_of(event["contact_key"])
            return any(name in self.keys(lead) for lead in self.leads_of[person])
        return self.owners.get(event["contact_key"]) == {person}

    def grants(self, event: Row, channel: str, rule: Any) -> bool:
        if event["captured_at"] is not None and event["captured_at"] >= self.as_of:
            return False
        if event["effective_from"] is not None and event["effective_from"] > self.as_of:
            return False
        if event["channel"] not in (None, channel):
            return False
        must_name = rule.basis == "express_consent" or channel == "ai_voice"
        if event["status"] == "opt_in" and (event["channel"] == channel or not must_name):
            return True
        if event["status"] in ("opt_in", "unknown") and event["is_confirmed"] is False:
            if event["channel"] == channel or not must_name:
                return True
        basis = (event["lawful_basis"] or "").lower()
        return event["status"] in ("opt_in", "unknown") and basis == RECORDED.get(rule.basis)

    def covers_point(self, event: Row, main: Row, channel: str) -> bool:
        own = self.lead.get(event["lead_key"]) if event["lead_key"] is not None else None
        if channel == "mail":
            if event["contact_key"] is not None or own is None:
                return False
            same = own["street"] is not None and own["postal_code"] is not None
            same = same and own["street"] == main["street"]
            same = same and own["postal_code"] == main["postal_code"]
            return own["lead_key"] == main["lead_key"] or same
        point = self.point(main, channel)
        if event["contact_key"] is not None:
            return point is not None and self.is_same(event, event["contact_key"], point)
        if own is None or point is None:
            return False
        if channel == "email":
            return self.is_same(event, own["email_key"], point)
        return point in (own["phone_e164"], own["mobile_e164"])

    @staticmethod
    def is_same(event: Row, key: str | None, point: str) -> bool:
        if event["is_confirmed"] is False and key is not None and key_of(key) == key_of(point):
            return True
        return key == point

    def last_use(self, person: int, channel: str, given: datetime, months: int) -> datetime:
        """When consent was last used, as long as it had not lapsed by then."""
        used = []
        for lead in self.leads_of[person]:
            for touch in self.world["activity"]:
                if touch["lead_key"] == lead["lead_key"] and touch["direction"] == "out":
                    as_what = {"call": "ai_voice" if touch["actor"] == "ai" else "phone"}
                    if as_what.get(touch["channel"], touch["channel"]) == channel:
                        used.append(touch["at"])
            for attempt in self.world["contact_attempt"]:
                failed = attempt["disposition"] in ("bounced", "wrong_number", "left_company")
                if attempt["lead_key"] == lead["lead_key"] and not failed:
                    if attempt["channel"] == channel:
                        used.append(attempt["at"])
        last = given
        for at in sorted(used):
            if given <= at < self.as_of:
                if months_before(last, -months) < at:
                    break
                last = at
        return last

    def flaws(self, event: Row, person: int, channel: str, rule: Any) -> set[str]:
        found = set()
        months = rule.consent_max_age_months
        if months is None:
            months = getattr(self.policy.consent_max_age_months, channel)
        given = event["captured_at"]
        since = months_before(self.as_of, months)
        if given is None or (
            given < since and self.last_use(person, channel, given, months) < since
        ):
            found.add("CONSENT_TOO_OLD")
        if event["effective_to"] is not None and event["effective_to"] <= self.as_of:
            found.add("CONSENT_TOO_OLD")
        if event["is_confirmed"] is False:
            found.add("CONSENT_UNCONFIRMED")
        if rule.is_proof_required and not event["evidence_ref"]:
            found.add("CONSENT_UNPROVEN")
        return found
