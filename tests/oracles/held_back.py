"""Who is left alone though nobody said no: slow, obvious twins, one person at a time."""

import hashlib
import re
from datetime import timedelta
from typing import Any

SUPPRESSED = {
    "SUPPRESSED",
    "SUPPRESSED_UNTIL",
    "SUPPRESSED_DOMAIN",
    "SUPPRESSED_HASH",
    "SUPPRESSED_ERASED",
}
ENDED = {
    "false",
    "f",
    "no",
    "n",
    "0",
    "00",
    "none",
    "null",
    "na",
    "complete",
    "completed",
    "done",
    "finished",
    "ended",
    "error",
    "failed",
    "stopped",
    "removed",
    "exited",
    "unenrolled",
    "cancelled",
    "canceled",
    "inactive",
    "notstarted",
    "notinsequence",
    "notenrolled",
}


def why_suppressed(entry: Any) -> str:
    if entry["until"] is not None:
        return "SUPPRESSED_UNTIL"
    if (entry["reason"], entry["source"]) == ("erased", "forget"):
        return "SUPPRESSED_ERASED"
    of = {"domain": "SUPPRESSED_DOMAIN", "hash": "SUPPRESSED_HASH"}
    return of.get(entry["kind"], "SUPPRESSED")


class HeldBack:
    """Part of `Eligibility`: reasons that close every channel, and numbers given up."""

    world: Any
    policy: Any
    control: Any
    as_of: Any
    leads_of: Any

    def in_hand(self, person: int) -> set[str]:
        reasons = set()
        days = self.policy.ownership.active_days
        for lead in self.leads_of[person]:
            if days and self.is_worked(lead, self.as_of - timedelta(days=days)):
                reasons.add("OWNED_BY_PERSON")
            for row in self.world.get("custom", []):
                word = re.sub("[^a-z0-9]", "", (row["Currently in Sequence"] or "").lower())
                if row["lead_key"] == lead["lead_key"] and word and word not in ENDED:
                    reasons.add("IN_SEQUENCE")
        return reasons

    def is_worked(self, lead: Any, since: Any) -> bool:
        for touch in self.world["activity"]:
            if touch["lead_key"] != lead["lead_key"] or not since <= touch["at"] < self.as_of:
                continue
            owner = lead["owner_id"]
            if owner is None or owner[:3] == "00G":
                continue
            if touch["channel"] not in ("call", "email", "sms", "meeting"):
                continue
            ours = touch["direction"] == "out" or touch["channel"] == "meeting"
            if touch["actor_id"] == owner:
                return True
            if touch["actor_id"] is None and touch["actor"] == "human" and ours:
                return True
        return any(
            attempt["lead_key"] == lead["lead_key"]
            and attempt["handler"] == "human"
            and attempt["disposition"] in ("replied", "meeting")
            and since <= attempt["at"] < self.as_of
            for attempt in self.world["contact_attempt"]
        )

    def is_called_back(self, person: int, channel: str) -> bool:
        """They asked to be contacted again by the end of this day, and nobody has since."""
        asked = [
            attempt["at"]
            for lead in self.leads_of[person]
            for attempt in self.world["contact_attempt"]
            if attempt["lead_key"] == lead["lead_key"]
            and attempt["disposition"] == "callback_at"
            and attempt["callback_at"] is not None
            and attempt["at"] < attempt["callback_at"] < self.as_of + timedelta(days=1)
            and attempt["at"] < self.as_of
            and channel in ("phone", attempt["channel"])
        ]
        return bool(asked) and max(self.approaches(person)) <= max(asked)  # type: ignore[attr-defined]

    def too_often(self, main: Any, approaches: list[Any]) -> set[str]:
        reasons = set()
        most = self.policy.pacing.max_attempts_ever
        if most and len(approaches) >= most:
            reasons.add("LIFETIME_ATTEMPTS")
        today = [at for at in approaches if at >= self.as_of - timedelta(hours=24)]
        for cap in self.policy.daily_caps.values():
            if len(today) >= cap.max_attempts and self.is_in(main, cap.places):
                reasons.add("FREQUENCY_CAP")
        return reasons

    @staticmethod
    def is_in(main: Any, places: tuple[str, ...]) -> bool:
        if not places:
            return True
        for place in places:
            country = "GB" if place[:2] == "UK" else place[:2]
            if main["country"] != country:
                continue
            if len(place) == 2 or main["state_code"] in (None, country + place[2:]):
                return True
        return False

    def held_back(self, person: int) -> set[str]:
        if self.control is None:
            return set()
        drawn = False
        for lead in self.leads_of[person]:
            name = f"{self.control.draw}/{lead['source_system']}/{lead['source_id']}"
            number = int.from_bytes(hashlib.md5(name.encode()).digest()[:8], "big")  # noqa: S324
            drawn |= number < self.control.share * 2**64
        since = self.as_of - timedelta(days=self.control.inbound_days)
        keys = {lead["lead_key"] for lead in self.leads_of[person]}
        for touch in self.world["activity"]:
            if touch["lead_key"] in keys and touch["direction"] == "in" and touch["at"] >= since:
                if touch["channel"] in ("call", "email", "sms", "meeting", "form"):
                    return set()
        for attempt in self.world["contact_attempt"]:
            if attempt["lead_key"] in keys and attempt["at"] >= since:
                if attempt["disposition"] in ("replied", "meeting"):
                    return set()
        return {"CONTROL_GROUP"} if drawn else set()

    def given_up(self, person: int, main: Any, point: str | None, channel: str) -> set[str]:
        if channel not in ("phone", "ai_voice", "sms") or main["country"] != "US":
            return set()
        dates = [
            row["screened_at"] or row["ingested_at"]
            for row in self.world["registry"]
            if row["registry"] == "us_rnd" and point is not None and row["contact_key"] == point
        ]
        own = [self.own_contact(lead) for lead in self.leads_of[person]]  # type: ignore[attr-defined]
        own = [at for at in own if at is not None]
        if dates and (not own or max(own) < max(dates)):
            return {"NUMBER_REASSIGNED"}
        return set()
