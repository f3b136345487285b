"""Who may be handed out, from the history of claims and reports alone: obvious, slow, shared with
nobody."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

CALLED = ("phone", "ai_voice", "sms")


@dataclass
class Oracle:
    """People are 0, 1, ...; `leads` says which leads are one person, `points` what a lead has."""

    leads: dict
    points: dict
    pause: timedelta
    cap: int
    lease: timedelta
    claims: list = field(default_factory=list)
    reports: dict = field(default_factory=dict)
    closed: set = field(default_factory=set)

    def available(self, person: int, channel: str, now: datetime) -> bool:
        for claim in self.claims:
            if claim["person"] == person and not claim["ended"]:
                if claim["at"] + self.lease > now:
                    return False
        for lead in self.leads[person]:
            for point in self.points[lead]:
                if (point, channel) in self.closed:
                    return False
        times = set()
        for report in self.reports.values():
            if report["lead"] not in self.leads[person]:
                continue
            what = report["disposition"]
            if what in ("opted_out", "complaint", "left_company"):
                return False
            if what == "wrong_number" and channel in CALLED:
                return False
            if what == "bounced" and channel in ("sms", "mail") and report["channel"] == channel:
                return False
            if report["callback_at"] is not None and report["callback_at"] > now:
                return False
            times.add(report["at"])
        asked = self.asked(person, channel, now)
        if any(now - time <= self.pause and (not asked or time > max(asked)) for time in times):
            return False
        return len([time for time in times if now - time <= timedelta(days=365)]) < self.cap

    def asked(self, person: int, channel: str, now: datetime) -> list:
        """When they asked to be contacted again by now, on this channel or for a call."""
        return [
            report["at"]
            for report in self.reports.values()
            if report["lead"] in self.leads[person]
            and report["disposition"] == "callback_at"
            and report["callback_at"] <= now
            and channel in ("phone", report["channel"])
        ]

    def claim(self, channel: str, count: int, now: datetime) -> list:
        found = [person for person in self.leads if self.available(person, channel, now)][:count]
        for person in found:
            self.claims.append(
                {
                    "person": person,
                    "lead": self.leads[person][0],
                    "channel": channel,
                    "at": now,
                    "ended": False,
                }
            )
        return found

    def report(self, report: dict) -> None:
        name = (report["id"], report["lead"])
        before = self.reports.get(name)
        what, channel = report["disposition"], report["channel"]
        if before is None or weight(what) >= weight(before["disposition"]):
            self.reports[name] = report
        for point in self.points[report["lead"]]:
            is_email = "@" in point
            if what in ("opted_out", "complaint"):
                for every in ("email", "mail", *CALLED):
                    self.closed.add((point, every))
            if what == "bounced" and channel == "email" and is_email:
                self.closed.add((point, "email"))
            if what == "wrong_number" and not is_email:
                for every in CALLED:
                    self.closed.add((point, every))
        if what in ("sent", "delivered", "opened", "callback_at", "escalated"):
            return
        of_it = [
            claim
            for claim in self.claims
            if claim["lead"] == report["lead"]
            and claim["channel"] == channel
            and claim["at"] <= report["at"]
        ]
        if of_it:
            of_it[-1]["ended"] = True


def weight(disposition: str) -> int:
    if disposition in ("opted_out", "complaint"):
        return 2
    return 1 if disposition in ("wrong_number", "bounced", "left_company") else 0
