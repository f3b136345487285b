"""A damaged model never ranks: 2,500 mutants here, 60,000 where `slow` tests run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from models import save
from tests.models.kernel.zoo import small_model

# Of mutants of a file without a hash, with other scores; measured: 6.5% of 20,000.
MOST_MISSED = 0.08


def swept(kind: str, path: Path, count: int, seed: int = 0) -> dict[str, dict[str, int]]:
    """Outcomes by kind of damage, from a process whose crash would be seen."""
    command = [sys.executable, "-m", "tests.models.sweep", kind, str(path), str(count), str(seed)]
    place = {**os.environ, "TMPDIR": str(path.parent)}
    found = subprocess.run(
        command, env=place, capture_output=True, text=True, check=False, timeout=900
    )
    assert found.returncode == 0, found.stderr[-2000:]
    outcomes = json.loads(found.stdout)
    assert sum(sum(outcome.values()) for outcome in outcomes.values()) >= count
    return outcomes


def check(model, folder: Path, counts: tuple[int, int, int], seed: int) -> None:
    saved = save(model, folder / "models")
    for outcome in swept("folder", saved, counts[0], seed).values():
        assert set(outcome) == {"refused"}
    # "other scores" are allowed here: somebody who can write the manifest can write the model.
    for outcome in swept("resealed", saved, counts[1], seed).values():
        assert set(outcome) <= {"refused", "same", "other scores"}
    outcomes = swept("bare", small_model(folder / "bare.txt"), counts[2], seed)
    missed = 0
    for outcome in outcomes.values():
        assert set(outcome) <= {"refused", "same scores", "other scores"}
        missed += outcome.get("other scores", 0)
    for kind in ("children", "tree dropped", "tree doubled", "zero byte", "truncation"):
        assert "other scores" not in outcomes[kind]
    assert missed < MOST_MISSED * counts[2]


def test_thousands_of_mutants(model, tmp_path):
    """2,100 of them of a text that no hash, or a fresh one, vouches for."""
    check(model, tmp_path, (400, 700, 1400), 0)


@pytest.mark.slow
def test_sixty_thousand_mutants(model, tmp_path):
    check(model, tmp_path, (20_000, 20_000, 20_000), 1)
