"""Which preset reads a file, and which of its columns stands for a field first."""

from collections.abc import Mapping as ReadMapping
from collections.abc import Sequence
from difflib import get_close_matches

from pipelines.errors import BadInputError
from pipelines.load.meaning.kinds import Kind
from pipelines.load.meaning.mapping import Mapping
from pipelines.load.meaning.presets import Match, best, form_rank, matches
from pipelines.load.meaning.presets.headers import plain


def preset_of(headers: Sequence[str], kind: Kind, mapping: Mapping) -> tuple[Match | None, str]:
    """Return the preset of a file, and one clause that says why or why not.

    Raises
    ------
    BadInputError
        The mapping names a preset that the headers are certainly not of.
    """
    if mapping.preset is not None:
        named = matches(headers, kind.name, mapping.preset)
        if not named:
            return None, "no preset for this kind"
        if not mapping.fields:
            _check_named(named[0], headers, kind)
        return named[0], mapping.because or "named by the mapping"
    if mapping.fields or mapping.label:
        return None, "the mapping says what the columns mean"
    return best(headers, kind.name)


def _check_named(match: Match, headers: Sequence[str], kind: Kind) -> None:
    """Refuse a preset that the file is certainly not an export of."""
    name = match.preset.name
    known = sum(column.canonical is not None for column in match.known.values())
    other, _ = best(headers, kind.name)
    is_other = other is not None and other.preset.name != name
    if known and not is_other and (match.distinctive > 0 or 2 * known >= len(headers)):
        return
    whose = f"; they are those of {other.preset.name}" if other is not None and is_other else ""
    raise BadInputError(
        f"{name} knows {known} of the {len(headers)} columns{whose}",
        expected=f"an export of {kind.name} from {name}, or another --mapping",
        fix="leave --mapping out to have the headers recognised, or write a mapping file",
    )


def ranked(match: Match, name: str) -> list[str]:
    """Return the columns for a field, in the order of the preset."""
    order = {column: rank for rank, column in enumerate(match.preset.columns)}
    rivals = [h for h, column in match.known.items() if column.canonical == name]
    # Many2one: the display name says more than an external or a database id.
    return sorted(rivals, key=lambda h: (order[match.known[h]], form_rank(h)))


def fallbacks_of(
    kind: Kind, match: Match | None, claims: ReadMapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return, for records of a lead, the columns that speak where the claimed one is blank."""
    # A lead keeps its other columns as custom columns; a child row has no such place, and
    # Salesforce gives CompletedDateTime only for tasks that are done.
    if match is None or kind.name == "leads":
        return {}
    found = {}
    for name, header in claims.items():
        if header not in match.known:
            continue
        scale = match.known[header].scale
        rivals = [h for h in ranked(match, name) if h != header]
        # Seconds where minutes are blank would be sixty times too short.
        found[name] = tuple(h for h in rivals if match.known[h].scale == scale)
    return {name: rest for name, rest in found.items() if rest}


def scales_of(match: Match | None, claims: ReadMapping[str, str]) -> dict[str, float]:
    """Return field -> factor, for the numbers whose column has another unit than the field."""
    known = match.known if match else {}
    return {
        name: known[h].scale for name, h in claims.items() if h in known and known[h].scale != 1
    }


def find_header(headers: Sequence[str], wanted: str, where: str) -> str:
    """Return the header that a mapping means by `wanted`: exact, or without regard to case.

    Raises
    ------
    BadInputError
        No such column; names the nearest one.
    """
    if wanted in headers:
        return wanted
    folded = [h for h in headers if plain(h) == plain(wanted)]
    if len(folded) == 1:
        return folded[0]
    near = get_close_matches(wanted, headers, n=1, cutoff=0.5)
    shown = ", ".join(headers[:40]) + (", ..." if len(headers) > 40 else "")
    raise BadInputError(
        f"{where} names the column {wanted!r}, which the file does not have",
        expected=f"one of: {shown}",
        fix=f"did you mean {near[0]!r}?" if near else "correct the mapping",
    )
