"""How the two widest tables of a night are published: the same columns in a third of the bytes.

While a night is worked on, `eligibility` and `decision` are plain tables in a work file. What is
published is `stored_decision` with the masks as one text, because a text column is stored as a
dictionary and a night has some thousand different sets of reasons, where five integers of many bits
each are stored as they are. `decision` is a view of it that reads the masks from that text. It is
no table of generated columns, because whoever inserts into one waits until DuckDB has worked out
each of them for every row. `eligibility` is a view of `decision`: a person's row is that of the
lead which stands for the person. So is `score`: only such leads are scored. The table lies in order
of rank, which is that of the scores: there neighbours are equal or one apart.
"""

from pipelines.store.duck import WORK, Database
from pipelines.store.schema.night import CHANNELS, DECISION, ELIGIBILITY, LIST_REASON, SCORE
from pipelines.store.schema.spec import Column, Table
from pipelines.store.sqltext import quoted, sql

WORK_TABLES: tuple[Table, ...] = (ELIGIBILITY, SCORE, DECISION)
_STORED = "stored_decision"
# Published in an order of their own, which writing anew keeps; `decision` by earlier versions.
IN_ORDER_OF_RANK: tuple[str, ...] = (_STORED, DECISION.name)

_LAST_NIGHT = (ELIGIBILITY.name, SCORE.name, DECISION.name, _STORED, LIST_REASON.name)
_OF_SCORE = ("model_id", "raw_score", "percentile", "score_source")
# How `decision` reads what is not stored as it is declared.
_READ = {
    **{
        f"{channel}_reasons": f"nullif(split_part(packed_reasons, ',', {place}), '')::UBIGINT"
        for place, channel in enumerate(CHANNELS, start=1)
    },
    "expected_value": "coalesce(own_expected_value, probability)",
    "person_key": "coalesce(own_person_key, lead_key)",
}
# The ranked leads come first, the best ahead: equal probabilities are neighbours then, and a rank
# is one more than the last. Only leads that have one are sorted, and only they were scored.
_IN_ORDER = {
    "true": "decided.rank IS NOT NULL ORDER BY decided.rank",
    "false": "decided.rank IS NULL ORDER BY decided.lead_key",
}
_REGION = Column(
    "region", "VARCHAR", "policy region of the person; null where no policy row exists"
)
_SCORED = tuple(column for column in SCORE.columns if column.name in _OF_SCORE)
# The view, as analysts read it.
PUBLISHED_DECISION = Table(DECISION.name, DECISION.comment, (*DECISION.columns, _REGION, *_SCORED))
STORED_DECISION = Table(
    _STORED,
    "How decision is stored, in order of rank: read decision instead",
    (
        *(column for column in DECISION.columns if column.name not in _READ),
        _REGION,
        Column("packed_reasons", "VARCHAR", "the masks as one text"),
        Column("own_expected_value", "DOUBLE", "expected_value where that is not probability"),
        Column("own_person_key", "BIGINT", "person_key where that is not lead_key"),
        *_SCORED,
    ),
)


def begin_night(db: Database) -> None:
    """Drop what the last night decided, and make this night's tables in the work file.

    Dropped first and not replaced one by one, so that the night is written into the space that
    the last one took, and the published file holds no more free blocks than one stage needs.
    """
    views = db.views()
    for name in _LAST_NIGHT:
        db.run(f"DROP {'VIEW' if name in views else 'TABLE'} IF EXISTS {quoted(name)}")
    for table in WORK_TABLES:
        _create(db, f"{WORK}.{quoted(table.name)}", table)


def pack_night(db: Database) -> None:
    """Write the night's `decision`, `eligibility` and `score` from the work file into the store."""
    _create(db, quoted(_STORED), STORED_DECISION)
    statement = sql(__package__, "pack_decision.sql")
    for is_ranked, part in _IN_ORDER.items():
        db.run(statement.replace("__is_ranked__", is_ranked).replace("__part__", part))
    read = ", ".join(
        f"{_READ[c.name]} AS {quoted(c.name)}" if c.name in _READ else quoted(c.name)
        for c in PUBLISHED_DECISION.columns
    )
    db.run(f"CREATE OR REPLACE VIEW {quoted(DECISION.name)} AS SELECT {read} FROM {_STORED}")
    db.run(sql(__package__, "eligibility_view.sql"))
    db.run(sql(__package__, "score_view.sql"))


def _create(db: Database, name: str, table: Table) -> None:
    columns = ", ".join(f"{quoted(c.name)} {c.type}" for c in table.columns)
    db.run(f"CREATE OR REPLACE TABLE {name} ({columns})")
