"""A home that lives through any order of events, beside the oracle that is told the same.

Every operation goes through the functions that the commands call. What leaves, by a claim or as a
row of a list, is shown to the oracle at once.
"""

import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

from pipelines.errors import RefusedError
from pipelines.runs.attempts import AttemptDesk
from pipelines.runs.claim_desk import ClaimDesk
from pipelines.runs.nightly import run_nightly
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.snapshot import current_snapshot
from tests.oracles.floor import FloorOracle, fold
from tests.properties.living_clock import Clock
from tests.properties.living_crashes import PLACES, Killed, dying
from tests.properties.living_files import LivingFiles

LEASE, PAUSE, CAP = timedelta(hours=2), timedelta(days=1), 12
SETTINGS = """
[feeds]
customers = "none"
max_shrink_percent = 100
[identify]
fuzzy = false
[memory]
threads = 1
duckdb_gb = 0.5
[store]
keep_snapshots = 3
[list]
ttl_hours = 72
claim_lease_hours = 2
[policy.pacing]
recontact_interval_days = 1
max_attempts_per_year = 12
[mail]
pause_complaints = 1.0
pause_bounces = 1.0
[control_group]
share = 0.0
[capacity.phone]
human = 25
[capacity.sms]
ai = 15
[capacity.email]
human = 25
ai = 2000
[sender]
name = "Acme"
contact = "hello@acme.example"
privacy_url = "https://acme.example/privacy"
source = "our own records"
postal_address = "1 Main Street, Springfield"
"""
# Share of short claims after which everybody left on the list is looked at.
SEEN_WHOLE = 0.1
LANES = [("email", "ai"), ("email", "ai"), ("email", "human"), ("phone", "human"), ("sms", "ai")]


def plain(point: str) -> str:
    return fold(point) if "@" in point else point


class Violation(AssertionError):
    """Somebody left, or stood on a list, who may not; or somebody is kept back for nothing."""


class LivingHome:
    """One home, one oracle, one clock, one seed."""

    def __init__(self, folder: Path, seed: int, clock: Clock) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - no secrets here
        self.home, self.clock = Home(folder / "home").ensure(), clock
        # Ties are broken by keyed hashes: with a key of its own no seed would live its life again.
        self.home.key_file.write_text(f"{seed:064x}\n")
        self.home.settings_file.write_text(SETTINGS)
        self.oracle = FloorOracle(LEASE, PAUSE, CAP)
        self.files = LivingFiles(folder, self.dice, self.oracle, clock)
        self.listed: dict = {}
        self.claims: list = []
        self.paused: set = set()
        self.reported = 0
        # Something is loaded that the published file does not hold: claims may be refused.
        self.is_behind = False
        self.done: Counter = Counter()
        self.minutes, self.evening = 10.0, clock.at
        # Store files from before the last night, and from before the night before that one, whose
        # lists have expired.
        self.recent: set = set()
        self.too_old: set = set()
        self.cards: list = []
        self.claim_desk = ClaimDesk(self.home)
        self.attempt_desk: AttemptDesk | None = None

    def close(self) -> None:
        """Close the desk of reports: in one process it would keep others from the same file."""
        if self.attempt_desk is not None:
            self.attempt_desk.__exit__(None, None, None)
            self.attempt_desk = None

    # ------------------------------------------------------------------------- a night and a day

    def night(self, new: int, again: int) -> None:
        """Files in the inbox, then a night, which may die; the next one goes on."""
        inbox = self.home.inbox
        known = {path.name for path in self.home.snapshots.glob("leads-*.duckdb")}
        self.too_old, self.recent = self.recent, known
        self.files.write("leads", self.files.exports(new, again), inbox / "leads/crm")
        if self.dice.random() < 0.7:
            self.files.write("consent", self.files.consents(), inbox / "consent/crm")
        if self.dice.random() < 0.7:
            self.files.write("supp", self.files.suppressions(), inbox / "suppressions/crm")
        self.files.exported()
        self.is_behind = True
        self.listed = {}  # a night that dies may have published its list before
        is_dying = self.dice.random() < 0.25 and current_snapshot(self.home) is not None
        if is_dying and self.dies("night", lambda: run_nightly(self.home)):
            self.claim()
        run_nightly(self.home)
        for file in inbox.rglob("*.csv"):
            file.unlink()
        self.published()
        self.oracle.weighed()
        self.see_night()
        self.done["night"] += 1

    def dies(self, what: str, run) -> bool:
        """Run something that is stopped somewhere; tell whether it was."""
        where = self.dice.choice(PLACES[what])
        call = self.dice.randrange(1, 8) if where[1] == "run_stage" else 1
        try:
            with dying(where, after=self.dice.random() < 0.5, call=call):
                run()
        except Killed:
            self.done[f"killed {what}"] += 1
            return True
        return False

    def published(self) -> None:
        self.is_behind = False
        self.oracle.identified()

    # ------------------------------------------------------------------------------ what leaves

    def claim(self) -> None:
        channel, handler = self.dice.choice(LANES)
        count, is_export = self.dice.randrange(1, 6), self.dice.random() < 0.05
        try:
            found = self.claim_desk.claim(
                channel=channel, handler=handler, count=count, is_export=is_export
            )
        except RefusedError as error:
            is_paused = bool({(channel, handler), (channel, None), (None, None)} & self.paused)
            if not (is_paused or self.is_behind):
                raise Violation(f"refused without a reason: {error.found}") from error
            self.done["refused claim"] += 1
            return
        if {(channel, handler), (channel, None), (None, None)} & self.paused:
            raise Violation(f"{channel} {handler} is paused, and was handed out")
        for row in found.claims:
            self.handed_out(row, channel, is_export=is_export)
        # Few of these claims look at everybody: it is the dearest question of all.
        if len(found.claims) < count and channel == "email" and self.dice.random() < SEEN_WHOLE:
            self.done["looked for who is kept back"] += 1
            now = self.clock.at
            for lead in self.listed.get((channel, handler), ()):
                if self.oracle.is_clear(lead) and not self.oracle.waits(lead, channel, now):
                    raise Violation(f"{lead} was kept back though nobody said anything")

    def handed_out(self, row, channel, *, is_export) -> None:
        lead, at = row["source_id"], self.clock.at
        why = self.oracle.may_not(lead, channel) or self.oracle.waits(lead, channel, at)
        if why:
            raise Violation(f"{lead} was handed out for {channel}: {why}")
        if plain(row["contact_point"]) != self.oracle.leads[lead].reached_at(channel):
            raise Violation(f"{lead} was handed out for {channel} at another point")
        self.oracle.claimed(row["claim_id"], lead, channel, at, is_export=is_export)
        if not is_export:
            self.claims.append((row["claim_id"], lead, channel))
        self.done["handed out"] += 1

    def see_night(self) -> None:
        """Show the oracle every open cell and every listed row of the night just published."""
        path = current_snapshot(self.home)
        with Database.open(path, read_only=True, memory_gb=0.5) as db:
            cells = db.frame(
                "SELECT source_id, email_reasons AS email, phone_reasons AS phone,"
                " ai_voice_reasons AS ai_voice, sms_reasons AS sms, mail_reasons AS mail"
                " FROM eligibility JOIN lead USING (lead_key)"
            ).to_dicts()
            rows = db.frame(
                "SELECT source_id, channel, handler FROM decision JOIN lead USING (lead_key)"
                " WHERE verdict = 'listed'"
            ).rows()
            stored = set(db.frame("SELECT source_id FROM lead")["source_id"])
        if stored & self.oracle.erased_leads:
            raise Violation(f"{sorted(stored & self.oracle.erased_leads)} were erased")
        for cell in cells:
            lead = cell.pop("source_id")
            for channel, mask in cell.items():
                self.done["open cells"] += mask == 0
                why = self.oracle.may_not(lead, channel) if mask == 0 else None
                if why:
                    raise Violation(f"{lead} is open for {channel}: {why}")
            is_clear = bool(self.oracle.leads[lead].email) and self.oracle.is_clear(lead)
            self.done["clear"] += is_clear
            if is_clear and cell["email"]:
                raise Violation(f"{lead} is closed for e-mail, mask {cell['email']}, for nothing")
        self.listed = {}
        for lead, channel, handler in rows:
            self.listed.setdefault((channel, handler), []).append(lead)
            self.done["listed"] += 1
            why = self.oracle.may_not(lead, channel)
            if why:
                raise Violation(f"{lead} is listed for {channel}: {why}")
