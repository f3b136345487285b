import pytest

from pipelines.errors import BadInputError
from pipelines.load import Mapping, land, preview
from pipelines.store.identity import identity_columns, told_identity
from tests.pipelines.load.conftest import AT

CONTENT = "source_id,last_name,Geb.dat.,SSN,Customer No,Suffix\n1,Lee,1970-01-02,1,c1,Jr\n"
TOLD = {"birth_date": "geb.dat.", "person_number": "Customer No", "suffix": ""}


def test_a_mapping_names_what_tells_people_apart_and_the_dry_run_shows_it(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text(CONTENT)
    for given, expected in (
        (None, {"SSN": "person_number", "Suffix": "suffix"}),
        (TOLD, {"Geb.dat.": "birth_date", "Customer No": "person_number"}),
    ):
        mapping = Mapping.model_validate({"identity": given or {}})
        seen = preview(path, kind="leads", mapping=mapping, at=AT).columns
        shown = {one.header: one.becomes for one in seen if "identity." in one.becomes}
        assert shown == {header: f"custom, identity.{what}" for header, what in expected.items()}
        barred = {one.header for one in seen if one.becomes and not one.is_feature}
        assert barred.issuperset(expected if given else ())


def test_what_the_mapping_says_is_kept_in_the_store_for_its_source(db, store):
    store(CONTENT, source_system="crm", identity=TOLD)
    assert told_identity(db, "crm") == TOLD
    assert told_identity(db, "cr") == {}
    assert identity_columns(db.columns("lead_custom_crm"), told_identity(db, "crm")) == {
        "birth_date": "Geb.dat.",
        "person_number": "Customer No",
    }


def test_a_column_that_is_not_there_is_refused(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text(CONTENT)
    mapping = Mapping.model_validate({"identity": {"birth_date": "Geb.dt"}})
    with pytest.raises(BadInputError, match="identity"):
        land(path, kind="leads", mapping=mapping, batches_dir=tmp_path / "batches", at=AT)


def test_a_mapping_that_says_nothing_of_identity_is_the_one_it_was():
    plain = Mapping.model_validate({"fields": {"email": "a"}})
    assert Mapping.model_validate({"fields": {"email": "a"}, "identity": {}}).fingerprint() == (
        plain.fingerprint()
    )
    assert "identity" not in plain.model_dump(mode="json", exclude_defaults=True)
    assert Mapping.model_validate({"identity": TOLD}).fingerprint() != plain.fingerprint()
