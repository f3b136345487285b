"""Judge every column: each check adds notes, the worst note is the verdict."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from features.featureset import FeatureSet
from models.leakage import alone, crowd, drift, lately, pairs, parts, tied
from models.leakage.column import Column, area_of, folds_of
from models.leakage.crossing import Crossing, coarse
from models.leakage.finding import MIN_POSITIVES, Finding, Note, settle
from models.leakage.lately import Latest
from models.leakage.together import Probe, take_out
from models.leakage.twins import filled_together, same_states
from models.manifest import TOGETHER
from models.matrix import F32, F64, Bools, Ints
from models.params import LeakageSettings
from models.split import mix

_EVEN_ROWS: Final = 20_000  # rows per outcome for the tables of all pairs
_MADE_ROWS: Final = 500  # of either outcome
_MAX_STRONG: Final = 5  # columns tried for what the model loses without them, or named


def examine(
    matrix: F32,
    label: Bools,
    group: Ints,
    features: FeatureSet,
    settings: LeakageSettings,
    *,
    tied: Ints | None = None,
    scoring: F32 | None = None,
    latest: Latest | None = None,
) -> tuple[Finding, ...]:
    """Judge every feature.

    Parameters
    ----------
    matrix : (n, k) float32
        Rows to learn from, NaN = missing, columns as in `features`, rows in order of time or, where
        there is none, of the file.
    label : (n,) bool
    group : (n,) int64
        Person of each row: duplicates never sit in two folds.
    tied : (n,) int64, optional
        Person, joined with those whose rows are alike; else as `group`.
    scoring : (m, k) float32, optional
        Rows that the model is meant for, whose outcome nobody knows yet.
    latest : Latest, optional
        Rows after those: looked at for what tells the outcome there and not before.

    Returns
    -------
    tuple of Finding
        One per feature in their order, then one on all together where there is something to say.
    """
    positives = int(min(label.sum(), (~label).sum()))
    if positives < MIN_POSITIVES:
        return tuple(
            Finding(f.name, "ok", float("nan"), f"{f.title}: {positives} conversions, not judged")
            for f in features.features
        )
    drawn = _drawn(np.arange(len(label)), settings.sample_rows)
    alike = (group if tied is None else tied)[drawn]
    look = _Look(matrix[drawn], label[drawn], folds_of(group[drawn]), alike, features, settings)
    notes = look.one_by_one()
    if scoring is not None:
        notes += [
            note
            for index, column in enumerate(look.columns)
            for note in drift.look_at_drift(
                column, index, look.values[index], scoring[:, index], settings
            )
        ]
    notes += look.in_parts(notes)
    if latest is not None:
        notes += lately.look_lately(look.columns, look.values, latest, settings)
    notes += look.crossed(notes)
    notes, last = look.all_together(notes)
    found = [
        settle(column.feature.name, column.title, column.area, (n for n in notes if n.column == i))
        for i, column in enumerate(look.columns)
    ]
    return (*found, *last)


@dataclass(frozen=True)
class _Look:
    """The rows that are looked at, and the checks in their order."""

    matrix: F32
    label: Bools
    fold: Ints
    tied: Ints
    features: FeatureSet
    limits: LeakageSettings

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return tuple(
            Column.of(feature, self.matrix[:, i], self.label, self.fold)
            for i, feature in enumerate(self.features.features)
        )

    @cached_property
    def values(self) -> tuple[tuple[str, ...], ...]:
        known = self.features.vocabulary.values
        return tuple(known.get(name, ()) for name in self.features.names)

    @cached_property
    def even(self) -> Ints:
        """Positions of at most so many rows of either outcome."""
        both = (np.flatnonzero(~self.label), np.flatnonzero(self.label))
        return np.sort(np.concatenate([_drawn(rows, _EVEN_ROWS) for rows in both]))

    def one_by_one(self) -> list[Note]:
        found = []
        for i, column in enumerate(self.columns):
            found += alone.look(column, i, self.values[i], self.limits)
            found += parts.look_at_fill(column, i, self.limits)
            found += crowd.look_at_crowds(
                column, i, self.matrix[:, i], self.tied, self.label, self.fold, self.limits
            )
        return found

    def in_parts(self, notes: Sequence[Note]) -> list[Note]:
        chosen = self._open(notes)
        held = [*parts.fifths(len(self.label)), *parts.segments(self.columns, self.values)]
        return parts.look_at_parts(self.columns, chosen, held, self.label, self.fold, self.limits)

    def crossed(self, notes: Sequence[Note]) -> list[Note]:
        """Pairs, and columns that nothing but the outcome ties to the rest."""
        even, chosen = self.even, self._open(notes)
        empty = [i for i in chosen if self.columns[i].rows[-1] > 0]
        filled = {i: np.where(self._missing(i)[even], 7, 0) for i in empty}
        cells = [coarse(column)[even] for column in self.columns] + list(filled.values())
        label, fold = self.label[even], self.fold[even]
        crossing = Crossing.of(cells, label, fold % 2)
        found = pairs.look_at_pairs(self.columns, chosen, crossing, self.limits)
        found += pairs.look_at_differences(
            self.columns, chosen, crossing, self.matrix[even], label, fold, self.limits
        )
        evidence = [column.evidence[column.cell[even]] for column in self.columns]
        total: F64 = (
            np.sum([evidence[i] for i in chosen], axis=0) if chosen else np.zeros(len(even))
        )
        on_even = [replace(column, cell=column.cell[even]) for column in self.columns]
        candidates = [
            tied.Candidate(i, i, evidence[i], self.columns[i].area, self.columns[i].title)
            for i in chosen
        ]
        for at, i in enumerate(empty):
            area, log_odds = self._emptiness(i)
            candidates.append(
                tied.Candidate(
                    i, len(self.columns) + at, log_odds[self._missing(i)[even].astype(int)], area,
                    f"whether {self.columns[i].title} is filled",
                )
            )  # fmt: skip
        # On fewer rows chance hides what honest columns have to do with each other.
        is_sure = min(int(label.sum()), int((~label).sum())) >= _MADE_ROWS
        for made in tied.made_from_outcome(
            candidates, total, label, crossing, on_even, chosen, self.limits
        ):
            reason = (
                f"{made.words} goes with the outcome (AUC {made.area:.3f}) and, among leads of the "
                f"same outcome, with nothing else in the file: it looks made from the outcome"
            )
            found.append(Note(made.column, "leak" if is_sure else "suspect", reason))
        return found

    def all_together(self, notes: list[Note]) -> tuple[list[Note], list[Finding]]:
        """Judge what the columns reach together; see decision 0017."""
        limits = self.limits
        even = _drawn_evenly(self.label, limits.joint_rows)
        probe = Probe(self.matrix[even], self.label[even], self.fold[even], self.features)
        kept = self._open(notes)
        area = probe.area(kept)
        strong = [i for i in kept if self.columns[i].area >= limits.suspect_auc][:_MAX_STRONG]
        for i in strong:
            lost = area - probe.area([c for c in kept if c != i])
            if reason := self._second_sign(i, lost, area):
                notes = [*notes, Note(i, "leak", reason)]
        kept = self._open(notes)
        area = probe.area(kept)
        is_proven = any(note.verdict == "leak" for note in notes)
        if area > (limits.plausible_auc if is_proven else limits.implausible_auc):
            notes, area = self._taken_out(probe, kept, notes)
        if area <= limits.plausible_auc:
            return notes, []
        best = sorted(self._open(notes), key=lambda i: -self.columns[i].area)[:_MAX_STRONG]
        told = [f"{self.columns[i].title} ({self.columns[i].area:.2f} alone)" for i in best]
        reason = (
            f"all columns left together rank conversions with AUC {area:.3f}; above "
            f"{limits.plausible_auc} that is rarely honest. Nothing else speaks against any one of "
            f"them; the strongest are {', '.join(told)}: were they known before the outcome?"
        )
        notes = notes + [
            Note(
                i,
                "suspect",
                f"{self.columns[i].title} is among the strongest of columns that together rank "
                f"conversions with AUC {area:.3f}: was it known before the outcome?",
            )
            for i in best
            if self.columns[i].area >= limits.together_auc
        ]
        return notes, [Finding(TOGETHER, "suspect", area, reason)]

    def _taken_out(
        self, probe: Probe, kept: list[int], notes: list[Note]
    ) -> tuple[list[Note], float]:
        limits = self.limits
        twins = same_states(self.columns, kept)
        marked = {note.column for note in notes if note.is_late} & set(kept)
        paired = {i for block in twins for i in block}
        joined = filled_together(self.columns, sorted(marked - paired))
        # What speaks against itself goes first; twins have nothing against them but each other.
        steps, area = take_out(probe, kept, joined, limits.plausible_auc, limits.least_contribution)
        kept = [i for i in kept if not any(i in step.columns for step in steps)]
        more, area = take_out(probe, kept, twins, limits.plausible_auc, limits.least_contribution)
        for step in (*steps, *more):
            names = " and ".join(self.columns[i].title for i in step.columns)
            why = "hold states of one process at two times" if step in more else "suspect by itself"
            reason = (
                f"too good to be true: together the columns rank conversions with AUC "
                f"{step.before:.3f}, without {names} ({why}) with {step.after:.3f}; up to "
                f"{limits.plausible_auc} is believed"
            )
            notes = [*notes, *(Note(i, "leak", reason) for i in step.columns)]
        return notes, area

    def _second_sign(self, index: int, lost: float, area: float) -> str:
        """Say what speaks against a strong column besides its strength; empty = nothing."""
        column, limits = self.columns[index], self.limits
        start = f"{column.title} alone ranks conversions with AUC {column.area:.3f}, and "
        lopsided = alone.dead_share(column, limits)[0] + alone.sure_share(column, limits)
        if lost >= limits.dominance * (area - 0.5):
            return (
                start + f"no other column knows it: the model falls from {area:.3f} by {lost:.3f}"
            )
        if lopsided >= limits.lopsided_share:
            return (
                start + f"{lopsided:.1%} of leads have values that decide the outcome by themselves"
            )
        tie = alone.null_correlation(column.rows, column.positives)
        if tie >= limits.second_null_correlation:
            return start + f"whether it is filled goes with the outcome: correlation {tie:.3f}"
        return ""

    def _open(self, notes: Sequence[Note]) -> list[int]:
        """Columns that hold something and are not called a leak so far."""
        closed = {note.column for note in notes if note.verdict == "leak"}
        return [i for i, c in enumerate(self.columns) if not c.is_constant and i not in closed]

    def _missing(self, index: int) -> Bools:
        column = self.columns[index]
        gone: Bools = column.cell == column.cells.count - 1
        return gone

    def _emptiness(self, index: int) -> tuple[float, F64]:
        """AUC of "is missing" alone, and the log-odds of filled and of missing."""
        column = self.columns[index]
        counts = (column.by_fold, column.positives_by_fold)
        rows, hits = (np.stack([c[:-1].sum(axis=0), c[-1]]) for c in counts)
        total, positive = rows.sum(axis=1), hits.sum(axis=1)
        log_odds = np.log((positive + 1.0) / (total - positive + 1.0))
        return area_of(rows, hits), np.asarray(log_odds, dtype=np.float64)


def _drawn(rows: Ints, most: int) -> Ints:
    """Return at most so many of the rows, by a hash of their position, in order."""
    if len(rows) <= most:
        return rows
    return np.sort(rows[np.argsort(mix(rows, 3), kind="stable")[:most]])


def _drawn_evenly(label: Bools, most: int) -> Ints:
    """Return at most half so many rows of either outcome."""
    both = (np.flatnonzero(~label), np.flatnonzero(label))
    return np.sort(np.concatenate([_drawn(rows, most // 2) for rows in both]))
