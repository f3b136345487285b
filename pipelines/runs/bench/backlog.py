"""The whole path on a synthetic backlog, measured: generate, load, train, change, nightly."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal

from pipelines.generate import T_END
from pipelines.runs.bench.bars import FIRST_LOAD_BARS, GIB, NIGHT_BARS, Bar, memory_bar
from pipelines.runs.bench.child import Finished, failed, run_command
from pipelines.runs.bench.meter import Meter
from pipelines.runs.bench.night import Window, load_windows, measured, night_windows
from pipelines.runs.bench.report import BacklogRun, Judged, Stage
from pipelines.runs.landing import MAPPING_FILE
from pipelines.settings.home import Home

Form = Literal["parquet", "csv"]
Heard = Callable[[Stage], None]
"""Called with every stage when it has ended."""

_RAW_KINDS: Final = ("leads", "activities")
_KINDS: Final = ("leads", "activities", "outcomes", "consent")
EXPORTS: Final = (
    *(f"{kind}_{system}" for kind in _KINDS for system in ("salesforce", "hubspot")),
    "suppressions",
    "customers",
)
CHANGED_SHARE: Final = 0.01
# The world ends at midnight of this day; the change happens on it, the night comes after it.
_FIRST_NIGHT: Final = T_END
_SECOND_NIGHT: Final = T_END + timedelta(days=1)
_REFUSED: Final = 78
_NIGHT_COUNTS: Final = (
    "SELECT sum(loaded)::BIGINT AS new, sum(updated)::BIGINT AS updated FROM load_file"
    " WHERE kind = 'leads' AND loaded_at = (SELECT max(loaded_at) FROM load_file)"
)


@dataclass(frozen=True)
class Places:
    """Where one size of a benchmark keeps its things."""

    root: Path

    @property
    def world(self) -> Path:
        """Generated exports."""
        return self.root / "world"

    @property
    def delta(self) -> Path:
        """Exports of the day's changes."""
        return self.root / "change"

    @property
    def home(self) -> Home:
        """A home of its own."""
        return Home(self.root / "home")

    def areas(self) -> dict[str, list[Path]]:
        """Name what is measured on disk."""
        home = self.home
        store = [home.snapshots, home.staging, home.spill, home.ledger]
        wal = [home.ledger.with_name(home.ledger.name + end) for end in ("-wal", "-shm")]
        return {
            "world": [self.world, self.delta],
            "batches": [home.batches],
            "store": [*store, *wal],
            "other": [home.inbox, home.outbox, home.models],
        }


def run_backlog(places: Places, run: BacklogRun, *, keep: bool, heard: Heard) -> None:
    """Measure the path at one size, as shipped: every step is a process of the command line.

    Parameters
    ----------
    places : Places
        A folder that is missing or empty; what is in it afterwards is the caller's to delete.
    run : BacklogRun
        Filled stage by stage, also when one fails.
    keep : bool
        Keep the generated exports instead of deleting each once it is loaded.

    Raises
    ------
    LeadTriageError
        A command failed; `run.failure` says which and how.
    """
    places.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with Meter(places.areas()) as meter:
        path = _Path(places, run, meter, heard, keep)
        path.generate()
        path.raw()
        path.load()
        path.train()
        path.night("first night", _FIRST_NIGHT)
        path.fill_inbox()
        path.measured_night()


@dataclass(frozen=True)
class _Path:
    """The steps, in order; each leaves its stages in the run."""

    places: Places
    result: BacklogRun
    meter: Meter
    heard: Heard
    keep: bool

    def generate(self) -> None:
        """Write the world and the changes of the day after it."""
        rows, seed, form = self.result.rows, str(self.result.seed), self.result.form
        world, delta = str(self.places.world), str(self.places.delta)
        made = ["--rows", str(rows), "--seed", seed, "--format", form, "--no-truth"]
        done = self._run("generate", ["bench", "generate", "--out", world, *made, "--json"])
        self._whole("generate", "generate", rows, done, done.output["counts"])
        share = ["--share", str(CHANGED_SHARE), "--seed", seed]
        done = self._run("change", ["bench", "change", world, "--out", delta, *share, "--json"])
        updated, added = done.output["updated"], done.output["added"]
        leads = [name for name in EXPORTS if name.startswith("leads")]
        self.result.made = {
            "new": sum(added.get(name, 0) for name in leads),
            "updated": sum(updated.get(name, 0) for name in leads),
        }
        self._whole("change", "change 1%", sum(self.result.made.values()), done, done.output)

    def raw(self) -> None:
        """Let DuckDB copy the leads and activities into tables, to hold the load against it."""
        made = [self.places.world / name for name in EXPORTS if name.startswith(_RAW_KINDS)]
        folders = [folder for folder in made if folder.is_dir()]
        file = self.places.root / "raw.duckdb"
        arguments = [self.result.form, str(file), *map(str, folders)]
        done = self._run("raw", arguments, module="pipelines.runs.bench.raw")
        file.unlink()
        self.result.raw_seconds = done.seconds
        self._whole("raw", "DuckDB alone", sum(done.output.values()), done, done.output)

    def load(self) -> None:
        """Drop every export into the inbox, and load it in one command."""
        world, inbox = self.places.world, self.places.home.inbox
        placed = _drop(world, inbox)
        done = self._run("load", ["load", "--json"])
        for window in load_windows(self.places.home, self.result.rows, done):
            self._add("load", window)
        if self.keep:
            for name, folder in placed.items():
                (folder / MAPPING_FILE).unlink()
                folder.rename(world / name)
        else:
            shutil.rmtree(world)
        # What is loaded and stays there is looked at every night.
        shutil.rmtree(inbox)
        bar = FIRST_LOAD_BARS[self.result.form]
        self._judge(bar, self.result.seconds("load"))

    def train(self) -> None:
        """Train; where the gates refuse the model, put it in force: the night is to be measured."""
        day = _FIRST_NIGHT.isoformat()
        done = self._run("train", ["train", "--as-of", day, "--json"], allowed=(_REFUSED,))
        model = (done.output or {}).get("model_id")
        rows = self._training_rows(model) if model else None
        self._whole("train", "train, two models", rows, done, {"model_id": model})
        if done.code == 0:
            return
        said = done.last_lines[-1] if done.last_lines else "no reason given"
        if model is None:
            self.result.notes.append(f"no model, the nights are unscored: {said}")
            return
        reason = ["--reason", "benchmark"]
        self._run("promote", ["models", "promote", model, *reason, "--json"])
        self.result.notes.append(f"put in force against its gates, to be measured: {said}")

    def night(self, step: str, as_of: date) -> Finished:
        """Run a nightly and take it apart."""
        done = self._run(step, ["nightly", "--as-of", as_of.isoformat(), "--json"])
        for window in night_windows(self.places.home, done):
            self._add(step, window)
        return done

    def fill_inbox(self) -> None:
        """Drop the changes where the next nightly finds them."""
        _drop(self.places.delta, self.places.home.inbox)

    def measured_night(self) -> None:
        """Run the night of the changes and hold it against the budget."""
        done = self.night("night", _SECOND_NIGHT)
        result = self.result
        for bar in NIGHT_BARS:
            of_night = [stage for stage in result.stages if stage.step == "night"]
            chosen = [s.seconds for s in of_night if not bar.stages or s.name in bar.stages]
            self._judge(bar, sum(chosen))
        used, allowed = result.peak_memory("night") / GIB, memory_bar(result.rows) / GIB
        result.bars.append(Judged("memory of the night", "GiB", used, allowed))
        result.published_bytes = self.places.home.current.stat().st_size
        result.store_peak_bytes = self.meter.peak_disk(done.started, done.ended, ["store"])
        result.judge_store()
        counted = self._run("count", ["sql", _NIGHT_COUNTS, "--json"])
        result.merged = counted.output[0]

    def _training_rows(self, model: str) -> int:
        manifest = self.places.home.models / model / "manifest.json"
        blocks = json.loads(manifest.read_text(encoding="utf-8"))["blocks"]
        return sum(block["rows"] for block in blocks.values())

    def _judge(self, bar: Bar, seconds: float) -> None:
        self.result.bars.append(Judged(bar.name, "s", seconds, bar.at(self.result.rows)))

    def _run(
        self,
        stage: str,
        arguments: list[str],
        allowed: tuple[int, ...] = (),
        module: str = "pipelines.cli",
    ) -> Finished:
        logs = self.places.root / "logs" / stage.replace(" ", "-")
        self.result.failure = {"stage": stage, "exit_code": None, "last_lines": []}
        home, meter = self.places.home, self.meter
        done = run_command(arguments, home=home, logs=logs, meter=meter, module=module)
        if done.code not in (0, *allowed):
            self.result.failure |= {"exit_code": done.code, "last_lines": done.last_lines}
            raise failed(stage, done)
        self.result.failure = None
        self.meter.look(done.ended)
        return done

    def _whole(
        self, step: str, name: str, rows: int | None, done: Finished, counts: dict[str, object]
    ) -> None:
        self._add(step, Window(name, rows, done.started, done.ended, done.seconds, counts))

    def _add(self, step: str, window: Window) -> None:
        stage = measured(step, window, self.meter)
        self.result.stages.append(stage)
        self.heard(stage)


def _drop(exports: Path, inbox: Path) -> dict[str, Path]:
    """Move exports into the inbox, each with its mapping, and return where they are now."""
    placed: dict[str, Path] = {}
    for name in EXPORTS:
        folder = exports / name
        if not folder.is_dir():
            continue
        kind, _, source = name.partition("_")
        target = inbox / kind / (source or "backoffice")
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        placed[name] = folder.rename(target)
        shutil.copyfile(exports / "mappings" / f"{name}.toml", target / MAPPING_FILE)
    return placed
