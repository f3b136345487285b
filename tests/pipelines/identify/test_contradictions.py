import polars as pl
import pytest

from pipelines.identify import identify
from pipelines.identify.components import EDGE_SCHEMA
from pipelines.identify.contradictions import without_contradictions
from pipelines.settings.config import IdentifySettings
from pipelines.store import sql
from tests.pipelines.identify.worlds import insert, lead, stored

FATHER, SON, SILENT = 1, 2, 3
PLACE = {"first_name": "John", "last_name": "Doe", "street": "1 Oak Ave", "city": "Salem"}


def _born(db, dates):
    frame = pl.DataFrame({"lead_key": list(dates), "DOB": list(dates.values())})
    db.register("born_frame", frame)
    db.run("CREATE OR REPLACE TABLE lead_custom_crm AS SELECT * FROM born_frame")
    db.unregister("born_frame")


def _persons(db):
    return dict(db.frame("SELECT lead_key, person_key FROM dedupe_link").rows())


@pytest.mark.parametrize("tells", ["suffix", "date"])
def test_a_third_lead_that_says_little_does_not_make_father_and_son_one(db, tmp_path, tells):
    names = {FATHER: "Doe Sr", SON: "Doe Jr"} if tells == "suffix" else {}
    leads = [
        lead(key, **PLACE | {"last_name": names.get(key, "Doe")}) for key in (FATHER, SON, SILENT)
    ]
    insert(db, leads)
    if tells == "date":
        _born(db, {FATHER: "1951-03-12", SON: "1984-11-27"})
    identify(db, models=tmp_path)
    found = _persons(db)
    assert found[FATHER] != found[SON]
    assert found[SILENT] in (found[FATHER], found[SON])
    # what one of them refuses counts for all three
    assert db.frame("SELECT lead_key, reason FROM bound_lead ORDER BY 1").rows() == [
        (key, "contradicted") for key in (FATHER, SON, SILENT)
    ]
    before = stored(db)
    identify(db, models=tmp_path, compare_all=True)
    assert stored(db) == before


def test_a_pair_that_was_given_up_holds_when_the_contradiction_is_gone(db, tmp_path, monkeypatch):
    insert(db, [lead(key, batch_id="b1", **PLACE) for key in (FATHER, SON, SILENT)])
    _born(db, {FATHER: "1951-03-12", SON: "1984-11-27"})
    identify(db, models=tmp_path)
    assert _persons(db) == {FATHER: FATHER, SON: SON, SILENT: FATHER}
    monkeypatch.setattr("pipelines.identify.changes._LARGE_SHARE", 2.0)
    db.run("DELETE FROM lead WHERE lead_key = $key", key=FATHER)
    insert(db, [lead(FATHER, batch_id="b2", email_key="x@y.example", first_name="Ann")])
    # as on a night with too many leads to compare: only what is stored
    result = identify(db, IdentifySettings(fuzzy_leads=0), models=tmp_path)
    assert result.looked_at == 3
    assert _persons(db) == {FATHER: FATHER, SON: SON, SILENT: SON}
    assert not db.scalar("SELECT count(*) FROM bound_lead WHERE reason = 'contradicted'")


def test_the_weakest_pair_is_given_up_and_exact_ones_never(db):
    for words in ("fuzzy_words.sql", "names.sql"):
        db.run(sql("pipelines.identify", words))
    insert(db, [lead(key, first_name="Jo", last_name=name)
                for key, name in enumerate(["Doe Sr", "Doe", "Doe", "Doe Jr"])])  # fmt: skip
    edges = pl.DataFrame(
        [(1, 0, "fuzzy", 20.0), (2, 1, "email", None), (3, 2, "fuzzy", 9.0)],
        schema=EDGE_SCHEMA,
        orient="row",
    )
    kept, bound = without_contradictions(db, edges)
    assert kept.rows() == edges.rows()[:2]
    assert bound.rows() == [(0, key) for key in range(4)]
