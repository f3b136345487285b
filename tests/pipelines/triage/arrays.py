"""Problems of triage as arrays, with random lanes, limits and accounts that conflict."""

import numpy as np

from pipelines.triage.limits import Limit
from pipelines.triage.problem import Problem


def problem(people, quotas, *, value=None, may=None, regions=3, room=5, accounts=20, seed=0):
    """Make a problem of `people` in which every limit and account binds."""
    rng = np.random.default_rng(seed)
    lanes = len(quotas)
    value = np.sort(rng.beta(1, 30, people))[::-1] if value is None else value
    may = rng.random((people, lanes)) < 0.6 if may is None else may
    limit = Limit(
        "region",
        np.arange(lanes) % 2 == 0,
        rng.integers(-1, regions, people),
        tuple(map(str, range(regions))),
        np.full(regions, room),
    )
    first, second = rng.integers(0, accounts, people), accounts + rng.integers(0, accounts, people)
    return Problem(
        value=value,
        may=may,
        cost=np.zeros(lanes),
        quota=np.array(quotas),
        minutes=np.zeros(lanes),
        worker=np.full(lanes, -1),
        worker_minutes=np.zeros(0),
        limits=(limit,),
        member_row=np.tile(np.arange(people), 2),
        member_account=np.concatenate([first, second]),
        account_room=np.ones(2 * accounts, np.int64),
    )


def keeps_to(problem, lane_of):
    """Tell whether nothing of a problem is used more than it allows."""
    listed = np.flatnonzero(lane_of >= 0)
    used = np.bincount(lane_of[listed], minlength=len(problem.quota))
    members = np.isin(problem.member_row, listed)
    of_account = np.bincount(problem.member_account[members], minlength=len(problem.account_room))
    minutes = np.zeros(len(problem.worker_minutes))
    named = listed[problem.worker[lane_of[listed]] >= 0]
    np.add.at(minutes, problem.worker[lane_of[named]], problem.minutes[lane_of[named]])
    is_kept = [
        problem.may[listed, lane_of[listed]].all(),
        (used <= problem.quota).all(),
        (of_account <= problem.account_room).all(),
        (minutes <= problem.worker_minutes + 1e-9).all(),
    ]
    for limit in problem.limits:
        cells = limit.cell[listed][limit.lanes[lane_of[listed]]]
        counts = np.bincount(cells[cells >= 0], minlength=len(limit.room))
        is_kept.append((counts <= limit.room).all())
    return all(is_kept)
