"""From headers to meaning: which column fills which field, and what becomes of the rest."""

import re
from collections.abc import Mapping as ReadMapping
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from pipelines.errors import BadInputError
from pipelines.load.kinds import CONSENT_FLAGS, LEAD_SIGNALS, Kind
from pipelines.load.mapping import Label, Mapping
from pipelines.load.presets import Match, Preset, best, matches

# An opt-out is honoured wherever it stands: these headers are read as flags also without a preset
# and beside a mapping that does not name them. Too many opt-outs cost a call, too few cost more.
_OPT_OUT_HEADERS = {
    "donotemail": "do_not_email",
    "hasoptedoutofemail": "do_not_email",
    "emailoptout": "do_not_email",
    "optedoutofemail": "do_not_email",
    "hsemailoptout": "do_not_email",
    "unsubscribed": "do_not_email",
    "unsubscribedfromallemail": "do_not_email",
    "isblacklisted": "do_not_email",
    "donotcall": "do_not_call",
    "donotphone": "do_not_call",
    "phoneoptout": "do_not_call",
    "calloptout": "do_not_call",
    "phoneblacklisted": "do_not_call",
}


@dataclass(frozen=True)
class Plan:
    """What every column of one file means.

    Parameters
    ----------
    claims : dict of str to str
        Canonical field to header.
    fallbacks : dict of str to tuple of str
        Canonical field to the columns that speak where the claimed one is blank (child kinds).
    constants : dict of str to str
        Canonical field to a value that holds for every record.
    opt_outs : dict of str to tuple of str
        Consent flag to every column that carries it; any one of them is enough.
    custom : tuple of str
        Headers kept as custom columns, file order.
    excluded : tuple of str
        Those of `custom` that are never a feature.
    immutable : tuple of str
        Those of `custom` declared as known when the lead was created.
    notes : tuple of str
        What was understood without being told; shown to the user.
    """

    kind: Kind
    headers: tuple[str, ...]
    preset: Preset | None
    confidence: float
    reason: str
    claims: dict[str, str]
    fallbacks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    opt_outs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    label: Label | None = None
    custom: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    immutable: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        """Tell whether a canonical field is supplied, by a column or a constant."""
        return name in self.claims or name in self.constants or name in self.opt_outs


def make_plan(headers: Sequence[str], kind: Kind, mapping: Mapping | None) -> Plan:
    """Decide what every column means.

    A mapping wins over a preset, a preset over headers that are canonical names themselves.

    Raises
    ------
    BadInputError
        The mapping names a column that is not there, or the kind's columns cannot be found.
    """
    mapping = mapping or Mapping()
    match, reason = _preset(headers, kind, mapping)
    claims, constants = _from_mapping(headers, kind, mapping)
    if match:
        for name in sorted({c.canonical for c in match.known.values() if c.canonical}):
            if name in kind.fields and name not in claims | constants:
                claims[name] = _ranked(match, name)[0]
        constants = {**dict(match.preset.constants), **constants}
    taken = set(claims.values())
    for header in headers:
        name = re.sub(r"[\s\-]+", "_", header.strip().casefold())
        if name in kind.fields and name not in claims | constants and header not in taken:
            claims[name] = header
            taken.add(header)
    label = _label(headers, kind, mapping)
    plan = _with_custom(headers, kind, mapping, match, reason, claims, constants, label)
    # A mapping, however short, says that somebody has looked at the file.
    _check_enough(plan, was_looked_at=mapping != Mapping())
    return plan


def find_header(headers: Sequence[str], wanted: str, where: str) -> str:
    """Return the header that a mapping means by `wanted`: exact, or without regard to case.

    Raises
    ------
    BadInputError
        No such column; names the nearest one.
    """
    if wanted in headers:
        return wanted
    folded = [h for h in headers if h.strip().casefold() == wanted.strip().casefold()]
    if len(folded) == 1:
        return folded[0]
    near = get_close_matches(wanted, headers, n=1, cutoff=0.5)
    shown = ", ".join(headers[:40]) + (", ..." if len(headers) > 40 else "")
    raise BadInputError(
        f"{where} names the column {wanted!r}, which the file does not have",
        expected=f"one of: {shown}",
        fix=f"did you mean {near[0]!r}?" if near else "correct the mapping",
    )


def _preset(headers: Sequence[str], kind: Kind, mapping: Mapping) -> tuple[Match | None, str]:
    if mapping.preset is not None:
        named = matches(headers, kind.name, mapping.preset)
        return (named[0], "named by the mapping") if named else (None, "no preset for this kind")
    if mapping.fields or mapping.label:
        return None, "the mapping says what the columns mean"
    return best(headers, kind.name)


def _ranked(match: Match, name: str) -> list[str]:
    """Return the columns for a field, in the order of the preset."""
    order = {column: rank for rank, column in enumerate(match.preset.columns)}
    rivals = [h for h, column in match.known.items() if column.canonical == name]
    # Many2one: the display name says more than an external or a database id.
    return sorted(rivals, key=lambda h: (order[match.known[h]], h.count("/"), h.count(".")))


def _fallbacks(
    kind: Kind, match: Match | None, claims: ReadMapping[str, str]
) -> dict[str, tuple[str, ...]]:
    # A lead keeps its other columns as custom columns; a child row has no such place, and
    # Salesforce gives CompletedDateTime only for tasks that are done.
    if match is None or kind.name == "leads":
        return {}
    return {
        name: rest
        for name, header in claims.items()
        if header in match.known and (rest := tuple(h for h in _ranked(match, name) if h != header))
    }


def _from_mapping(
    headers: Sequence[str], kind: Kind, mapping: Mapping
) -> tuple[dict[str, str], dict[str, str]]:
    claims, constants = {}, {}
    for name, source in mapping.fields.items():
        if name not in kind.fields:
            raise BadInputError(
                f"[fields] names {name}, which is not a field of {kind.name}",
                expected=f"one of: {', '.join(kind.fields)}",
                fix="correct the mapping, or --as",
            )
        if source.startswith("="):
            constants[name] = source[1:]
        else:
            claims[name] = find_header(headers, source, f"[fields] {name}")
    return claims, constants


def _label(headers: Sequence[str], kind: Kind, mapping: Mapping) -> Label | None:
    if mapping.label is None or kind.name != "leads":
        return None
    column = find_header(headers, mapping.label.column, "[label] column")
    return mapping.label.model_copy(update={"column": column})


def _with_custom(
    headers: Sequence[str],
    kind: Kind,
    mapping: Mapping,
    match: Match | None,
    reason: str,
    claims: dict[str, str],
    constants: dict[str, str],
    label: Label | None,
) -> Plan:
    opt_outs, notes = _opt_outs(headers, kind, claims, constants)
    if kind.name == "leads" and "source_id" not in claims | constants:
        notes.append("no id column: rows are named by the file's hash and never matched again")
    if kind.name == "leads" and "created_at" not in claims | constants:
        notes.append("no creation date: a population without dates, which no nightly list uses")
    signals = {h for name, h in claims.items() if name in LEAD_SIGNALS}
    signals |= {h for columns in opt_outs.values() for h in columns}
    fields = {name: h for name, h in claims.items() if name not in CONSENT_FLAGS}
    stored = {h for name, h in fields.items() if name not in LEAD_SIGNALS}
    custom = tuple(h for h in headers if h not in stored) if kind.name == "leads" else ()
    excluded = {find_header(headers, h, "[custom] exclude") for h in mapping.custom.exclude}
    excluded |= signals | ({label.column} if label else set())
    excluded |= {h for h, column in match.known.items() if column.is_leak} if match else set()
    immutable = {find_header(headers, h, "[custom] immutable") for h in mapping.custom.immutable}
    return Plan(
        kind=kind,
        headers=tuple(headers),
        preset=match.preset if match else None,
        confidence=round(match.confidence, 4) if match else 0.0,
        reason=reason,
        claims=fields,
        fallbacks=_fallbacks(kind, match, fields),
        constants=constants,
        opt_outs=opt_outs,
        label=label,
        custom=custom,
        excluded=tuple(h for h in custom if h in excluded),
        immutable=tuple(h for h in custom if h in immutable - excluded),
        notes=tuple(notes),
    )


def _opt_outs(
    headers: Sequence[str], kind: Kind, claims: ReadMapping[str, str], constants: dict[str, str]
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    if kind.name != "leads":
        return {}, []
    found: dict[str, list[str]] = {flag: [claims[flag]] for flag in CONSENT_FLAGS if flag in claims}
    notes = []
    for header in headers:
        flag = _OPT_OUT_HEADERS.get(re.sub(r"[^a-z]", "", header.casefold()))
        if flag and flag not in constants and header not in found.get(flag, []):
            if header in claims.values():
                continue
            found.setdefault(flag, []).append(header)
            notes.append(f"the column {header!r} is read as {flag}")
    return {flag: tuple(columns) for flag, columns in found.items()}, notes


def _check_enough(plan: Plan, *, was_looked_at: bool) -> None:
    kind = plan.kind
    if not any(header.strip() for header in plan.headers):
        raise BadInputError(
            "the file has no column with a name",
            expected="a header line",
            fix="give [file] header = false and map column_0, column_1, ...",
        )
    if not (was_looked_at or plan.claims or plan.opt_outs):
        raise BadInputError(
            f"the file has {len(plan.headers)} columns and none that means anything to us",
            expected="an id, a contact point, a date or an outcome",
            fix="name the columns under [fields] or [label] of a mapping file",
        )
    lacking = [name for name in kind.required if not plan.has(name)]
    if kind.any_of and not any(plan.has(name) for name in kind.any_of):
        lacking.append(" or ".join(kind.any_of))
    if lacking:
        shown = ", ".join(plan.headers[:40])
        raise BadInputError(
            f"no column gives {', '.join(lacking)}; the file has: {shown}",
            expected=f"these fields for {kind.name}",
            fix="name the columns under [fields] of a mapping file",
        )
