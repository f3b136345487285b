"""Which rules a person meets, by any of their leads: the table that the choice keeps to.

Each fact of a rule is one SELECT of leads; all of them together are read once and brought to
persons once. A fact of a column that nobody has is met by nobody.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import polars as pl

from pipelines.settings.routing import (
    AttemptFact,
    ColumnFact,
    ConversationFact,
    LanguageFact,
    Must,
    RoutingRule,
    RoutingSettings,
    ValueFact,
)
from pipelines.settings.selection import OrderSettings, SelectionSettings, ValueSettings
from pipelines.store import Database, quoted, reset_table, sql
from pipelines.triage.worth import Worth, lower_words, worth_of

_CUSTOM: Final = "lead_custom_"
# What a column says when it says no; everything else that is filled in says yes.
_NO: Final = (
    "", "0", "0.0", "false", "f", "no", "n", "none", "null", "na", "n/a", "nan", "-", "--", "low",
    "off", "closed", "resolved", "solved", "nein", "nee", "non",
)  # fmt: skip

# The worth of a lead is asked of a table of this name, with the region of its person.
_LEADS: Final = (
    "(SELECT dedupe_link.lead_key, person.region FROM dedupe_link"
    " JOIN eligibility AS person USING (person_key)"
    " WHERE person.person_key IN ({among})) AS eligibility"
)
# What a cell says as a number: 80% is 0.8, and so is 0,8; 1,234 and 1,234.5 have thousands apart.
_BARE: Final = "rtrim(cell, ' %')"
_GROUPED: Final = "-?[1-9][0-9]{0,2}(,[0-9]{3})+([.][0-9]+)?"
_NUMBER: Final = (
    f"(try_cast(CASE WHEN regexp_full_match({_BARE}, '{_GROUPED}')"
    f" THEN replace({_BARE}, ',', '') ELSE replace({_BARE}, ',', '.') END AS DOUBLE)"
    " / if(ends_with(cell, '%'), 100, 1))"
)
# A no is one here too, nan and infinity say nothing, and what is filled in but cannot be read may
# be anything: where the rule is careful, it holds.
_AT_LEAST: Final = (
    f"coalesce(isfinite({_NUMBER}) AND {_NUMBER} >= $least_{{number}},"
    " $is_careful_{number}::BOOLEAN AND NOT list_contains($said_{number}::VARCHAR[], cell))"
)
_SCORABLE: Final = "SELECT person_key FROM eligibility WHERE is_scorable"


@dataclass
class _Facts:
    """SELECTs of leads with the number of their rule, and what they are given."""

    db: Database
    routing: RoutingSettings
    worth: Worth
    among: str
    params: dict[str, Any] = field(default_factory=dict)
    statements: list[str] = field(default_factory=list)

    def add(self, rule: int, must: Must, fact: object) -> None:
        """Add what finds the leads that meet one fact of a rule."""
        place = len(self.statements)
        if isinstance(fact, ColumnFact):
            self._add_column(rule, must, fact)
        elif isinstance(fact, ValueFact):
            self._say("value", rule, least=fact.at_least)
            self.statements[place] = (
                self.statements[place]
                .replace("{worth}", self.worth.worth)
                .replace("{leads}", _LEADS.replace("{among}", self.among) + self.worth.joins)
            )
            self.params |= self.worth.params
        elif isinstance(fact, ConversationFact):
            said = lower_words(fact.results)
            self._say("conversation", rule, days=fact.within_days, seconds=fact.seconds, said=said)
        elif isinstance(fact, AttemptFact):
            said = lower_words(fact.dispositions)
            self._say("attempt", rule, days=fact.within_days, said=said, by=fact.handler)
        elif isinstance(fact, LanguageFact) and self.routing.ai_languages:
            spoken = self.db.frame("SELECT DISTINCT language FROM lead WHERE language IS NOT NULL")
            unspoken = [one for one in spoken["language"] if self.routing.unspoken(one)]
            self._say("language", rule, unspoken=unspoken)

    def _add_column(self, rule: int, must: Must, fact: ColumnFact) -> None:
        wanted = {_plain(name) for name in fact.names}
        for table, column in _columns(self.db):
            if _plain(column) not in wanted:
                continue
            if fact.at_least is not None:
                more: dict[str, object] = {
                    "least": fact.at_least, "said": list(_NO), "is_careful": must != "ai"
                }  # fmt: skip
                condition = _AT_LEAST
            elif fact.is_:
                more = {"said": lower_words(fact.is_)}
                condition = "list_contains($said_{number}::VARCHAR[], cell)"
            else:
                more = {"said": list(_NO)}
                condition = "NOT list_contains($said_{number}::VARCHAR[], cell)"
            self._say("column", rule, table=table, cell=column, condition=condition, **more)

    def _say(self, file: str, rule: int, **values: object) -> None:
        place = str(len(self.statements))
        text = sql(__package__, f"{file}.sql")
        for name in ("table", "cell"):
            if name in values:
                text = text.replace(f"{{{name}}}", quoted(str(values.pop(name))))
        text = text.replace("{condition}", str(values.pop("condition", "")))
        self.params |= {f"{name}_{place}": value for name, value in values.items()}
        self.params[f"number_{place}"] = rule
        self.statements.append(text.replace("{number}", place))


def route_rules(
    db: Database,
    chosen: SelectionSettings,
    value: ValueSettings,
    *,
    as_of: datetime,
    among: str = _SCORABLE,
) -> None:
    """Fill `route_rule` for everybody who may be scored, or for others.

    Parameters
    ----------
    db : Database
        Has `lead`, `dedupe_link`, `eligibility`, `activity` and `contact_attempt`.
    as_of : datetime
        Midnight of the night, naive UTC.
    among : str
        SELECT of the person_key of those who are looked at.
    """
    reset_table(db, "route_rule")
    rules = chosen.routing.in_force
    # Neither waiting nor last night's list is worth anything here.
    facts = _Facts(db, chosen.routing, worth_of(db, value, OrderSettings()), among)
    for number, rule in enumerate(rules.values()):
        for fact in rule.when:
            facts.add(number, rule.must, fact)
    if not facts.statements:
        return
    found = "\nUNION ALL\n".join(facts.statements)
    used = set(re.findall(r"\$(\w+)", found))
    params = {
        name: value for name, value in (facts.params | {"as_of": as_of}).items() if name in used
    }
    db.register("rule_frame", _frame(rules))
    try:
        statement = sql(__package__, "route_rule.sql").replace("{found}", found)
        db.run(statement.replace("{among}", among), **params)
    finally:
        db.unregister("rule_frame")


def _frame(rules: dict[str, RoutingRule]) -> pl.DataFrame:
    return pl.DataFrame(
        [(number, name, rule.must) for number, (name, rule) in enumerate(rules.items())],
        schema={"number": pl.Int32, "rule": pl.String, "must": pl.String},
        orient="row",
    )


def _columns(db: Database) -> Iterator[tuple[str, str]]:
    """Yield table and name of every column of a lead, and of what its file had besides."""
    for table in ("lead", *(name for name in db.tables() if name.startswith(_CUSTOM))):
        for column in db.columns(table):
            yield table, column


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())
