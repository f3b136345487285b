"""Why me, or why not: everything the published night knows about one lead."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from features.build import build
from models.explain import POINTS_PER_DOUBLING
from pipelines.eligible import reasons_of
from pipelines.eligible.reasons import TEXTS
from pipelines.errors import UsageError
from pipelines.featurise import feature_batches
from pipelines.runs.context import RunContext
from pipelines.runs.registry import load_model
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store import Database, sql
from pipelines.store.schema import CHANNELS

_TOP = 5
_JOINS = 20
ANY_DAY = date.min  # the published file carries its own as_of


def explain_lead(home: Home, lead: str) -> dict[str, Any]:
    """Return eligibility, score, reasons, route and decision of one lead as JSON values.

    Parameters
    ----------
    lead : str
        ``lead_key``, ``source_id`` or ``source_system:source_id``.

    Raises
    ------
    UsageError
        No lead, or several, are called that.
    """
    ctx = RunContext(home, Settings.load(home.settings_file), "explain", ANY_DAY)
    with ctx.published() as db:
        found = find_lead(db, lead)
        key = found["lead_key"]
        person = _row(
            db,
            "SELECT person_key, match_rule, person.lead_count,"
            " representative_lead_key = $lead_key AS is_representative"
            " FROM dedupe_link LEFT JOIN person USING (person_key) WHERE lead_key = $lead_key",
            key,
        )
        if person is not None and db.exists("dedupe_edge"):
            person["joined_with"] = db.frame(
                sql(__package__, "joined_with.sql"), lead_key=key, most=_JOINS
            ).to_dicts()
        decision = _row(db, "SELECT * FROM decision WHERE lead_key = $lead_key", key)
        score = _row(db, "SELECT * FROM score WHERE lead_key = $lead_key", key)
        explained: dict[str, Any] = {
            "lead": found,
            "person": person,
            "eligibility": channel_verdicts(
                None if decision is None else {c: decision[f"{c}_reasons"] for c in CHANNELS}
            ),
            "score": None if score is None else {k: v for k, v in score.items() if k != "lead_key"},
            **_explained(db, home, score, key),
            "route": None if decision is None else decision["route"],
            "route_rules": _rules_met(db, home, person),
            "decision": None
            if decision is None
            else {k: v for k, v in decision.items() if not k.endswith("_reasons")},
        }
    return explained


def _rules_met(db: Database, home: Home, person: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return the routing rules that the person meets, with the reason of those still in force."""
    if person is None:
        return []
    rules = Settings.load(home.settings_file).routing.rules
    return [
        {"rule": rule, "must": must, "reason": rules[rule].reason if rule in rules else None}
        for rule, must in db.frame(
            "SELECT rule, must FROM route_rule WHERE person_key = $person ORDER BY rule",
            person=person["person_key"],
        ).iter_rows()
    ]


def find_lead(db: Database, lead: str) -> dict[str, Any]:
    """Return the lead that is called `lead`; see :func:`explain_lead`."""
    system, _, identifier = lead.rpartition(":")
    found = db.frame(
        "SELECT lead_key, source_system, source_id, batch_id, created_at, country FROM lead"
        " WHERE source_id = $lead OR lead_key = try_cast($lead AS BIGINT)"
        " OR (source_system = $system AND source_id = $identifier)"
        # Salesforce reports show 15 of the 18 characters
        " OR (length($lead) = 15 AND left(source_id, 15) = $lead AND length(source_id) = 18)"
        # a source_id is meant before a lead_key that happens to be the same number
        " ORDER BY (source_id = $lead) DESC, lead_key LIMIT 3",
        lead=lead,
        system=system,
        identifier=identifier,
    ).to_dicts()
    exact = [row for row in found if row["source_id"] == lead] or found
    if len(exact) == 1:
        return exact[0]
    if not exact:
        raise UsageError(
            "no such lead is published",
            expected="a lead_key, a source_id, or source_system:source_id",
        )
    systems = ", ".join(str(row["source_system"]) for row in exact)
    raise UsageError(
        f"several sources have that id: {systems}", fix="write source_system:source_id"
    )


def _row(db: Database, statement: str, lead_key: int) -> dict[str, Any] | None:
    rows = db.frame(statement, lead_key=lead_key).to_dicts()
    return rows[0] if rows else None


def channel_verdicts(masks: Mapping[str, int] | None) -> list[dict[str, Any]]:
    """Return per channel whether it is open, and every reason why not, in words.

    Parameters
    ----------
    masks : mapping of str to int, or None
        Channel -> its mask of reasons; None: nothing was decided.
    """
    if masks is None:
        return []
    return [
        {
            "channel": channel,
            "may_contact": masks[channel] == 0,
            "reasons": [
                {"code": reason.name, "description": TEXTS[reason].description}
                for reason in reasons_of(masks[channel])
            ],
        }
        for channel in CHANNELS
        if channel in masks
    ]


def _explained(
    db: Database, home: Home, score: dict[str, Any] | None, lead_key: int
) -> dict[str, Any]:
    """Return what speaks for and against the lead, strongest first, and how it adds up.

    Both scores are log-odds before calibration: ``base_score`` (the average lead), the
    contributions of the reasons and ``rest`` add up to ``raw_score``.
    """
    if score is None or score["model_id"] is None:
        return {"reasons": [], "adds_up": None}
    model = load_model(home, score["model_id"])
    db.run(
        "CREATE OR REPLACE TEMP TABLE target AS SELECT $lead_key::BIGINT AS lead_key, as_of"
        " FROM run WHERE run_id = $run_id",
        lead_key=lead_key,
        run_id=score["run_id"],
    )
    columns = model.features.inputs
    batch = pl.concat(feature_batches(db, target="target", rows=1, columns=columns))
    found = model.explain(build(batch, model.features), top=_TOP)
    *reasons, rest = found.lines.drop("row", "position").to_dicts()
    kept = ("contribution", "points", "reason")
    return {
        "reasons": reasons,
        "adds_up": {
            "base_score": found.parts.base_score,
            "base_probability": float(model.probability(np.array([found.parts.base_score]))[0]),
            "rest": {name: rest[name] for name in kept},
            "raw_score": float(found.parts.raw_score[0]),
            "points": sum(line["points"] for line in (*reasons, rest)),
            "points_per_doubling": POINTS_PER_DOUBLING,
        },
    }
