"""From headers to meaning: which column fills which field, and what becomes of the rest."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from pipelines.errors import BadInputError
from pipelines.load.meaning.by_name import by_name
from pipelines.load.meaning.choose import fallbacks_of, find_header, preset_of, ranked, scales_of
from pipelines.load.meaning.kinds import CONSENT_FLAGS, FIELD_TYPES, LEAD_SIGNALS, Kind
from pipelines.load.meaning.mapping import Label, Mapping
from pipelines.load.meaning.opt_out_columns import opt_out_columns
from pipelines.load.meaning.outcome_rules import OutcomeRule
from pipelines.load.meaning.outcomes_told import outcomes_told
from pipelines.load.meaning.own_columns import own_columns
from pipelines.load.meaning.presets import Match, Preset, is_leak
from pipelines.load.meaning.presets.aliases import ID_NAMES
from pipelines.load.meaning.presets.headers import joined
from pipelines.store.identity import identity_columns


class MeaninglessError(BadInputError):
    """No column of the file means anything to us, and no mapping says that this is known."""


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
    outcomes : tuple of OutcomeRule
        Columns whose values tell of milestones.
    scales : dict of str to float
        Canonical number to what the file's unit is multiplied with.
    questions : tuple of str
        Columns that look like a no, of which the mapping has to say what they are.
    worded : dict of str to bool
        Columns whose words may be a no; True: a consent is all they tell of.
    overheard : tuple of str
        Columns in which a refusal counts where they hold few different cells.
    identity : dict of str to str
        What tells people apart to the one of `custom` that holds it.
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
    outcomes: tuple[OutcomeRule, ...] = ()
    scales: dict[str, float] = field(default_factory=dict)
    questions: tuple[str, ...] = ()
    worded: dict[str, bool] = field(default_factory=dict)
    overheard: tuple[str, ...] = ()
    identity: dict[str, str] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Tell whether a canonical field is supplied, by a column or a constant."""
        return name in self.claims or name in self.constants or name in self.opt_outs

    def kept_as(self, header: str, kept: Collection[str]) -> str:
        """Say that a column is one of the custom ones `kept`, and what it tells of a person."""
        told = [f"identity.{what}" for what, column in self.identity.items() if column == header]
        return ", ".join(["custom", *told]) if header in kept else ""

    def date_columns(self) -> dict[str, tuple[str, ...]]:
        """Return every date field to the columns it is read from.

        The columns that a mapping's ``[outcomes]`` are dated by are fields of their own, named
        ``outcomes.date:<header>``.
        """
        found = {
            name: (header, *self.fallbacks.get(name, ()))
            for name, header in self.claims.items()
            if FIELD_TYPES.get(name) in ("timestamp", "date")
        }
        return found | {
            outcome_date(rule.date_column): (rule.date_column,)
            for rule in self.outcomes
            if rule.date_column is not None
        }


def outcome_date(header: str) -> str:
    """Name the date field that a column of ``[outcomes]`` dates is."""
    return f"outcomes.date:{header}"


def make_plan(
    headers: Sequence[str], kind: Kind, mapping: Mapping | None, *, id_column: str | None = None
) -> Plan:
    """Decide what every column means.

    A mapping wins over a preset, a preset over headers that are canonical names themselves, and
    those over what other people call the same.

    Parameters
    ----------
    id_column : str or None
        Column that names the leads where nothing else says which one does; see `id_column`.

    Raises
    ------
    BadInputError
        The mapping names a column that is not there, or the kind's columns cannot be found.
    """
    mapping = mapping or Mapping()
    match, reason = preset_of(headers, kind, mapping)
    claims, constants = _from_mapping(headers, kind, mapping)
    if kind.name == "outcomes":
        claims = _from_outcomes(headers, mapping, claims, constants)
    label = _label(headers, kind, mapping)
    if match:
        for name in sorted({c.canonical for c in match.known.values() if c.canonical}):
            if name in kind.fields and name not in claims | constants:
                claims[name] = ranked(match, name)[0]
        constants = {**dict(match.preset.constants), **constants}
    claims = by_name(headers, kind, claims, constants, match)
    if id_column is not None and kind.name == "leads" and "source_id" not in claims | constants:
        claims["source_id"] = id_column
    if label is not None:
        # A label that was also a status would be a feature that knows the answer.
        claims = {n: h for n, h in claims.items() if h != label.column or n in mapping.fields}
    plan = _with_custom(headers, kind, mapping, match, reason, claims, constants, label)
    # A mapping, however short, says that somebody has looked at the file.
    _check_enough(plan, was_looked_at=mapping != Mapping())
    return plan


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


def _from_outcomes(
    headers: Sequence[str], mapping: Mapping, claims: dict[str, str], constants: dict[str, str]
) -> dict[str, str]:
    """Take milestone and date of an outcome file from ``[outcomes]``, unless ``[fields]`` says."""
    if len(mapping.outcomes) > 1:
        raise BadInputError(
            "the mapping has several [[outcomes]]",
            expected="one for a file of outcomes: a record tells of one milestone",
            fix="keep the one whose column says how the lead ended",
        )
    for one in mapping.outcomes:
        given = {"milestone": one.column} | ({"occurred_at": one.date} if one.date else {})
        for name, header in given.items():
            if name not in claims | constants:
                claims[name] = find_header(headers, header, "[outcomes]")
    return claims


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
    ours, heard = own_columns(headers, claims.values())
    told = opt_out_columns(heard, kind, claims, constants, mapping.consent.ignored)
    opt_outs, notes = told.columns, list(told.notes)
    outcomes = outcomes_told(headers, kind, mapping, match, claims)
    if kind.name == "leads" and "source_id" not in claims | constants:
        notes.append("no id column: rows are named by the file's hash and never matched again")
    if kind.name == "leads" and "created_at" not in claims | constants:
        notes.append("no creation date: a population without dates, which no nightly list uses")
    signals = {h for name, h in claims.items() if name in LEAD_SIGNALS}
    signals |= {h for columns in opt_outs.values() for h in columns}
    signals |= {h for h, is_consent in told.worded.items() if is_consent}
    fields = {name: h for name, h in claims.items() if name not in CONSENT_FLAGS}
    stored = {h for name, h in fields.items() if name not in LEAD_SIGNALS}
    custom = tuple(h for h in headers if h not in stored | ours) if kind.name == "leads" else ()
    excluded = {find_header(headers, h, "[custom] exclude") for h in mapping.custom.exclude}
    excluded |= signals | ({label.column} if label else set())
    named_by = {
        what: find_header(headers, h, f"[identity] {what}") if h else ""
        for what, h in mapping.identity.told().items()
    }
    # Who somebody is says nothing of what he will buy that may be used.
    excluded |= set(named_by.values())
    excluded |= {h for rule in outcomes for h in (rule.column, rule.date_column) if h}
    if match:
        excluded |= {h for h, column in match.known.items() if column.is_leak}
        excluded |= {h for h in headers if is_leak(h, match.preset)}
    immutable = {find_header(headers, h, "[custom] immutable") for h in mapping.custom.immutable}
    return Plan(
        kind=kind,
        headers=tuple(headers),
        preset=match.preset if match else None,
        confidence=round(match.confidence, 4) if match else 0.0,
        reason=reason,
        claims=fields,
        fallbacks=fallbacks_of(kind, match, fields),
        constants=constants,
        opt_outs=opt_outs,
        label=label,
        custom=custom,
        excluded=tuple(h for h in custom if h in excluded),
        immutable=tuple(h for h in custom if h in immutable - excluded),
        notes=tuple(notes),
        outcomes=outcomes,
        scales=scales_of(match, fields),
        questions=told.questions,
        worded=told.worded,
        overheard=tuple(h for h in told.overheard if label is None or h != label.column),
        identity=identity_columns(custom, named_by),
    )


def check_means_something(plan: Plan) -> None:
    """Refuse a file of which no column means anything.

    Raises
    ------
    MeaninglessError
        There is none.
    """
    if not (plan.claims or plan.opt_outs):
        raise MeaninglessError(
            f"the file has {len(plan.headers)} columns and none that means anything to us",
            expected="an id, a contact point, a date or an outcome",
            fix="see them with --dry-run; name some under [fields] or [label] of a mapping file",
        )


def _check_enough(plan: Plan, *, was_looked_at: bool) -> None:
    kind = plan.kind
    if not any(header.strip() for header in plan.headers):
        raise BadInputError(
            "the file has no column with a name",
            expected="a header line",
            fix="give [file] header = false and map column_0, column_1, ...",
        )
    # Whether a column called so is an id, its content will tell.
    may_have_id = kind.name == "leads" and any(joined(h) in ID_NAMES for h in plan.headers)
    if not (was_looked_at or may_have_id):
        check_means_something(plan)
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
