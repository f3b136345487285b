"""Columns that say no, whoever has exported them: found by name, with or without a mapping."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.load.meaning.kinds import CONSENT_FLAGS, Kind
from pipelines.load.meaning.presets.headers import joined
from pipelines.load.meaning.refusal_words import (
    refusal_in,
    stands_alone,
    tells_a_yes,
    tells_in_words,
)
from pipelines.settings.own_fields import own_field

_EMAIL, _CALL, _PROFILING = CONSENT_FLAGS
# An opt-out is honoured wherever it stands: such headers are read as flags also without a preset
# and beside a mapping that does not name them. Too many opt-outs cost a call, too few cost more.
FLAGS: dict[str, tuple[str, ...]] = {
    "email": (_EMAIL,),
    "call": (_CALL,),
    "both": (_EMAIL, _CALL),
    "profiling": (_PROFILING,),
    "processing": CONSENT_FLAGS,
}
# Kinds of which a record names a lead and says little else: a no in it counts for that lead.
_SPEAKING = ("leads", "activities", "outcomes", "attempts")
_WORDED = ("status", "lost_reason")
# Fields that people also use for what they have no column for.
_OVERHEARD = ("rating", "lead_source")


@dataclass(frozen=True)
class OptOuts:
    """Columns that carry a no.

    Parameters
    ----------
    columns : dict of str to tuple of str
        Consent flag to every column that carries it.
    notes : tuple of str
        One per column that nobody named.
    questions : tuple of str
        Columns that look like a no, of which only their owner can say what they are.
    worded : dict of str to bool
        Columns whose words may be a no, such as a status; True: a consent is all they tell of.
    overheard : tuple of str
        Columns of leads that nobody expects a no in: where they hold few different cells, a
        refusal among them counts.
    """

    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    worded: dict[str, bool] = field(default_factory=dict)
    overheard: tuple[str, ...] = ()


def opt_out_columns(
    headers: Sequence[str],
    kind: Kind,
    claims: Mapping[str, str],
    constants: Mapping[str, str],
    settled: Sequence[str] = (),
) -> OptOuts:
    """Find the columns that carry an opt-out.

    Parameters
    ----------
    settled : sequence of str
        Columns of which the mapping says that they are no opt-out.
    """
    if kind.name not in _SPEAKING:
        return OptOuts()
    found: dict[str, list[str]] = {flag: [claims[flag]] for flag in CONSENT_FLAGS if flag in claims}
    notes, questions = [], []
    known = {joined(header) for header in settled}
    for header in headers:
        if header in claims.values() or joined(header) in known:
            continue
        # The names of our own fields are ours, so what they mean is no guess.
        own = own_field(header)
        refused = "" if own in CONSENT_FLAGS else refusal_in(header)
        # What is cancelled in a list of meetings is a meeting.
        is_about_a_person = kind.name == "leads" or not stands_alone(header)
        if refused == "ask" and is_about_a_person and not constants.keys() & set(CONSENT_FLAGS):
            questions.append(header)
        said = (own,) if own in CONSENT_FLAGS else FLAGS.get(refused, ())
        flags = [flag for flag in said if flag not in constants]
        for flag in flags:
            found.setdefault(flag, []).append(header)
        if flags:
            notes.append(f"the column {header!r} is read as {' and '.join(flags)}")
    read = {header for columns in found.values() for header in columns}
    left = [h for h in headers if h not in read and joined(h) not in known]
    worded = {claims[name]: False for name in _WORDED if kind.name == "leads" and name in claims}
    if kind.name == "leads":
        free = [h for h in left if h not in claims.values()]
        worded |= {header: True for header in free if tells_in_words(header)}
        notes += [
            f"the column {header!r} tells of a yes: a blank or no in it is no refusal here;"
            " where it is one, load the file --as consent too, with that column as status"
            for header in free
            if tells_a_yes(header) or worded.get(header)
        ]
    columns = {flag: tuple(columns) for flag, columns in found.items()}
    overheard = tuple(h for h in left if h not in worded and _may_speak(h, claims))
    if kind.name != "leads":
        overheard = ()
    return OptOuts(columns, tuple(notes), tuple(questions), worded, overheard)


def _may_speak(header: str, claims: Mapping[str, str]) -> bool:
    fields = {name for name, claimed in claims.items() if claimed == header}
    return not fields or bool(fields & set(_OVERHEARD))
