"""The outcome rules of one file: the words of its CRM, and what its mapping says of them."""

from collections.abc import Mapping as ReadMapping
from collections.abc import Sequence

from pipelines.load.meaning.choose import find_header
from pipelines.load.meaning.kinds import Kind
from pipelines.load.meaning.mapping import Mapping
from pipelines.load.meaning.outcome_rules import OutcomeRule, preset_rules, told
from pipelines.load.meaning.presets import Match


def outcomes_told(
    headers: Sequence[str],
    kind: Kind,
    mapping: Mapping,
    match: Match | None,
    claims: ReadMapping[str, str],
) -> tuple[OutcomeRule, ...]:
    """Return the columns of a file whose values tell of milestones.

    Raises
    ------
    BadInputError
        ``[outcomes]`` names a column that the file does not have.
    """
    if kind.name not in ("leads", "outcomes"):
        return ()
    columns = {column.api: h for h, column in reversed(match.known.items())} if match else {}
    base = preset_rules(match.preset.words if match else (), columns, claims.get("lifecycle_stage"))
    given = [
        (
            find_header(headers, one.column, "[outcomes] column"),
            find_header(headers, one.date, "[outcomes] date") if one.date else None,
            one.meanings(),
        )
        for one in mapping.outcomes
    ]
    return told(base, given)
