"""Any order of refusals, erasures, files, nights, claims, reports, crashes and ways back.

The oracle knows the events and nothing of the product. A failure names its seed: the same seed
lives the same life again.
"""

import tempfile
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.runs import publication
from tests.properties.living_clock import ticking
from tests.properties.living_days import LivingDays, live
from tests.properties.living_home import Violation

# A Monday: calls have their hours.
START = datetime(2026, 11, 2, 6)
FAST = Path("/dev/shm")  # noqa: S108 - forcing every write to a disk is tested elsewhere
LIVES = 4
# Whatever happens must happen often enough in every life of the suite: one in which nobody leaves,
# or nobody says no, proves nothing.
LEAST = {
    "night": 2, "claim": 1_500, "handed out": 120, "listed": 80, "clear": 60, "report": 120,
    "release": 80, "suppress": 100, "unclaimed": 80, "opt-out": 3, "objected-profiling": 1,
    "re-import": 20, "merge": 1, "suppressed by a list": 2, "consent": 1, "suppressions": 1,
    "leads": 1, "forget": 1, "rollback": 1, "defer": 1, "killed load": 1,
    "looked for who is kept back": 20,
}  # fmt: skip


def life(seed, *, days, operations, between):
    """Live one life; return what was done how often."""
    place = FAST if FAST.is_dir() else None
    with tempfile.TemporaryDirectory(dir=place) as folder, ticking(START) as clock:
        home = LivingDays(Path(folder), seed, clock)
        try:
            return live(home, days=days, operations=operations, between=between)
        except Violation as error:
            raise Violation(f"seed {seed}, {dict(home.done)}: {error}") from error


@pytest.fixture
def unaudited(monkeypatch):
    """Leave out the audits of a night: the oracle is to find everything by itself."""
    monkeypatch.setattr(publication, "check_in_fresh_process", lambda *given, **named: {})


OPERATIONS = (
    "claim", "report", "release", "suppress", "unclaimed", "pause", "resume", "consent",
    "suppressions", "leads", "defer", "forget", "rollback", "night",
)  # fmt: skip


def operations(done):
    return sum(done[name] for name in OPERATIONS)


@pytest.mark.usefixtures("unaudited")
@pytest.mark.parametrize("seed", range(1, LIVES + 1))
def test_nobody_who_said_no_is_listed_or_handed_out(seed):
    done = life(seed, days=2, operations=2_500, between=3)
    assert LIVES * operations(done) >= 20_000
    lacking = {name: done[name] for name, least in LEAST.items() if done[name] < least}
    assert lacking == {}


@pytest.mark.slow
@pytest.mark.usefixtures("unaudited")
@pytest.mark.parametrize("seed", range(100, 140))
def test_two_hundred_thousand_operations(seed):
    assert operations(life(seed, days=4, operations=1_250, between=4)) >= 5_000
