"""What the ids of a file say of it: whose export it is, and whether it holds leads at all.

A report of six columns has headers that every CRM writes; the ids in it are Salesforce's alone.
"""

import re
from collections.abc import Sequence

import polars as pl

from pipelines.errors import BadInputError
from pipelines.load.meaning.kinds import Kind, kind_of
from pipelines.load.meaning.mapping import Mapping
from pipelines.load.meaning.plan import make_plan
from pipelines.load.meaning.presets import best, matches
from pipelines.load.meaning.presets.aliases import ALIASES, ID_NAMES
from pipelines.load.meaning.presets.headers import joined, plain
from pipelines.load.meaning.refusal_words import refusal_in
from pipelines.load.normalise.ids import salesforce_18
from pipelines.load.read.records import Records
from pipelines.store import Database

_SAMPLE = 500
# One word in a record may be called like a column.
_FEWEST_NAMES = 2
_ID = r"^[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?$"
# The first three characters of an id name its object, in every org.
_OBJECTS = {"00Q": "leads", "003": "contacts", "00T": "tasks", "00U": "events",
            "00v": "campaign members", "017": "field history", "001": "accounts",
            "006": "opportunities", "005": "users", "701": "campaigns", "500": "cases"}  # fmt: skip
_PERSONS = ("leads", "contacts")
_LOADED_AS = {"tasks": "activities", "events": "activities", "campaign members": "activities",
              "field history": "outcomes"}  # fmt: skip
# A column that holds the id of the record itself, or of the lead it is about. "Salesforce ID" is
# neither: that is what others call it.
_OWN = re.compile(
    r"^(id|(record|activity|task|event|member|campaignmember|account|opportunity)id)$"
)
_WHO = re.compile(r"^(who|name|lead|contact|record|or|\W|casesafe|18|15|digits?|chars?|id)+$")
_CONTACT_POINTS = ("email", "phone", "mobile", "full_name", "first_name", "last_name")


def by_content(given: Mapping, records: Records, kind: Kind, db: Database) -> Mapping:
    """Return the mapping of a file, with the preset that its ids prove where headers do not.

    Parameters
    ----------
    given : Mapping
        Returned as it is where it says anything about columns.

    Raises
    ------
    BadInputError
        The file is loaded as leads and holds something else; names the `--as` that reads it. Or
        its header has a second line.
    """
    headers = records.headers
    if given.file.header_rows is None and given.file.header is None and not given.file.columns:
        _check_second_line(records, kind, db)
    if given.preset or given.fields or given.label:
        return given
    known, _ = best(headers, kind.name)
    is_known = known is not None
    if kind.name == "leads":
        _check_headers(headers, is_known=is_known)
    named = [h for h in headers if _OWN.match(joined(h)) or _WHO.match(joined(h))]
    if not named:
        return given
    objects = _objects(records, named, db)
    if kind.name == "leads":
        _check_ids(objects)
    who = [h for h, what in objects.items() if what in _PERSONS and _WHO.match(joined(h))]
    found = matches(headers, kind.name, "salesforce")
    if not who or not found or found[0].distinctive < 0:
        return given
    field = "source_id" if kind.name == "leads" else "lead_source_id"
    is_claimed = any(column.canonical == field for column in found[0].known.values())
    if known is not None and (is_claimed or known.preset.name != "salesforce"):
        return given
    return given.proved(
        "salesforce",
        {} if is_claimed else {field: who[0]},
        f"the column {who[0]!r} holds ids of Salesforce {objects[who[0]]}, and salesforce knows"
        f" {found[0].confidence:.0%} of the columns",
    )


def _objects(records: Records, named: Sequence[str], db: Database) -> dict[str, str]:
    """Return header -> the object whose ids the column holds, for columns of nothing else."""
    frames = list(records.batches(db, only=named, limit=_SAMPLE))
    head = pl.concat(frames) if frames else pl.DataFrame(schema=dict.fromkeys(named, pl.String))
    found = {}
    for header in named:
        cells = head[header].cast(pl.String).str.strip_chars()
        ids = cells.filter(cells != "")
        kinds = ids.str.slice(0, 3).unique()
        if len(kinds) != 1 or kinds[0] not in _OBJECTS or not ids.str.contains(_ID).all():
            continue
        # The last three characters are computed from the others: no coincidence passes.
        long = ids.filter(ids.str.len_chars() == 18)
        if (salesforce_18(long.str.slice(0, 15)) == long).all():
            found[header] = _OBJECTS[kinds[0]]
    return found


def _check_ids(objects: dict[str, str]) -> None:
    has_person = any(what in _PERSONS for what in objects.values())
    for header, what in objects.items():
        # A contact names its account as well; a task, event or member is one whoever it names.
        is_its_own = joined(header) == "id" or what in _LOADED_AS or not has_person
        if what in _PERSONS or not is_its_own or not _OWN.match(joined(header)):
            continue
        kind = _LOADED_AS.get(what)
        raise BadInputError(
            f"the column {header!r} holds ids of Salesforce {what}, and the file is loaded as"
            " leads",
            expected=f"--as {kind}" if kind else "leads or contacts",
            fix=f"load it with --as {kind}"
            if kind
            else "export the leads; where these are what you call leads, say so in a mapping file",
        )


def _check_second_line(records: Records, kind: Kind, db: Database) -> None:
    """Refuse a header of two lines of which the first was taken for all of it.

    The names below are the finer ones, and a column that says no may be among them.
    """
    if records.about.get("format") != "csv" or not records.total:
        return
    first = records.head(db, 1).drop("row_number").cast(pl.String)
    cells = [cell.strip() for row in first.iter_rows() for cell in row if cell and cell.strip()]
    names = sum(_is_name(cell, kind) for cell in cells)
    # A no is a name here only beside others: a record may hold one as well.
    with_noes = sum(_is_name(cell, kind) or bool(refusal_in(cell)) for cell in cells)
    if names >= _FEWEST_NAMES and with_noes > max(_FEWEST_NAMES, len(cells) / 2):
        raise BadInputError(
            f"the first record of {records.file_name} holds names of columns, as its header does",
            expected="a header of one line, or a mapping file that says of how many",
            fix="[file] header_rows = 2; where it is a record all the same: header_rows = 1",
        )


def _is_name(cell: str, kind: Kind) -> bool:
    word = joined(cell)
    is_field = plain(cell).replace("-", " ").replace(" ", "_") in kind.fields
    return is_field or word in ALIASES or word in ID_NAMES


def _check_headers(headers: Sequence[str], *, is_known: bool) -> None:
    """Refuse what is clearly the export of another kind and names nobody itself."""
    if is_known:
        return
    for other in ("activities", "outcomes"):
        match, _ = best(headers, other)
        if match is None:
            continue
        plan = make_plan(headers, kind_of("leads"), Mapping(source_system="unnamed"))
        if not any(plan.has(name) for name in _CONTACT_POINTS):
            raise BadInputError(
                f"the columns are those of {other} of {match.preset.name}, and the file is loaded"
                " as leads",
                expected=f"--as {other}",
                fix=f"load it with --as {other}",
            )
