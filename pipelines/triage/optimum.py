"""The best choice as a linear programme: how many of each kind go to each lane, and who of them.

People of one kind may be taken by the same lanes and count against the same limits, so lanes only
need to know how many of a kind they get; and of each person only whether he or she is chosen. That
makes one column for each person instead of one for each person and lane, and few rows.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from pipelines.triage.limits import F64, I64
from pipelines.triage.problem import Problem

# Up to so many columns whole numbers are asked for, and the choice is the best there is; above,
# fractions are rounded, which costs some ten-thousandths at most. Whole numbers take 25 times as
# long for 100,000 people.
WHOLE_COLUMNS: Final = 3_000
_MOST_NODES: Final = 2_000
# HiGHS tells values apart down to 1e-7.
_LARGEST_VALUE: Final = 1_000.0


@dataclass(frozen=True)
class Optimum:
    """What the linear programme would choose.

    Attributes
    ----------
    kind : (n,) int64
        Of each person.
    count : (kinds, lanes) float64
        People of the kind for the lane.
    chosen : (n,) float64
        Share of each person that is chosen, from 0 to 1.
    value : float
        What it brings; of fractions no list can bring more.
    """

    kind: I64
    count: F64
    chosen: F64
    value: float


def kinds_of(problem: Problem) -> I64:
    """Return the kind of each person: who may be taken and is limited alike is of one kind."""
    columns = [problem.may.astype(np.int64), *(limit.cell[:, None] for limit in problem.limits)]
    table = np.concatenate(columns, axis=1)
    # Each column refines the kinds found so far; sorting whole rows takes ten times as long.
    kind = np.zeros(len(table), np.int64)
    for column in table.T:
        _, kind = np.unique(kind * (column.max(initial=0) + 2) + column + 1, return_inverse=True)
    return kind


def solve(problem: Problem, *, is_whole: bool | None = None) -> Optimum:
    """Find the choice of the highest value.

    Parameters
    ----------
    is_whole : bool, optional
        Whether people are not divided; None: where they are few enough for that.
    """
    people, lanes = problem.may.shape
    kind = kinds_of(problem)
    kinds = int(kind.max(initial=-1)) + 1
    first = np.zeros(kinds, np.int64)
    first[kind[::-1]] = np.arange(people)[::-1]
    of_kind, of_lane = np.nonzero(problem.may[first]) if kinds else (first, first)
    if not len(of_kind):
        return _nobody(kind, (kinds, lanes))
    pairs = len(of_kind)
    scale = _LARGEST_VALUE / max(float(problem.value.max(initial=0.0)), 1e-300)
    worth = np.concatenate([-problem.cost[of_lane], problem.value]) * scale
    shared = np.zeros(people)
    shared[problem.member_row] = 1.0
    columns = pairs + people
    whole = columns <= WHOLE_COLUMNS if is_whole is None else is_whole
    matrix, low, high = _rows(problem, kind, kinds, of_kind, of_lane)
    found = milp(
        -worth,
        constraints=LinearConstraint(matrix, low, high),
        bounds=Bounds(0, np.concatenate([np.full(pairs, np.inf), np.ones(people)])),
        integrality=np.concatenate([np.ones(pairs), shared]) if whole else None,
        options={"mip_rel_gap": 0.0, "node_limit": _MOST_NODES} if whole else None,
    )
    if found.x is None:
        # Without an answer nobody is proposed, and the lanes are filled in tonight's order.
        return solve(problem, is_whole=False) if whole else _nobody(kind, (kinds, lanes))
    count = np.zeros((kinds, lanes))
    count[of_kind, of_lane] = found.x[:pairs]
    return Optimum(kind, count, found.x[pairs:], float(worth @ found.x) / scale)


def _nobody(kind: I64, shape: tuple[int, int]) -> Optimum:
    return Optimum(kind, np.zeros(shape), np.zeros(len(kind)), 0.0)


def _rows(
    problem: Problem, kind: I64, kinds: int, of_kind: I64, of_lane: I64
) -> tuple[sparse.csc_matrix, F64, F64]:
    """Return the rows: kinds, lanes, workers, cells of limits, accounts; and their bounds."""
    pairs, people = len(of_kind), len(kind)
    pair, person = np.arange(pairs), pairs + np.arange(people)
    blocks = [
        (of_kind, pair, np.ones(pairs), np.zeros(kinds)),
        (of_lane, pair, np.ones(pairs), problem.quota.astype(np.float64)),
    ]
    busy = problem.worker[of_lane] >= 0
    minutes = problem.minutes[of_lane[busy]]
    blocks.append((problem.worker[of_lane[busy]], pair[busy], minutes, problem.worker_minutes))
    first = np.zeros(kinds, np.int64)
    first[kind[::-1]] = np.arange(people)[::-1]
    for limit in problem.limits:
        cell = limit.cell[first[of_kind]]
        counted = limit.lanes[of_lane] & (cell >= 0)
        blocks.append(
            (cell[counted], pair[counted], np.ones(counted.sum()), limit.room.astype(np.float64))
        )
    members = np.ones(len(problem.member_row))
    rooms = problem.account_room.astype(np.float64)
    blocks.append((problem.member_account, pairs + problem.member_row, members, rooms))
    starts = np.cumsum([0, *(len(block[3]) for block in blocks)])
    row = np.concatenate([kind, *(b[0] + start for b, start in zip(blocks, starts, strict=False))])
    column = np.concatenate([person, *(block[1] for block in blocks)])
    entry = np.concatenate([-np.ones(people), *(block[2] for block in blocks)])
    high = np.concatenate([block[3] for block in blocks])
    low = np.full(len(high), -np.inf)
    low[:kinds] = 0.0
    matrix = sparse.csc_matrix((entry, (row, column)), shape=(len(high), pairs + people))
    return matrix, low, high
