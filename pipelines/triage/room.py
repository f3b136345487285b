"""What is left of tonight's capacity while places are given away, one person at a time."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from pipelines.triage.limits import I64, NOT_LIMITED, Bools
from pipelines.triage.problem import Problem

NOBODY = -1
_LEAST_MINUTES = 1e-9


class Room:
    """Places given so far, and what they leave.

    Attributes
    ----------
    lane_of : list of int
        Lane of each person; -1: none.
    lane_left : list of int
        Contacts that each lane has left.
    kept : set of int
        People whose place nobody else gets.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.kept: set[int] = set()
        self.lane_of = [NOBODY] * len(problem.value)
        self.lane_left: list[int] = problem.quota.tolist()
        self._minutes_left: list[float] = problem.worker_minutes.tolist()
        self._minutes: list[float] = problem.minutes.tolist()
        self._worker: list[int] = problem.worker.tolist()
        self._limits: list[tuple[list[bool], list[int], list[int]]] = [
            (limit.lanes.tolist(), limit.cell.tolist(), limit.room.tolist())
            for limit in problem.limits
        ]
        self._account_left: list[int] = problem.account_room.tolist()
        self._accounts: dict[int, list[int]] = {}
        for row, account in zip(
            problem.member_row.tolist(), problem.member_account.tolist(), strict=True
        ):
            self._accounts.setdefault(row, []).append(account)

    def fits(self, person: int, lane: int) -> bool:
        """Tell whether the person may have a place in the lane."""
        return (
            self.lane_of[person] == NOBODY
            and self.lane_left[lane] > 0
            and bool(self.problem.may[person, lane])
            and self._has_minutes(lane)
            and all(self._account_left[one] > 0 for one in self.accounts(person))
            and all(
                not lanes[lane] or cell[person] == NOT_LIMITED or room[cell[person]] > 0
                for lanes, cell, room in self._limits
            )
        )

    def take(self, person: int, lane: int) -> None:
        """Give the person a place."""
        self.lane_of[person] = lane
        self._count(person, lane, -1)

    def give_back(self, person: int) -> int:
        """Take the person's place back, and return the lane."""
        lane = self.lane_of[person]
        self._count(person, lane, 1)
        self.lane_of[person] = NOBODY
        return lane

    def take_if_fits(self, person: int, lanes: Iterable[int]) -> bool:
        """Give the person a place in the first lane that has one."""
        for lane in lanes:
            if self.fits(person, lane):
                self.take(person, lane)
                return True
        return False

    def listed(self) -> Bools:
        """Return (n,) who has a place."""
        listed: Bools = np.array(self.lane_of, np.int64) != NOBODY
        return listed

    def open_places(self) -> Bools:
        """Return (n, lanes): where somebody without a place would fit, accounts left aside."""
        problem = self.problem
        has_room = np.array(
            [left > 0 and self._has_minutes(lane) for lane, left in enumerate(self.lane_left)],
            np.bool_,
        )
        fits: Bools = problem.may & has_room & ~self.listed()[:, None]
        for limit, (_, _, room) in zip(problem.limits, self._limits, strict=True):
            is_full = np.append(np.array(room, np.int64) <= 0, False)
            fits &= ~(limit.lanes & is_full[limit.cell][:, None])
        return fits

    def crowded(self) -> Bools:
        """Return (n,) who has no place because of somebody of the same account."""
        full = np.array(self._account_left, np.int64) <= 0
        crowded = np.zeros(len(self.lane_of), np.bool_)
        crowded[self.problem.member_row[full[self.problem.member_account]]] = True
        return crowded & ~self.listed()

    def accounts(self, person: int) -> list[int]:
        """Return the accounts of a person that more people have than may be listed."""
        return self._accounts.get(person, [])

    def account_left(self, account: int) -> int:
        """Return how many more people of an account may be listed."""
        return self._account_left[account]

    def cells(self, person: int, lane: int) -> list[tuple[int, int]]:
        """Return limit and cell that a contact of the person in the lane counts against."""
        return [
            (number, cell[person])
            for number, (lanes, cell, _) in enumerate(self._limits)
            if lanes[lane] and cell[person] != NOT_LIMITED
        ]

    def cell_left(self, limit: int, cell: int) -> int:
        """Return how many more contacts a cell of a limit allows."""
        return self._limits[limit][2][cell]

    def contacts_left(self, lane: int) -> int:
        """Return how many more contacts a lane allows, its worker's minutes counted."""
        worker = self._worker[lane]
        if worker < 0:
            return self.lane_left[lane]
        whole = int(self._minutes_left[worker] / self._minutes[lane] + _LEAST_MINUTES)
        return min(self.lane_left[lane], whole)

    def minutes_left(self, worker: int) -> float:
        """Return the minutes that a worker has left."""
        return self._minutes_left[worker]

    def rest(self, people: I64, may: Bools) -> Problem:
        """Return the problem of giving what is left to `people`, who may be taken as `may` says."""
        problem = self.problem
        place = np.full(len(self.lane_of), NOBODY, np.int64)
        place[people] = np.arange(len(people))
        left = np.array(self._account_left, np.int64)
        row, account = place[problem.member_row], problem.member_account
        waiting = np.bincount(account[row >= 0], minlength=len(left))
        counts = (row >= 0) & (waiting > left)[account]
        named, accounts = np.unique(account[counts], return_inverse=True)
        return replace(
            problem,
            value=problem.value[people],
            may=may,
            quota=np.array(self.lane_left, np.int64),
            worker_minutes=np.array(self._minutes_left, np.float64),
            limits=tuple(
                replace(limit, cell=limit.cell[people], room=np.array(room, np.int64))
                for limit, (_, _, room) in zip(problem.limits, self._limits, strict=True)
            ),
            member_row=row[counts],
            member_account=accounts,
            account_room=left[named],
        )

    def _has_minutes(self, lane: int) -> bool:
        worker = self._worker[lane]
        return worker < 0 or self._minutes_left[worker] >= self._minutes[lane] - _LEAST_MINUTES

    def _count(self, person: int, lane: int, by: int) -> None:
        self.lane_left[lane] += by
        if self._worker[lane] >= 0:
            self._minutes_left[self._worker[lane]] += by * self._minutes[lane]
        for one in self.accounts(person):
            self._account_left[one] += by
        for lanes, cell, room in self._limits:
            if lanes[lane] and cell[person] != NOT_LIMITED:
                room[cell[person]] += by
