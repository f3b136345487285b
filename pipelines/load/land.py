"""One file in, one immutable batch folder out: understood, normalised, counted, set aside."""

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polars as pl

from pipelines.errors import BadInputError
from pipelines.load.batch import RECORD_FILE, Landed
from pipelines.load.custom import TypeSurvey, write_typed
from pipelines.load.discover import InputFile, inspect
from pipelines.load.in_order import in_order
from pipelines.load.kinds import Kind, kind_of
from pipelines.load.mapping import Mapping
from pipelines.load.naming import source_system_of
from pipelines.load.plan import Plan, make_plan
from pipelines.load.reader import open_records
from pipelines.load.records import Records
from pipelines.load.rows.child import child_rows
from pipelines.load.rows.context import Context, Rows
from pipelines.load.rows.lead import lead_rows
from pipelines.load.sink import Sink
from pipelines.load.styles import date_styles
from pipelines.store import Database, quoted, sql
from pipelines.store.scratch import scratch_folder


def land(
    file: Path,
    *,
    kind: str,
    mapping: Mapping | None,
    batches_dir: Path,
    at: datetime,
    source_system: str | None = None,
    memory_gb: float = 4.0,
    threads: int = 2,
    progress: Callable[[int, int], None] | None = None,
) -> Landed:
    """Land one file as an immutable batch.

    Parameters
    ----------
    file : pathlib.Path
    kind : str
        One of `pipelines.load.kinds.KINDS`.
    mapping : Mapping or None
        None: presets and canonical names decide what the columns mean.
    batches_dir : pathlib.Path
        Folder of all batches; ``<batches_dir>/<batch_id>`` appears whole or not at all.
    at : datetime
        Load time, UTC without zone.
    source_system : str or None
        Slug of the source where the mapping names none.
    progress : callable or None
        Called with (records done, records in the file) after each batch of records.

    Returns
    -------
    Landed
        The record of the batch; the one on disk when the same file was landed before in the same
        meaning.

    Raises
    ------
    BadInputError
        The file cannot be used, the mapping does not fit it, or the counts do not add up.
    """
    started = time.perf_counter()
    given = mapping or Mapping()
    what = kind_of(kind)
    found = inspect(file)
    batches_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with scratch_folder(batches_dir, ".landing-") as work:
        spill = work / "spill"
        spill.mkdir(mode=0o700)
        with Database.memory(memory_gb, threads, spill) as db:
            records = open_records(found, given.file, db, spill)
            plan = make_plan(records.headers, what, given)
            source, source_from = source_system_of(given, source_system, plan, file)
            batch_id = _batch_id(found, what, source, given)
            target = batches_dir / batch_id
            if (target / RECORD_FILE).exists():
                return Landed.read(target)
            context = Context(
                plan=plan,
                source_system=source,
                file_name=file.name,
                file_id=found.sha256[:16],
                batch_id=batch_id,
                at=at,
                decimal=given.numbers.decimal,
                styles=date_styles(plan, records, given.dates, db),
            )
            out = work / "batch"
            out.mkdir(mode=0o700)
            landed = _write(db, records, context, out, progress, threads)
        landed = replace(
            landed,
            sha256=found.sha256,
            source_system_from=source_from,
            mapping=given.model_dump(mode="json", exclude_defaults=True),
            seconds=round(time.perf_counter() - started, 3),
            folder=target,
        )
        landed.save(out)
        _publish(out, target)
        return landed


def _write(
    db: Database,
    records: Records,
    context: Context,
    out: Path,
    progress: Callable[[int, int], None] | None,
    threads: int,
) -> Landed:
    plan = context.plan
    is_lead = plan.kind.name == "leads"
    shape: Callable[[pl.DataFrame, Context], Rows] = lead_rows if is_lead else child_rows
    survey = TypeSurvey(plan.custom, context.decimal)
    reasons: Counter[str] = Counter()
    kept = 0
    with Sink(out) as sink:
        early = records.quarantined()
        sink.write("quarantine", early)
        reasons.update(early["reason_code"].to_list())

        def shaped(frame: pl.DataFrame) -> tuple[int, Rows, Context]:
            # What could not be read is counted per batch: batches are worked on side by side.
            mine = replace(context, unreadable=Counter())
            return int(frame["row_number"][-1]), shape(frame, mine), mine

        batches = records.batches(db, content_hash=not is_lead)
        for last, rows, mine in in_order(batches, shaped, threads):
            context.unreadable.update(mine.unreadable)
            kept += rows.tables[plan.kind.table]["row_number"].n_unique()
            reasons.update(dict(rows.quarantine["reason_code"].value_counts().iter_rows()))
            sink.write("quarantine", rows.quarantine)
            for table, part in rows.tables.items():
                sink.write("custom_text" if table == "custom" else table, part)
            if "custom" in rows.tables:
                survey.see(rows.tables["custom"])
            if progress is not None:
                progress(last, records.total)
        written = dict(sink.rows)
    quarantined = sum(reasons.values())
    if records.total != kept + quarantined:
        raise BadInputError(
            f"{context.file_name}: {kept} records landed and {quarantined} were set aside",
            expected=f"{records.total} together, as counted independently",
            fix="report this file's dialect; nothing was stored",
        )
    if "custom_text" in written:
        text = out / "custom_text.parquet"
        write_typed(db, text, out / "custom.parquet", survey.types(), context.decimal)
        text.unlink()
        written["custom"] = written.pop("custom_text")
    duplicates = _superseded(db, plan, out) if kept else 0
    return Landed(
        batch_id=context.batch_id,
        file_name=context.file_name,
        sha256="",
        kind=plan.kind.name,
        source_system=context.source_system,
        source_system_from="",
        at=context.at.isoformat(),
        records=records.total,
        landed=kept - duplicates,
        duplicates=duplicates,
        quarantined=quarantined,
        quarantined_by_reason=dict(sorted(reasons.items())),
        preset=plan.preset.name if plan.preset else None,
        confidence=plan.confidence,
        reason=plan.reason,
        claims=plan.claims,
        fields=tuple(sorted(n for n in plan.kind.fields if plan.has(n))),
        has_label=plan.label is not None,
        custom_types=survey.types(),
        custom_empty=survey.empty(),
        excluded=plan.excluded,
        immutable=plan.immutable,
        notes=plan.notes,
        unreadable=dict(sorted(context.unreadable.items())),
        rows=dict(sorted(written.items())),
        dialect=records.about,
    )


def _superseded(db: Database, plan: Plan, out: Path) -> int:
    """Write which records a later one replaces; a file without own ids has none."""
    kind = plan.kind
    if kind.name == "leads" and not plan.has("source_id"):
        return 0
    statement = sql("pipelines.load", "superseded.sql").replace("__own_id__", quoted(kind.own_id))
    found = db.frame(statement, path=str(out / f"{kind.table}.parquet"))
    if found.height:
        found.write_parquet(out / "superseded.parquet")
    return found.height


def _batch_id(found: InputFile, kind: Kind, source: str, mapping: Mapping) -> str:
    text = "|".join((found.sha256, kind.name, source, mapping.fingerprint()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _publish(out: Path, target: Path) -> None:
    """Make the batch durable, then visible: files, folder, rename, parent folder."""
    for path in sorted(out.iterdir()):
        path.chmod(0o600)
        _sync(path)
    _sync(out)
    out.rename(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
