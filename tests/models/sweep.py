"""Tries mutants of a model in a process of its own and prints what happened as JSON.

    python -m tests.models.sweep KIND FOLDER COUNT SEED

KIND: `folder` (either file of a saved model), `resealed` (its text, and a manifest with the hash of
the damaged text, so that only the structure and the canary rows are left to tell; what passes is
scored by LightGBM and, every fourth, by the kernel), `bare` (a text on its own, once with its hash
and once without; what passes is scored by both).
"""

import hashlib
import json
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from models import Scorer, load
from models.errors import ModelRefusedError
from models.kernel import oracle, walk
from models.kernel.binding import scores
from models.kernel.canary import Canary
from models.kernel.inputs import rows_of_matrix
from models.kernel.plan import plan_of
from models.kernel.text import parse
from models.manifest import identify, written
from tests.models import mutants
from tests.models.kernel.forests import same_bits

Outcomes = dict[str, Counter[str]]

SECONDS = 5  # that one mutant may take


class HangError(Exception):
    """A mutant took too long."""


def _hang(*_: object) -> None:
    raise HangError


def sweep(cases: Iterator[tuple[str, bytes]], attempt: Callable[[bytes], str]) -> Outcomes:
    """Outcome by kind; `attempt` says what happened to a mutant that was not refused."""
    signal.signal(signal.SIGALRM, _hang)
    outcomes: Outcomes = {}
    for kind, mutant in cases:
        signal.alarm(SECONDS)
        try:
            found = attempt(mutant)
        except ModelRefusedError:
            found = "refused"
        except Exception as error:  # noqa: BLE001 - what a mutant does is the result
            found = f"{type(error).__name__}: {error}"[:200]
        signal.alarm(0)
        outcomes.setdefault(kind, Counter())[found] += 1
    return outcomes


def folder(model: Path, count: int, seed: int) -> Outcomes:
    """Damage either file of a saved model."""
    copy = _copy(model)

    def attempt(name: str) -> Callable[[bytes], str]:
        def tried(mutant: bytes) -> str:
            (copy / name).write_bytes(mutant)
            try:
                load(copy)
            finally:
                shutil.copyfile(model / name, copy / name)
            return "accepted"

        return tried

    text, manifest = (model / "model.txt").read_bytes(), (model / "manifest.json").read_bytes()
    found = sweep(mutants.of_model(text, count // 2, seed), attempt("model.txt"))
    of_manifest = mutants.of_manifest(manifest, count // 2, seed)
    for kind, outcome in sweep(of_manifest, attempt("manifest.json")).items():
        found[f"manifest: {kind}"] = outcome
    assert load(copy).model_id == model.name
    return found


def resealed(model: Path, count: int, seed: int) -> Outcomes:
    """Damage the text of a saved model and write its hash and a new id into the manifest."""
    copy, sound = _copy(model), load(model)
    canary, text = sound.canary, (model / "model.txt").read_bytes()
    matrix = np.concatenate([canary.matrix, _rows(canary, seed)])
    expected = walk.scores(sound.forest.trees, matrix)

    def attempt(mutant: bytes) -> str:
        manifest = {**sound.manifest, "model_sha256": hashlib.sha256(mutant).hexdigest()}
        manifest["model_id"] = identify(manifest)
        (copy / "model.txt").write_bytes(mutant)
        (copy / "manifest.json").write_text(written(manifest))
        found = Scorer.from_file(copy, threads=1, kernel_from_rows=10**9).raw_score(matrix)
        if not same_bits(found[: len(canary.matrix)], canary.raw_score):
            return "other canary scores"
        # By its first bytes: every fourth of those that get so far.
        if mutant == text or int(str(manifest["model_sha256"])[0], 16) % 4 == 0:
            kernel = Scorer.from_file(copy, threads=1, kernel_from_rows=0)
            if not same_bits(kernel.raw_score(matrix), found):
                return "kernel differs from LightGBM"
            assert kernel.rows_by_route["kernel"] == len(matrix)
        return "same" if same_bits(found, expected) else "other scores"

    assert attempt(text) == "same"
    return sweep(mutants.of_model(text, count, seed), attempt)


def bare(file: Path, count: int, seed: int) -> Outcomes:
    """Damage a LightGBM text model that stands alone."""
    text = file.read_bytes()
    sound = parse(text)
    digest = hashlib.sha256(text).hexdigest()
    canary = Canary.of(sound, lambda matrix: walk.scores(sound.trees, matrix))
    matrix = np.concatenate([canary.matrix, _rows(canary, seed)])
    expected = walk.scores(sound.trees, matrix)
    place = Path(tempfile.mkdtemp()) / "mutant.txt"

    def attempt(mutant: bytes) -> str:
        place.write_bytes(mutant)
        if mutant != text:
            try:
                Scorer.from_file(place, sha256=digest)
            except ModelRefusedError:
                pass
            else:
                return "accepted with the hash of another file"
        forest = Scorer.from_file(place)._forest
        if len(forest.feature_names) != matrix.shape[1]:
            return "other width"
        with np.errstate(all="ignore"):
            found = oracle.predict(oracle.booster_of(forest, None), matrix, 1)
        plan = plan_of(forest.trees, np.float32)
        rows = rows_of_matrix(matrix, matrix.shape[1])
        if not same_bits(scores(plan, rows, 1), found):
            return "kernel differs from LightGBM"
        return "same scores" if same_bits(found, expected) else "other scores"

    assert attempt(text) == "same scores"
    return sweep(mutants.of_model(text, count, seed), attempt)


def _copy(model: Path) -> Path:
    return Path(shutil.copytree(model, Path(tempfile.mkdtemp()) / "model"))


def _rows(canary: Canary, seed: int) -> np.ndarray:
    """Rows that the canary does not hold, of the same values."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.choice(column, 600) for column in canary.matrix.T], axis=1)


if __name__ == "__main__":
    kind, path, count, seed = sys.argv[1:]
    run = {"folder": folder, "resealed": resealed, "bare": bare}[kind]
    sys.stdout.write(json.dumps(run(Path(path), int(count), int(seed))) + "\n")
