"""Splink on a DuckDB of its own: record linkage in memory that nothing is published from."""

import json
import logging
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import polars as pl

from pipelines.store.duck import Database

Model = dict[str, Any]
_SEED: Final = 1
# Pairs scored at once; bounds the memory of a prediction.
_PAIRS_AT_ONCE: Final = 20_000_000
_RANDOM_PAIRS: Final = 1_000_000
# Share of the true pairs that the conditions of `alike` are taken to find.
_RECALL: Final = 0.7
# Records that are looked at when weights are learnt; more would not move them.
_TRAINED_ON: Final = 200_000
_LEAST_LIKELY: Final = 1e-12


@dataclass(frozen=True)
class Room:
    """What a comparison may use of the machine.

    Attributes
    ----------
    memory_gb : float
        Limit of its DuckDB, in GB, beside that of the store.
    spill : Path or None
        Where it spills; None: nowhere.
    """

    memory_gb: float = 2.5
    threads: int = 2
    spill: Path | None = None


class Linkage:
    """Records to compare with each other, by Fellegi-Sunter weights; use it as a context manager.

    Splink says a lot while it works, and warns of every level without an example: that is kept
    quiet, and `train` says whether what it learnt can be used.
    """

    def __init__(self, records: Iterable[pl.DataFrame], room: Room) -> None:
        self._rows = 0
        self._connection = Database.memory_connection(room.memory_gb, room.threads, room.spill)
        for part in records:
            self._connection.register("record_frame", part)
            self._connection.execute(
                "INSERT INTO record FROM record_frame"
                if self._rows
                else "CREATE TABLE record AS FROM record_frame"
            )
            self._connection.unregister("record_frame")
            self._rows += part.height

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def count(self, settings: Model, likely: float, label: str) -> Model | None:
        """Count what each agreement weighs in known pairs; None where they do not allow it.

        Parameters
        ----------
        settings : dict
            Comparisons, in Splink's own words.
        likely : float
            Probability that two records drawn at random are one.
        label : str
            Column that is equal in records known to be one, and null where nothing is known.
        """
        with _quiet():
            linker = self._linker(
                {**settings, "probability_two_random_records_match": max(likely, _LEAST_LIKELY)}
            )
            is_done = _is_done(lambda: self._count_random(linker)) and _is_done(
                lambda: linker.training.estimate_m_from_label_column(label)
            )
            return _model_of(linker) if is_done else None

    def maximise(
        self, settings: Model, alike: Sequence[str], blocks: Sequence[str]
    ) -> Model | None:
        """Learn what each agreement weighs without labels; None where the records do not allow it.

        Parameters
        ----------
        settings : dict
            Comparisons, in Splink's own words.
        alike : sequence of str
            Conditions on ``l.`` and ``r.`` that nearly always mean one record: how common pairs
            are is estimated from them.
        blocks : sequence of str
            Conditions within whose pairs expectation maximisation runs, one after the other.
        """
        share = min(1.0, _TRAINED_ON / max(self._rows, 1))
        with _quiet():
            linker = self._linker(settings)
            prior = linker.training.estimate_probability_two_random_records_match
            maximise = linker.training.estimate_parameters_using_expectation_maximisation
            if not (
                _is_done(
                    partial(prior, list(alike), recall=_RECALL, record_sample_proportion=share)
                )
                and _is_done(lambda: self._count_random(linker))
            ):
                return None
            steps = [partial(maximise, block, record_sample_proportion=share) for block in blocks]
            return _model_of(linker) if sum(_is_done(step) for step in steps) else None

    def pairs(self, model: Model, blocks: Sequence[str], weight: float) -> pl.DataFrame:
        """Score the pairs that any of `blocks` names.

        Returns
        -------
        pl.DataFrame
            lead_key, other_lead_key (the smaller), weight (log2 of the odds), for pairs of at least
            `weight`.
        """
        rules = [{"blocking_rule": block, "sql_dialect": "duckdb"} for block in blocks]
        with _quiet():
            linker = self._linker({**model, "blocking_rules_to_generate_predictions": rules})
            chunks = 1 + int(self._rows * len(blocks) // _PAIRS_AT_ONCE)
            scored = linker.inference.predict(threshold_match_weight=weight, num_chunks_left=chunks)
            table = scored.physical_name
        found: pl.DataFrame = self._connection.sql(
            "SELECT greatest(lead_key_l, lead_key_r) AS lead_key,"
            " least(lead_key_l, lead_key_r) AS other_lead_key, max(match_weight) AS weight"
            f' FROM "{table}" GROUP BY ALL'
        ).pl()
        return found

    @staticmethod
    def _count_random(linker: Any) -> None:  # noqa: ANN401 - Splink has no types
        linker.training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=_SEED)

    def _linker(self, settings: Model) -> Any:  # noqa: ANN401 - Splink has no types
        from splink import DuckDBAPI, Linker  # takes half a second

        api = DuckDBAPI(self._connection)
        return Linker(api.register("record"), settings, log_level=logging.ERROR)


def _model_of(linker: Any) -> Model:  # noqa: ANN401 - Splink has no types
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        linker.misc.save_model_to_json(str(path))
        model: Model = json.loads(path.read_text(encoding="utf-8"))
    return model


def _is_done(step: Callable[[], object]) -> bool:
    """Run one step of learning; False where the records hold nothing to learn from."""
    from splink.internals.exceptions import SplinkException  # takes half a second

    try:
        step()
    except (SplinkException, ValueError, ZeroDivisionError):
        # no pairs, more pairs than can be, no records at all: Splink has no name of its own for it
        return False
    return True


@contextmanager
def _quiet() -> Iterator[None]:
    logger = logging.getLogger("splink")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
