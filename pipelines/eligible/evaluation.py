"""May each person be contacted on each channel, and if not, every reason why.

Everything is SQL over whole tables. What is recorded against any lead of a person, or against any
of its contact points, binds the person; what permits must cover the very point that would be used.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from pipelines.eligible import inputs
from pipelines.eligible.reasons import SUPPRESSED_FOR_GOOD
from pipelines.eligible.report import mask_counts, reason_counts
from pipelines.eligible.sequences import mark_in_sequence
from pipelines.eligible.suppressed import check_suppressions, match_suppressions
from pipelines.errors import RefusedError
from pipelines.settings.control_group import ControlGroup
from pipelines.settings.policy import FeedSettings, PolicyTable
from pipelines.store import Database, reset_table, sql
from pipelines.store.ages import under_age_rows
from pipelines.store.erased import CONTACT_MACROS
from pipelines.store.registers import read_registers

_SCRATCH = (
    "eligible_cell",
    "eligible_cell_wide",
    "eligible_folded",
    "eligible_former_point",
    "eligible_lead_fact",
    "eligible_person_fact",
    "eligible_objected_point",
    "eligible_bounced",
    "eligible_own_contact",
    "eligible_family",
    "eligible_callback",
    "eligible_pace",
    "eligible_permit",
    "eligible_relationship",
    "eligible_policy",
)


@dataclass(frozen=True)
class EligibleResult:
    """Counts of one evaluation.

    Attributes
    ----------
    persons, scorable : int
        All persons; those who may be scored because some channel is open.
    counts : dict
        Persons by channel and reason code; `open` counts who may be contacted there.
    seconds : float
    """

    persons: int
    scorable: int
    counts: dict[str, dict[str, int]]
    seconds: float


def evaluate(
    db: Database,
    *,
    policy: PolicyTable,
    feeds: FeedSettings,
    as_of: datetime,
    suppression_secrets: Sequence[bytes] = (),
    control: ControlGroup | None = None,
) -> EligibleResult:
    """Write table `eligibility` anew, one row per person.

    Parameters
    ----------
    db : Database
        Holds the tables of leads and of persons; `suppression` is the ledger's list, with tags made
        under one of the secrets. A tag chooses which texts get the HMAC that decides: one too many
        changes nothing, but an entry whose tag is wrong is not found here, so tags of unknown
        origin must be left out.
    policy, feeds : PolicyTable, FeedSettings
        Who may be contacted where, and which feeds must be there.
    as_of : datetime
        Naive UTC. Events at or after it are ignored, except opt-outs, objections, suppressions,
        complaints and wrong numbers, which bind at once.
    suppression_secrets : sequence of bytes
        HMAC keys under which suppressed contact points may have been hashed, the old one too while
        keys are being rotated.
    control : ControlGroup, optional
        Whom to hold back; None: nobody.

    Raises
    ------
    RefusedError
        A lead belongs to no person or to several, or suppressions cannot be matched.
    """
    started = time.perf_counter()
    _check_persons(db)
    check_suppressions(db, suppression_secrets)
    frames = _frames(db, policy, feeds, as_of)
    for name, frame in frames.items():
        db.register(name, frame)
    try:
        _collect(db, as_of, suppression_secrets)
        _hold_back(db, policy, as_of, control)
        _sum_up(db, policy, as_of)
        _decide(db, policy, feeds, as_of)
    finally:
        for name in frames:
            db.unregister(name)
        for name in _SCRATCH:
            db.run(f"DROP TABLE IF EXISTS {name}")
    return EligibleResult(
        persons=db.scalar("SELECT count(*) FROM eligibility"),
        scorable=db.scalar("SELECT count(*) FILTER (WHERE is_scorable) FROM eligibility"),
        counts=reason_counts(mask_counts(db)),
        seconds=time.perf_counter() - started,
    )


def remember_suppressed(db: Database, at: datetime) -> None:
    """Write every suppression that matched down as an opt-out of the person's leads.

    Suppressions name contact points; without this, a corrected address in the CRM would bring the
    person back. Append-only, and a second call adds nothing.
    """
    db.run(sql(__package__, "remember_suppressed.sql"), at=at, suppressed=SUPPRESSED_FOR_GOOD)


def _frames(
    db: Database, policy: PolicyTable, feeds: FeedSettings, as_of: datetime
) -> dict[str, pl.DataFrame]:
    addresses = policy.addresses
    roles = addresses.role_names if addresses.is_role_address_blocked else ()
    disposable = addresses.disposable_domains if addresses.is_disposable_domain_blocked else ()
    return {
        "policy_frame": inputs.policy_frame(
            policy, read_registers(db, feeds.max_shrink_percent), as_of
        ),
        "registry_frame": inputs.registry_frame(),
        "role_name_frame": _strings("name", roles),
        "disposable_domain_frame": db.frame(
            sql(__package__, "throw_away.sql"), listed=list(disposable)
        ),
        "cap_frame": inputs.cap_frame(policy),
        "free_domain_frame": _strings("domain", addresses.free_domains),
    }


def _strings(name: str, values: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame({name: list(values)}, schema={name: pl.String})


def _collect(
    db: Database,
    as_of: datetime,
    secrets: Sequence[bytes],
) -> None:
    """Gather what is recorded against leads and contact points in small temporary tables."""
    db.run(CONTACT_MACROS + inputs.reason_macros() + sql(__package__, "macros.sql"))
    db.run(sql(__package__, "cell.sql"), as_of=as_of)
    db.run(sql(__package__, "cell_wide.sql"))
    db.run(sql(__package__, "folded.sql"))
    db.run(sql(__package__, "former_point.sql"))
    db.run(sql(__package__, "lead_fact.sql"), as_of=as_of)
    if born := under_age_rows(db):
        db.run(
            f"INSERT INTO eligible_lead_fact SELECT lead_key, 31, r_under_age(), 0 FROM ({born})",
            as_of=as_of,
        )
    db.run(sql(__package__, "key_fact.sql"))
    db.run(sql(__package__, "point_fact.sql"))
    match_suppressions(db, as_of, secrets)
    db.run(sql(__package__, "bound_fact.sql"))
    db.run(sql(__package__, "own_contact.sql"), as_of=as_of)


def _hold_back(
    db: Database, policy: PolicyTable, as_of: datetime, control: ControlGroup | None
) -> None:
    """Add those who are left alone though nobody has said no."""
    active_days = policy.ownership.active_days
    if active_days:
        db.run(sql(__package__, "owned.sql"), as_of=as_of, active_days=active_days)
    mark_in_sequence(db)
    db.run(sql(__package__, "callback.sql"), as_of=as_of)
    db.run(sql(__package__, "reassigned.sql"))
    if control is not None and control.share > 0:
        db.run(
            sql(__package__, "control.sql"),
            as_of=as_of,
            draw=control.draw,
            below=control.below,
            inbound_days=control.inbound_days,
        )


def _sum_up(db: Database, policy: PolicyTable, as_of: datetime) -> None:
    """Bring what speaks for and against leads and contact points to persons."""
    db.run(sql(__package__, "person_fact.sql"))
    db.run(sql(__package__, "objected_point.sql"))
    db.run(sql(__package__, "bounced.sql"), as_of=as_of)
    db.run(sql(__package__, "family.sql"))
    db.run(
        sql(__package__, "pace.sql"),
        as_of=as_of,
        recontact_days=policy.pacing.recontact_interval_days,
        attempts_cap=policy.pacing.max_attempts_per_year,
        lifetime_cap=policy.pacing.max_attempts_ever,
    )
    db.run(sql("pipelines.store", "consent_use.sql"))
    db.run(sql(__package__, "permit.sql"), as_of=as_of)
    db.run(sql(__package__, "relationship.sql"), as_of=as_of)
    db.run(sql(__package__, "policy.sql"))


def _decide(db: Database, policy: PolicyTable, feeds: FeedSettings, as_of: datetime) -> None:
    reset_table(db, "eligibility")
    db.run(
        sql(__package__, "eligibility.sql"),
        as_of=as_of,
        feed_bits=inputs.customer_feed_bits(db, feeds, as_of),
        retention_months=policy.retention.months,
        retention_countries=list(policy.retention.countries),
    )


def _check_persons(db: Database) -> None:
    # As many links as leads, and of the same leads, told by their hashes: so each has exactly one.
    keys = "SELECT count(*), sum(hash(lead_key)), bit_xor(hash(lead_key)) FROM"
    if db.frame(f"{keys} lead").row(0) != db.frame(f"{keys} dedupe_link").row(0):
        leads = db.scalar("SELECT count(*) FROM lead")
        links = db.scalar("SELECT count(*) FROM dedupe_link")
        linked = db.scalar("SELECT count(*) FROM lead SEMI JOIN dedupe_link USING (lead_key)")
        raise RefusedError(
            f"{leads} leads, {linked} of them with a person, {links} links",
            expected="one person for every lead",
            fix="run identify again before eligibility",
        )
