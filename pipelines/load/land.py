"""One file in, one immutable batch folder out: understood, normalised, counted, set aside."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from pipelines.errors import BadInputError
from pipelines.load.batches.batch import RECORD_FILE, Landed
from pipelines.load.batches.correction import Correction, as_records
from pipelines.load.batches.custom import TypeSurvey, write_typed
from pipelines.load.batches.folder import batch_id, publish_folder
from pipelines.load.batches.salvaged import Repairs, check_numbers, corrected_records
from pipelines.load.batches.sink import Sink
from pipelines.load.batches.superseded import OwnIds, write_superseded
from pipelines.load.erasing import Forgotten
from pipelines.load.meaning.kinds import kind_of
from pipelines.load.meaning.mapping import Mapping, Numbers
from pipelines.load.meaning.naming import source_system_of
from pipelines.load.meaning.plan import make_plan
from pipelines.load.read.discover import inspect
from pipelines.load.read.placed import add_places
from pipelines.load.read.reader import open_export
from pipelines.load.read.records import Records
from pipelines.load.rows.context import Context
from pipelines.load.shaping import Shaping
from pipelines.load.understand.decimal_sign import decimal_sign
from pipelines.load.understand.drift import drift_of
from pipelines.load.understand.evidence import by_content
from pipelines.load.understand.frozen import ConsentSurvey, check_there
from pipelines.load.understand.id_column import with_id
from pipelines.load.understand.label_values import label_values
from pipelines.load.understand.sources import akin, last_load, remember_load
from pipelines.load.understand.styles import date_styles
from pipelines.store import Database
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
    salvage: bool = False,
    correction: Correction | None = None,
    progress: Callable[[int, int], None] | None = None,
    forgotten: Forgotten | None = None,
) -> Landed:
    """Land one file as an immutable batch.

    Parameters
    ----------
    file : pathlib.Path
    kind : str
        One of `pipelines.load.meaning.kinds.KINDS`.
    mapping : Mapping or None
        None: presets and canonical names decide what the columns mean.
    batches_dir : pathlib.Path
        Folder of all batches; ``<batches_dir>/<batch_id>`` appears whole or not at all.
    at : datetime
        Load time, UTC without zone.
    source_system : str or None
        Slug of the source where the mapping names none.
    salvage : bool
        Repair broken records where possible; the mapping may say so too.
    correction : Correction or None
        The file brings records back that were set aside, to be read as their own file was.
    progress : callable or None
        Called with (records done, records in the file) after each batch of records.
    forgotten : Forgotten or None
        Whose records do not land: persons who were erased; these records are set aside as such.

    Returns
    -------
    Landed
        The record of the batch; the one on disk when the same file was landed before in the same
        meaning.

    Raises
    ------
    BadInputError
        The file cannot be used, the mapping does not fit it, or the counts do not add up.
    RefusedError
        A column that carried a no in the last load of the source is gone or holds something else.
    """
    started = time.perf_counter()
    found = inspect(file)
    given = mapping or Mapping()
    if correction is not None:
        given = correction.mapping(found)
    salvage = salvage or given.file.salvage
    batches_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with scratch_folder(batches_dir, ".landing-") as work:
        (spill := work / "spill").mkdir(mode=0o700)
        with Database.memory(memory_gb, threads, spill) as db:
            records = open_export(found, given.file, db, spill, salvage=salvage)
            headers = records.headers
            if correction is not None:
                records, headers = as_records(records, correction.batch), correction.headers
            if correction is None:
                given = by_content(given, records, kind_of(kind), db)
            plan = make_plan(headers, kind_of(kind), given)
            source, source_from = source_system_of(given, source_system, plan, file)
            corrects = correction.batch.batch_id if correction else None
            identifier = batch_id(
                found.sha256, kind, source, given, salvage=salvage, corrects=corrects
            )
            target = batches_dir / identifier
            if (target / RECORD_FILE).exists():
                return Landed.read(target)
            # Corrected records are no export: they tell nothing of what exports look like.
            before = last_load(batches_dir, kind, source) if correction is None else None
            if correction is None:
                named = before.claims.get("source_id") if before else None
                plan = with_id(plan, given, records, db, before=named)
            else:
                named = correction.batch.claims.get("source_id")
                plan = make_plan(headers, kind_of(kind), given, id_column=named)
            bound_by = before or akin(batches_dir, plan, source_from)
            check_there(bound_by, plan, given.consent, file.name, source)
            if not correction:
                sign = decimal_sign(plan, records, given.numbers, db)
                given = given.model_copy(update={"numbers": Numbers(decimal=sign)})
            context = Context(
                plan=plan,
                source_system=source,
                file_name=file.name,
                file_id=correction.batch.file_id if correction else found.sha256[:16],
                batch_id=identifier,
                at=at,
                decimal=given.numbers.decimal,
                styles=correction.date_styles
                if correction
                else date_styles(plan, records, given.dates, db),
            )
            if salvage:
                check_numbers(batches_dir, found.sha256, plan, source, records.total)
            corrected = corrected_records(batches_dir, context) if salvage else pl.Series()
            (out := work / "batch").mkdir(mode=0o700)
            consent = ConsentSurvey(plan)
            landed = _write(
                db, records, context, consent, correction, corrected, out, progress, threads
            )
            types, empty = landed.custom_types, landed.custom_empty
            landed = replace(
                landed,
                consent=consent.check(bound_by, given.consent, file.name),
                drift=drift_of(before, plan.headers, types, empty).to_json(),
            )
        landed = replace(
            landed,
            sha256=found.sha256,
            source_system_from=source_from,
            mapping=given.model_dump(mode="json", exclude_defaults=True),
            seconds=round(time.perf_counter() - started, 3),
            is_salvage=salvage,
            corrects=corrects,
            folder=target,
        )
        landed.save(out)
        if forgotten is not None:
            landed = replace(forgotten.taken_out(replace(landed, folder=out), spill), folder=target)
        if correction is None:
            remember_load(batches_dir, kind, source, identifier)
        publish_folder(out, target)
        return landed


def _write(
    db: Database,
    records: Records,
    context: Context,
    consent: ConsentSurvey,
    correction: Correction | None,
    corrected: pl.Series,
    out: Path,
    progress: Callable[[int, int], None] | None,
    threads: int,
) -> Landed:
    plan = context.plan
    survey = TypeSurvey(plan.custom, context.decimal)
    ids = OwnIds(plan.kind)
    repairs = Repairs(records.repaired, plan)
    reasons: Counter[str] = Counter()
    kept = 0
    with Sink(out) as sink:

        def set_aside(frame: pl.DataFrame) -> None:
            sink.write("quarantine", frame)
            reasons.update(dict(frame["reason_code"].value_counts().iter_rows()))

        batches = _readable(db, records, context, correction, set_aside)
        work = Shaping(context, consent, repairs, survey, ids, sink, set_aside)
        for last, count in work.run(batches, threads):
            kept += count
            if progress is not None:
                progress(last, records.total)
        salvaged = repairs.landed()
        sink.write("salvaged", salvaged)
        written = dict(sink.rows)
    if records.locate is not None and "quarantine" in written:
        add_places(out / "quarantine.parquet", records.locate)
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
        written["custom"] = written.pop("custom_text")
    duplicates = write_superseded(db, plan, ids, corrected, out) if kept else 0
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
        notes=(*plan.notes, *context.notes()),
        unreadable=dict(sorted(context.unreadable.items())),
        rows=dict(sorted(written.items())),
        label_values=label_values(db, plan, out),
        dialect=records.about,
        headers=plan.headers,
        date_styles={name: asdict(style) for name, style in context.styles.items()},
        file_id=context.file_id,
        salvaged=salvaged.height,
    )


def _readable(
    db: Database,
    records: Records,
    context: Context,
    correction: Correction | None,
    set_aside: Callable[[pl.DataFrame], None],
) -> Iterator[pl.DataFrame]:
    """Stream the records that can be read under their numbers; `set_aside` takes the others."""
    for frame in records.quarantine_frames():
        set_aside(frame)
    kind, claims = context.plan.kind, context.plan.claims
    batches = records.batches(
        db,
        content_hash=kind.name != "leads",
        # A consent is told by what it says as well.
        named_by=claims.get(kind.own_id) if kind.table != "consent_event" else None,
        # Cells that moved or were typed by people are text.
        as_stored=context.as_stored(records.stored())
        if correction is None and records.repaired.is_empty()
        else (),
    )
    if correction is None:
        return batches
    return correction.numbered(batches, context.file_name, set_aside)
