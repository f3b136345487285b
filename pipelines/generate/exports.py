"""Lead rows under the headers of a Salesforce and of a HubSpot export, as of a moment."""

from typing import Final

import numpy as np
import polars as pl

from pipelines.generate.block import Block, RowState
from pipelines.generate.dice import Bools, Ints, chance, pick
from pipelines.generate.leads import HUBSPOT, SALESFORCE
from pipelines.generate.persons import REPS
from pipelines.generate.times import NEVER_S, year_of

# The status picklist was renamed in 2014; old rows keep the old words.
_NEW_WORDS_SINCE: Final = 2014
_OLD_STATUS: Final = ("Open", "Contacted", "Qualified", "Unqualified")
_NEW_STATUS: Final = ("New", "Working", "Closed - Converted", "Closed - Not Converted")
_HUBSPOT_STATUS: Final = ("NEW", "ATTEMPTED_TO_CONTACT", "OPEN_DEAL", "UNQUALIFIED")
_LIFECYCLE: Final = ("Lead", "Marketing Qualified Lead", "Opportunity", "Customer")
_RATINGS: Final = ("Hot", "Warm", "Cold")
_STAGES: Final = ("Discovery held", "Proposal sent", "Contract sent")
# A slip of an import: head counts below zero, about one row in two thousand.
_IMPOSSIBLE_NUMBER_SHARE: Final = 0.0005


def moments(at_s: Ints) -> pl.Series:
    """Turn seconds since 1970 into timestamps; ``NEVER_S`` and negatives become null."""
    when = at_s.astype("datetime64[s]").astype("datetime64[us]")
    when[(at_s >= NEVER_S) | (at_s < 0)] = np.datetime64("NaT")
    return pl.Series(when, dtype=pl.Datetime("us"), nan_to_null=True)


def impossible_numbers(whole: Block) -> Bools:
    """Rows whose number of employees is -1, (m,)."""
    rng = whole.dice.stream("impossible numbers")
    return chance(rng, whole.rows.person.size, _IMPOSSIBLE_NUMBER_SHARE)


def exports(whole: Block, state: RowState, texts: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
    """Build the Salesforce and the HubSpot frame of all seen rows, typed.

    Both carry one column more, ``row``: the number of the lead row in its block, for
    ``dirt``; it is not written.
    """
    rng = whole.dice.stream("exports")
    people, rows = whole.people, whole.rows
    m = rows.person.size
    stage = _stage(state)
    old = year_of(rows.created_s) < _NEW_WORDS_SINCE
    status = np.where(old, 0, len(_OLD_STATUS)) + stage
    # Reps rate what they work on: a column filled after the fact, which leaks.
    rating = np.where(chance(rng, m, 0.5) & (stage == 2), 0, pick(rng, m, (1, 2, 3)))
    is_rated = chance(rng, m, np.where(stage == 2, 0.9, 0.3))
    lifecycle = np.where(
        state.won_s < NEVER_S, 3, np.where(stage == 2, 2, (stage == 1) & chance(rng, m, 0.3))
    )
    employees = texts["employees"].set(pl.Series(impossible_numbers(whole)), -1)
    frame = texts.with_columns(
        pl.Series("row", np.arange(m)),
        employees.alias("employees"),
        pl.Series("status", (*_OLD_STATUS, *_NEW_STATUS)).gather(status),
        pl.Series("lead_status", _HUBSPOT_STATUS).gather(stage),
        pl.Series("lifecycle", _LIFECYCLE).gather(lifecycle),
        _kept("rating", pl.Series(_RATINGS).gather(rating), is_rated),
        _kept(
            "stage",
            pl.Series(_STAGES).gather(pick(rng, m, (3, 2, 1))),
            (stage == 2) & chance(rng, m, 0.95),
        ),
        pl.Series("owner", [f"0055f00000{rep:05d}AAA" for rep in range(REPS)]).gather(
            people.rep[rows.person]
        ),
        pl.Series("contact_owner", [f"Rep {rep:02d}" for rep in range(REPS)]).gather(
            people.rep[rows.person]
        ),
        moments(rows.created_s).alias("created"),
        moments(state.modified_s).alias("modified"),
        moments(state.last_s).alias("last"),
        moments(state.bounced_s).alias("bounced"),
        moments(state.converted_s).alias("converted"),
        moments(state.won_s).alias("won"),
        pl.Series("is_deleted", state.deleted_s < NEVER_S),
        pl.Series("is_converted", state.converted_s < NEVER_S),
        pl.Series("no_email", state.no_email_s < NEVER_S),
        pl.Series("no_phone", state.no_phone_s < NEVER_S),
        pl.Series("system", rows.system),
    ).filter(pl.Series(state.is_seen))
    return (
        frame.filter(pl.col("system") == SALESFORCE).select(*_SALESFORCE),
        frame.filter(pl.col("system") == HUBSPOT).select(*_HUBSPOT),
    )


def _stage(state: RowState) -> Ints:
    """Code of a row's status: 0 new, 1 worked on, 2 converted, 3 disqualified."""
    stage = state.is_worked.astype(np.int64)
    stage[state.disqualified_s < NEVER_S] = 3
    stage[state.converted_s < NEVER_S] = 2
    return stage


def _kept(name: str, values: pl.Series, is_kept: Bools) -> pl.Series:
    """Null out what is not kept."""
    return pl.select(pl.when(pl.Series(is_kept)).then(values).alias(name)).to_series()


def _as(name: str, header: str) -> pl.Expr:
    return pl.col(name).alias(header)


_SALESFORCE: Final = (
    pl.col("row"),
    _as("id", "Id"),
    _as("is_deleted", "IsDeleted"),
    _as("first_name", "FirstName"),
    _as("last_name", "LastName"),
    _as("title", "Title"),
    _as("company", "Company"),
    _as("street", "Street"),
    _as("city", "City"),
    _as("state", "State"),
    _as("postal_code", "PostalCode"),
    _as("country", "Country"),
    _as("phone", "Phone"),
    _as("mobile", "MobilePhone"),
    _as("email", "Email"),
    _as("website", "Website"),
    _as("source", "LeadSource"),
    _as("status", "Status"),
    _as("industry", "Industry"),
    _as("rating", "Rating"),
    _as("revenue", "AnnualRevenue"),
    _as("employees", "NumberOfEmployees"),
    _as("owner", "OwnerId"),
    _as("no_email", "HasOptedOutOfEmail"),
    _as("no_phone", "DoNotCall"),
    _as("is_converted", "IsConverted"),
    pl.col("converted").dt.date().alias("ConvertedDate"),
    _as("created", "CreatedDate"),
    _as("modified", "LastModifiedDate"),
    pl.col("last").dt.date().alias("LastActivityDate"),
    _as("bounced", "EmailBouncedDate"),
    _as("product", "Product_Interest__c"),
    _as("stage", "Discovery_Stage__c"),
)
_HUBSPOT: Final = (
    pl.col("row"),
    _as("id", "Record ID"),
    _as("first_name", "First Name"),
    _as("last_name", "Last Name"),
    _as("email", "Email"),
    _as("phone", "Phone Number"),
    _as("mobile", "Mobile Phone Number"),
    _as("title", "Job Title"),
    _as("company", "Company Name"),
    _as("website", "Website URL"),
    _as("street", "Street Address"),
    _as("city", "City"),
    _as("state", "State/Region"),
    _as("postal_code", "Postal Code"),
    _as("country", "Country/Region"),
    _as("industry", "Industry"),
    _as("revenue", "Annual Revenue"),
    _as("employees", "Number of Employees"),
    _as("contact_owner", "Contact owner"),
    _as("lead_status", "Lead Status"),
    _as("lifecycle", "Lifecycle Stage"),
    _as("source", "Original Source"),
    _as("no_email", "Unsubscribed from all email"),
    _as("no_phone", "Do Not Call"),
    _as("created", "Create Date"),
    _as("modified", "Last Modified Date"),
    _as("last", "Last Activity Date"),
    _as("won", "Close Date"),
    _as("product", "Product Interest"),
)
