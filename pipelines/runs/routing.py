"""The routing rules in force, explained: what each looks at, why, who wrote it, and whom it met."""

from typing import Any

from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.settings.routing import (
    PRECEDENCE,
    AttemptFact,
    ColumnFact,
    ConversationFact,
    Fact,
    RoutingSettings,
    ValueFact,
    default_routing,
)
from pipelines.store import Database
from pipelines.store.snapshot import current_snapshot


def explain_routing(home: Home) -> dict[str, Any]:
    """Explain the rules in force, and how many people the published night found for each.

    Returns
    -------
    dict
        JSON values: `version`, `precedence`, `rules` (name, must, is_on, is_hard, reason, when in
        words, origin shipped or home, people: null before a night), `general`.
    """
    routing = Settings.load(home.settings_file).routing
    met = _met(home)
    shipped = default_routing().rules
    return {
        "version": routing.version,
        "precedence": list(PRECEDENCE),
        "rules": [
            {
                "name": name,
                "must": rule.must,
                "is_on": rule.is_on,
                "is_hard": rule.is_hard,
                "reason": rule.reason,
                "when": [in_words(fact, routing) for fact in rule.when],
                "origin": "shipped" if shipped.get(name) == rule else "home",
                "people": met.get(name, 0) if met is not None and rule.is_on else None,
            }
            for name, rule in routing.rules.items()
        ],
        "general": {
            "human_share": routing.human_share,
            "hard_in_a_row": routing.hard_in_a_row,
            "hard_share": routing.hard_share,
            "fresh_hours": routing.fresh_hours,
            "ai_languages": list(routing.ai_languages),
            "inbound_sources": list(routing.inbound_sources),
        },
    }


def in_words(fact: Fact, routing: RoutingSettings) -> str:
    """Say what a fact is met by."""
    if isinstance(fact, ColumnFact):
        named = " or ".join(fact.names)
        if fact.at_least is not None:
            return f"column {named} is {fact.at_least:g} or more"
        if fact.is_:
            return f"column {named} says {', '.join(fact.is_)}"
        return f"column {named} says anything but no"
    if isinstance(fact, ValueFact):
        return f"a conversion is worth {fact.at_least:g} or more, by [value]"
    if isinstance(fact, ConversationFact):
        return (
            f"a meeting, a call to us, or a call of ours of {fact.seconds} seconds or answered,"
            f" by a person, in the last {fact.within_days} days"
        )
    if isinstance(fact, AttemptFact):
        by = f" by {fact.handler}" if fact.handler else ""
        said = ", ".join(fact.dispositions)
        return f"an attempt{by} in the last {fact.within_days} days ended: {said}"
    if not routing.ai_languages:
        return "nothing yet: ai_languages does not say what the AI speaks"
    return f"the language is known and none of {', '.join(routing.ai_languages)}"


def _met(home: Home) -> dict[str, int] | None:
    snapshot = current_snapshot(home) if home.exists() else None
    if snapshot is None:
        return None
    with Database.open(snapshot, read_only=True, memory_gb=0.5) as db:
        if not db.exists("route_measure"):
            return None
        found = db.frame("SELECT detail, people FROM route_measure WHERE measure = 'rule_met'")
    return dict(found.rows())
