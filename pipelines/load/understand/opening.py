"""A file understood and not yet read: what `load --dry-run` shows and ad-hoc scoring reads."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipelines.errors import BadInputError
from pipelines.load.batches.batch import Landed
from pipelines.load.meaning.kinds import kind_of
from pipelines.load.meaning.mapping import Mapping
from pipelines.load.meaning.naming import source_system_of
from pipelines.load.meaning.plan import make_plan
from pipelines.load.normalise.when import DateStyle
from pipelines.load.read.discover import inspect
from pipelines.load.read.reader import open_export
from pipelines.load.read.records import Records
from pipelines.load.rows.context import Context
from pipelines.load.understand.decimal_sign import decimal_sign
from pipelines.load.understand.evidence import by_content
from pipelines.load.understand.id_column import UnclearIdError, with_id
from pipelines.load.understand.sources import akin, last_load
from pipelines.load.understand.styles import date_styles
from pipelines.store import Database


@dataclass(frozen=True)
class Opened:
    """One file, understood.

    Parameters
    ----------
    source_from : str
        Who named the source: mapping, argument, preset or file name.
    before : Landed or None
        The last load of the source; None: there was none, or nobody asked.
    open_question : str
        What only the mapping can tell, in words; empty: nothing.
    bound_by : Landed or None
        The load whose columns that carry a no must be there: `before`, or that of an akin file.
    """

    records: Records
    context: Context
    source_from: str
    before: Landed | None = None
    open_question: str = ""
    bound_by: Landed | None = None


def open_file(
    file: Path,
    *,
    kind: str,
    mapping: Mapping,
    at: datetime,
    db: Database,
    scratch: Path,
    source_system: str | None = None,
    batches_dir: Path | None = None,
    salvage: bool = False,
    is_lenient: bool = False,
) -> Opened:
    """Understand a file as `land` would.

    Parameters
    ----------
    scratch : pathlib.Path
        Folder for a copy of what no reader takes as it is; must live as long as the records.
    batches_dir : pathlib.Path or None
        Where the last load of the source is looked up.
    is_lenient : bool
        What only the mapping can tell becomes a question instead of an error.

    Raises
    ------
    BadInputError
        The file cannot be used, or the mapping does not fit it.
    """
    found = inspect(file)
    records = open_export(found, mapping.file, db, scratch, salvage=salvage)
    mapping = by_content(mapping, records, kind_of(kind), db)
    plan = make_plan(records.headers, kind_of(kind), mapping)
    source, source_from = source_system_of(mapping, source_system, plan, file)
    before = last_load(batches_dir, kind, source) if batches_dir is not None else None
    named = before.claims.get("source_id") if before else None
    question = ""
    try:
        plan = with_id(plan, mapping, records, db, before=named)
    except UnclearIdError as error:
        # Where nothing is stored, rows may be named by their numbers.
        plan = error.plan or plan
        question = str(error) if is_lenient else ""
    context = Context(
        plan=plan,
        source_system=source,
        file_name=file.name,
        file_id=found.sha256[:16],
        batch_id="",
        at=at,
        decimal=mapping.numbers.decimal,
    )
    try:
        styles = date_styles(plan, records, mapping.dates, db)
        sign = decimal_sign(plan, records, mapping.numbers, db)
        context = replace(context, decimal=sign)
    except BadInputError as error:
        if not is_lenient:
            raise
        question = "; ".join(filter(None, (question, str(error))))
        styles = dict.fromkeys(plan.date_columns(), DateStyle(mapping.dates.timezone))
    bound_by = before
    if before is None and batches_dir is not None:
        bound_by = akin(batches_dir, plan, source_from)
    context = replace(context, styles=styles)
    return Opened(records, context, source_from, before, question, bound_by)
