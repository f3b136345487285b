"""Break the floor once in each place, in a copy of the tree, and see a test go red.

    python benchmarks/break_the_floor.py [--only WORD] [--jobs 2]

Every break is what a careless change would make of one rule. The copy is thrown away; the tree that
this is run from is only read. Prints one line per break with the first test that failed, and exits
with 1 if one stayed green or its text is not found any more. Before, each test has to be green in a
copy that nothing was broken in. What the SQL of the eligibility stage
says is broken, rule by rule, by tests/pipelines/eligible/test_broken_rules.py in every run.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
COPIED = ("pipelines", "features", "models", "tests", "benchmarks", "data_samples")
LIVES = "tests/properties/test_nobody_who_said_no.py"
CONFLICTS = "tests/properties/test_conflicting_duplicates.py"
SPELLINGS = "tests/properties/test_spellings_at_the_claim.py"
RACES = "tests/pipelines/outreach/test_claims_racing.py"
CLAIMS = "tests/pipelines/outreach/test_claims.py"
PACING = "tests/pipelines/outreach/test_claims_pacing.py"
SINCE = "tests/pipelines/outreach/test_claims_since_the_night.py"
WINDOWS = "tests/pipelines/outreach/test_call_windows.py"
CLEARING = "tests/pipelines/outreach/test_clearing.py"
AUDITS = "tests/pipelines/publish/test_audits.py"
LISTS = "tests/pipelines/runs/test_lists.py"
FLOOR = "tests/e2e/test_floor.py"
CLAIMING = "tests/e2e/test_claiming.py"
ATTEMPTS = "tests/e2e/test_attempts.py"
FORGET = "tests/e2e/test_forget.py"


class Break(NamedTuple):
    """One rule, where it stands, and the test that has to notice that it is gone."""

    place: str
    file: str
    rule: str
    broken: str
    test: str


BREAKS = [
    # ------------------------------------------------------------- the verdict of the night
    Break("a suppressed address in another spelling", "eligible/suppressed.sql",
          "'email:' || name FROM eligible_folded",
          "'email:' || name FROM eligible_folded WHERE false", LIVES),
    Break("a suppressed former contact point", "eligible/suppressed.sql",
          "FROM eligible_former_point", "FROM eligible_former_point WHERE false", LIVES),
    Break("a domain below a suppressed one", "eligible/suppressed_domain.sql",
          "generate_series(2, length(labels) - 1)", "generate_series(2, 1)", LIVES),
    Break("a plain hash", "eligible/suppressed_hash.sql",
          "WHERE plain IS NOT NULL", "WHERE false", LIVES),
    Break("a no binds every duplicate", "eligible/person_fact.sql",
          "GROUP BY dedupe_link.person_key",
          "WHERE dedupe_link.lead_key = dedupe_link.person_key GROUP BY dedupe_link.person_key",
          CONFLICTS),
    Break("a no binds who was one person once", "eligible/bound_fact.sql",
          "WHERE other.lead_key <> refusal.lead_key", "WHERE false", LIVES),
    Break("a contact point that two persons share", "eligible/objected_point.sql",
          "WHERE name IS NOT NULL AND channels <> 0", "WHERE false", LIVES),
    Break("a no by the address alone", "eligible/key_fact.sql",
          "WHERE status = 'opt_out' AND", "WHERE false AND", CONFLICTS),
    Break("an Art. 21 objection", "eligible/lead_fact.sql",
          "WHERE status = 'objected_profiling'", "WHERE status = 'objected'", CONFLICTS),
    Break("no calls means no texts", "eligible/macros.sql",
          "WHEN 'phone' THEN 14", "WHEN 'phone' THEN 2", CONFLICTS),
    Break("the control group", "eligible/control.sql",
          "WHERE is_drawn(", "WHERE false AND is_drawn(",
          "tests/pipelines/eligible/test_against_oracle.py"),
    # ------------------------------------------------------------------- the gates of publishing
    Break("audit: a suppressed person is listed", "publish/audit.py",
          'violations["nobody_suppressed_is_listed"] = _suppressed_listed(db, secret)', "pass",
          AUDITS),
    Break("audits of the night", "publish/audit.py",
          '"nightly": ("lead", "night")', '"nightly": ("lead",)', AUDITS),
    Break("gate: a list missing, old or shrunk", "runs/lists.py",
          "    if wrong:\n", "    if False:\n", LISTS),
    Break("gate: the published suppressions are the ledger's", "runs/nightly.py",
          "        check_suppressions(home, ledger)\n", "", LISTS),
    Break("gate: the key of the suppressions", "runs/safety.py",
          "if known[0][0] != fingerprint:", "if False:", FLOOR),
    Break("gate: an older copy of the ledger", "runs/safety.py",
          "if audit.is_behind(ledger):", "if False:", LISTS),
    Break("suppressions of a file that landed before a crash", "runs/nightly.py",
          "        replay_suppressions(home, ledger, at=now())\n", "", FLOOR),
    Break("new suppressions reach the night", "runs/suppressed.py",
          'db.insert("suppression", part)', "pass", LIVES),
    # ----------------------------------------------------------------------------- the claim
    Break("suppressions at the claim", "outreach/claims.py",
          'any(bound.get(key, set()) & binding for key in row["keys"] or ())', "False", LIVES),
    Break("no calls means no texts, at the claim", "outreach/claims.py",
          '"sms": {"phone"}}', '"sms": set()}', CLAIMS),
    Break("reports at the claim", "outreach/claims.py",
          "or is_closed_by(told, lane.channel, at)", "or False", ATTEMPTS),
    # Who leaves, and whose account: each alone is caught by the other.
    Break("who is out already", "store/ledger/claims.py",
          "expires_at > ?", "expires_at < ?", LIVES),
    Break("two of one account", "outreach/claims.py",
          'if cleared is None or not busy.isdisjoint(row["accounts"] or ()):',
          "if cleared is None:", LIVES),
    Break("recontact interval and caps", "outreach/claims.py",
          "or is_too_often(", "or False and is_too_often(", LIVES),
    Break("an export counts as approached", "outreach/claims.py",
          'for time in exported.get(lead, ())]', "for time in ()]", PACING),
    Break("what was refused, whenever", "outreach/ready.py",
          'set(refused["listed_lead_key"]) | set(later', "set(later", LIVES),
    Break("what became known since the night", "outreach/ready.py",
          ' | set(later["listed_lead_key"])', "", SINCE),
    Break("spellings at the claim", "outreach/refused.sql",
          "folded_key(contact_key) AS point", "lower(contact_key) AS point", SPELLINGS),
    Break("the control group at the claim", "outreach/ready.py",
          " | _held_back(db, control, at)", "", PACING),
    Break("a list expires", "runs/claim_desk.py",
          "if at - night.published_at > ttl:", "if False:", CLAIMING),
    Break("a pause", "outreach/claims.py", "    if found is not None:\n", "    if False:\n", LIVES),
    Break("the call window", "outreach/clearing.py",
          "return None if window is None else Clearance(*window, told)",
          "return Clearance(*(window or (None, None)), told)", CLEARING),
    Break("every window that may hold binds", "outreach/windows/opening.py",
          "return reduce(common, by_clock)", "return next(by_clock)", WINDOWS),
    Break("no text, no AI row", "outreach/clearing.py",
          "            if told is None:\n                return None\n", "", CLEARING),
    Break("a list that was replaced meanwhile", "runs/claim_desk.py",
          "            recheck=self._recheck,\n", "            recheck=lambda: None,\n", LIVES),
    Break("rollback: a loaded no that the store does not know", "runs/safety.py",
          "    if unseen:\n", "    if False:\n", LIVES),
    # ------------------------------------------------------------------- attempts and erasure
    Break("what is reported suppresses its points", "outreach/attempts.py",
          "suppressed = _suppress(ledger, secret, meant, at)", "suppressed = 0", LIVES),
    Break("reports reach the next night", "runs/nightly.py",
          'land_attempts(home, ledger, at=now())', "0", ATTEMPTS),
    Break("who was erased stays out of files", "runs/landing.py",
          "Erased(home.secret(), erasures.keys(ledger))", "Erased(home.secret(), [])", LIVES),
    Break("an erasure that died is ended", "runs/nightly.py",
          "        finish_erasures(home, progress)\n", "", FORGET),
    Break("who is being erased is out", "store/ledger/claims.py",
          'SELECT lead_key FROM erasure_lead WHERE {these}',
          'SELECT lead_key FROM erasure_lead WHERE false AND {these}', FORGET),
]  # fmt: skip


def broken_copy(one: Break, folder: Path) -> bool:
    """Copy the tree with one rule broken; return False if its text is not there."""
    for name in COPIED:
        source = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, folder / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    if not one.file:
        return True
    path = folder / "pipelines" / one.file
    text = path.read_text()
    if one.rule not in text:
        return False
    path.write_text(text.replace(one.rule, one.broken))
    return True


def tried(one: Break) -> tuple[Break, str, str, float]:
    """Return the break, red, green or lost, the test that failed, and the seconds it took."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if not broken_copy(one, folder):
            return one, "lost", "the text is not there any more", 0.0
        done = subprocess.run(  # noqa: S603 - our own files
            [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:randomly",
             "-p", "no:cacheprovider", "--no-header", one.test],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)(?: - (.*))?$", done.stdout, re.MULTILINE)
    # 1: tests failed. Anything else is no answer: nothing collected, a broken import, a crash.
    colour = {0: "green", 1: "red"}.get(done.returncode, f"exit {done.returncode}")
    why = ": ".join(part for part in failed[0] if part) if failed else ""
    return one, colour, why, time.monotonic() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", help="breaks that hold this word, in whatever part")
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    found = [one for one in BREAKS if arguments.only in " ".join(one)]
    whole = [Break("nothing", "", "", "", test) for test in sorted({one.test for one in found})]
    is_as_wanted = True
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for one, colour, why, seconds in pool.map(tried, whole + found):
            is_as_wanted &= colour == ("red" if one.file else "green")
            why = why or one.test
            print(f"{colour} | {one.place} | {one.file} | {seconds:.0f} s | {why}", flush=True)
    return 0 if is_as_wanted else 1


if __name__ == "__main__":
    sys.exit(main())
