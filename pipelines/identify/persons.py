"""Persons: connected components of leads that share a trustworthy key.

The exact rules of the design: the same normalised e-mail address, or the same E.164 number with
names that agree. Keys on more than `MAX_LEADS_PER_KEY` leads, role addresses and placeholders
join nobody. Pairs come from SQL, components from SciPy's union-find over the leads that have a
pair at all, so memory grows with the duplicates and not with the backlog.
"""

import time
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipelines.store import Database, reset_table, sql

MAX_LEADS_PER_KEY = 20
MAX_LEADS_PER_PERSON = 50
ROLE_NAMES = (
    "info", "sales", "contact", "office", "admin", "hello", "mail", "support", "marketing",
    "enquiries", "enquiry", "reception", "accounts", "billing", "hr", "jobs", "team", "service",
    "verkauf", "vertrieb", "kontakt", "buchhaltung", "verkoop", "noreply", "no-reply", "webmaster",
)  # fmt: skip


@dataclass(frozen=True)
class IdentifyResult:
    """Counts of one identification.

    Attributes
    ----------
    leads, persons, joined_leads : int
        All leads, all persons, leads that share their person with another lead.
    oversized_components : int
        Components above `MAX_LEADS_PER_PERSON`: reported, not believed, left unjoined.
    seconds : float
    """

    leads: int
    persons: int
    joined_leads: int
    oversized_components: int
    seconds: float


def identify(db: Database) -> IdentifyResult:
    """Write `dedupe_link` and `person` from `lead`; cost is linear in the leads."""
    started = time.perf_counter()
    members, oversized = _components(_edges(db))
    reset_table(db, "dedupe_link")
    reset_table(db, "person")
    db.register("component_frame", members)
    db.run(sql(__package__, "write_links.sql"))
    db.unregister("component_frame")
    db.run(sql(__package__, "write_single_persons.sql"))
    db.run(sql(__package__, "write_persons.sql"))
    return IdentifyResult(
        leads=db.scalar("SELECT count(*) FROM dedupe_link"),
        persons=db.scalar("SELECT count(*) FROM person"),
        joined_leads=members.height,
        oversized_components=oversized,
        seconds=time.perf_counter() - started,
    )


def _edges(db: Database) -> pl.DataFrame:
    by_email = db.frame(
        sql(__package__, "email_edges.sql"),
        max_leads=MAX_LEADS_PER_KEY,
        role_names=list(ROLE_NAMES),
    )
    by_phone = db.frame(sql(__package__, "phone_edges.sql"), max_leads=MAX_LEADS_PER_KEY)
    return pl.concat(
        [
            by_email.with_columns(is_email=pl.lit(True)),
            by_phone.with_columns(is_email=pl.lit(False)),
        ]
    )


def _components(edges: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return (lead_key, person_key, match_rule) of leads that joined, and oversized components."""
    left = edges["lead_key"].to_numpy()
    right = edges["anchor_key"].to_numpy()
    keys, codes = np.unique(np.concatenate([left, right]), return_inverse=True)
    size = len(keys)
    a, b = codes[: len(left)], codes[len(left) :]
    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    # keys are sorted, so the first lead of a component has its smallest key
    _, first = np.unique(label, return_index=True)
    sizes = np.bincount(label, minlength=count)
    is_email = edges["is_email"].to_numpy()
    by_email = np.zeros(size, dtype=np.bool_)
    by_phone = np.zeros(size, dtype=np.bool_)
    for flag, chosen in ((by_email, is_email), (by_phone, ~is_email)):
        flag[a[chosen]] = True
        flag[b[chosen]] = True
    believed = sizes[label] <= MAX_LEADS_PER_PERSON
    rule = np.where(by_email & by_phone, "email+phone", np.where(by_email, "email", "phone"))
    members = pl.DataFrame(
        {"lead_key": keys, "person_key": keys[first[label]], "match_rule": rule},
        schema={"lead_key": pl.Int64, "person_key": pl.Int64, "match_rule": pl.String},
    ).filter(pl.Series(believed, dtype=pl.Boolean))
    return members, int((sizes > MAX_LEADS_PER_PERSON).sum())
