"""One block of the world: a fixed number of persons and everything that ever happens to them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.generate.activities import Activities, activities
from pipelines.generate.companies import Companies, companies
from pipelines.generate.consents import PLACES, Consents, consents
from pipelines.generate.contacts import Contacts, contacts
from pipelines.generate.dice import Bools, Dice, Ints
from pipelines.generate.hidden import MODEST, Hidden
from pipelines.generate.inbound import Inbound, inbound
from pipelines.generate.leads import Leads, first_persons, leads
from pipelines.generate.outcomes import MILESTONES, Outcomes, outcomes
from pipelines.generate.persons import Persons, persons
from pipelines.generate.points import Points, points
from pipelines.generate.times import NEVER_S

# Also the unit of memory: about 150 MB while a block is written. Part of the seed.
BLOCK_PERSONS: Final = 32_768


@dataclass(frozen=True)
class Block:
    """The whole story of a block; ``is_kept`` (n,) are the persons that this world holds."""

    dice: Dice
    firms: Companies
    people: Persons
    points: Points
    events: Inbound
    story: Contacts
    rows: Leads
    acts: Activities
    fates: Outcomes
    agreed: Consents
    is_kept: Bools

    @property
    def lead_count(self) -> int:
        """Lead rows of the kept persons at the end of the world."""
        return int(self.rows.count[self.is_kept].sum())


def block(seed: int, number: int, wanted: int, hidden: Hidden = MODEST) -> Block:
    """Draw a block and keep its first persons, up to ``wanted`` lead rows."""
    dice = Dice(seed, number)
    firms = companies(dice, BLOCK_PERSONS)
    people = persons(dice, firms, BLOCK_PERSONS)
    events = inbound(dice, people)
    story = contacts(dice, people, firms, events, hidden)
    rows = leads(dice, people, events)
    acts = activities(dice, people, rows, events, story)
    return Block(
        dice=dice,
        firms=firms,
        people=people,
        points=points(dice, people, firms),
        events=events,
        story=story,
        rows=rows,
        acts=acts,
        fates=outcomes(dice, people, firms, rows, story, acts),
        agreed=consents(dice, people, rows, events, story),
        is_kept=first_persons(rows.count, wanted),
    )


@dataclass(frozen=True)
class RowState:
    """What a lead row's mutable fields know at the moment of the view, (m,) over all rows.

    ``is_seen`` rows exist by then; a moment of ``NEVER_S`` has not come. ``last_s`` is -1 where
    nothing happened yet.
    """

    moment_s: int
    is_seen: Bools
    last_s: Ints
    is_worked: Bools
    converted_s: Ints
    won_s: Ints
    disqualified_s: Ints
    no_email_s: Ints
    no_phone_s: Ints
    bounced_s: Ints
    deleted_s: Ints
    modified_s: Ints


def row_state(whole: Block, moment_s: int) -> RowState:
    """Look at every row of a block as it stood just before a moment."""
    rows, acts, fates, agreed = whole.rows, whole.acts, whole.fates, whole.agreed
    m = rows.person.size
    past = acts.at_s < moment_s
    last_s = np.full(m, -1)
    np.maximum.at(last_s, acts.row[past], acts.at_s[past])
    is_worked = np.zeros(m, dtype=np.bool_)
    is_worked[acts.row[past & acts.is_out]] = True

    def happened(milestone: str) -> Ints:
        chosen = (fates.milestone == MILESTONES.index(milestone)) & (fates.at_s < moment_s)
        when = np.full(m, NEVER_S)
        when[fates.row[chosen]] = fates.at_s[chosen]
        return when

    flagged = (agreed.no_place == PLACES.index("flag")) & (whole.story.opt_out_s < moment_s)

    def refused(channel: int) -> Ints:
        who = np.flatnonzero(flagged & ((agreed.no_channel == channel) | (agreed.no_channel == 2)))
        when = np.full(m, NEVER_S)
        when[agreed.no_row[who]] = whole.story.opt_out_s[who]
        return when

    def by_now(when: Ints) -> Ints:
        return np.where(when < moment_s, when, NEVER_S)

    parts = {
        "converted_s": happened("converted"),
        "won_s": happened("won"),
        "disqualified_s": happened("disqualified"),
        "no_email_s": refused(0),
        "no_phone_s": refused(1),
        "bounced_s": by_now(acts.bounced_s),
        "deleted_s": by_now(rows.deleted_s),
    }
    modified_s = np.maximum(rows.created_s, last_s)
    for when in parts.values():
        modified_s = np.maximum(modified_s, np.where(when < NEVER_S, when, -1))
    return RowState(
        moment_s=moment_s,
        is_seen=whole.is_kept[rows.person] & (rows.created_s < moment_s),
        last_s=last_s,
        is_worked=is_worked,
        modified_s=modified_s,
        **parts,
    )
