import json

import pytest

from pipelines.errors import BadInputError, RefusedError
from tests.pipelines.load.conftest import rows

LEADS = "source_id,Email Opt Out,DoNotCall\n1,true,false\n2,false,true\n"


def _refused(load, first, second, kind="leads", **mapping):
    load(first, kind, "a.csv", source_system="crm", **mapping)
    with pytest.raises(RefusedError) as caught:
        load(second, kind, "b.csv", source_system="crm", **mapping)
    assert caught.value.exit_code == 78
    return str(caught.value)


@pytest.mark.parametrize("gone", ["Email Opt Out", "DoNotCall"])
def test_a_file_without_a_column_that_carried_a_no_is_refused(load, tmp_path, gone):
    kept = next(c for c in ("Email Opt Out", "DoNotCall") if c != gone)
    said = _refused(load, LEADS, f"source_id,{kept}\n3,false\n")
    assert f"the column {gone!r}" in said
    assert f'[consent] dropped = ["{gone}"]' in said
    assert len(list((tmp_path / "batches").glob("*/batch.json"))) == 1, "nothing was stored"
    # It stays refused: the note of the last load was not moved either.
    with pytest.raises(RefusedError):
        load(f"source_id,{kept}\n3,false\n", name="b.csv", source_system="crm")


def test_whoever_says_that_it_is_gone_is_believed_and_asked_once(load):
    load(LEADS, source_system="crm")
    delta = "source_id,Email Opt Out\n3,true\n"
    consent = {"dropped": ["do not call"]}
    landed = load(delta, name="b.csv", source_system="crm", consent=consent)
    assert rows(landed, "consent_event")["lead_source_id"].to_list() == ["3"]
    assert load(delta, name="b.csv", source_system="crm").batch_id == landed.batch_id
    assert load(delta + "4,false\n", name="c.csv", source_system="crm").landed == 2


def test_another_spelling_is_the_same_column(load):
    load(LEADS, source_system="crm")
    landed = load("source_id,email_opt_out,Do Not Call\n2,,1\n", name="b.csv", source_system="crm")
    assert rows(landed, "consent_event")["channel"].to_list() == ["phone"]


def test_a_column_that_the_mapping_no_longer_reads_as_a_no_is_lost_too(load):
    load(LEADS, source_system="crm")
    fields = {"source_id": "source_id", "do_not_call": "=false"}
    with pytest.raises(RefusedError, match="DoNotCall"):
        load(LEADS, name="b.csv", source_system="crm", fields=fields)


def test_one_of_two_columns_of_a_flag_is_not_enough(load):
    first = "source_id,DoNotCall,Phone Opt Out\n1,false,true\n"
    assert "Phone Opt Out" in _refused(load, first, "source_id,DoNotCall\n1,false\n")


@pytest.mark.parametrize(
    ("before", "now"),
    [("false", "2024-05-01"), ("x", "see notes"), ("2024-05-01", "false"), ("no", "3")],
)
def test_a_flag_that_becomes_something_else_is_refused(load, before, now):
    first = f"source_id,DoNotCall\n1,{before}\n2,\n"
    second = f"source_id,DoNotCall\n1,{now}\n2,\n"
    said = _refused(load, first, second)
    assert '[consent] retyped = ["DoNotCall"]' in said
    assert now not in said, "no cell of the file in an error"
    landed = load(second, name="b.csv", source_system="crm", consent={"retyped": ["DONOTCALL"]})
    assert landed.landed == 2


def test_an_empty_flag_is_no_other_type_and_does_not_forget_the_old_one(load):
    load("source_id,DoNotCall\n1,yes\n", source_system="crm")
    load("source_id,DoNotCall\n2,\n", name="b.csv", source_system="crm")
    with pytest.raises(RefusedError):
        load("source_id,DoNotCall\n3,2024-01-01\n", name="c.csv", source_system="crm")


def test_an_odd_word_among_flags_is_an_opt_out_and_no_other_type(load):
    load(LEADS, source_system="crm")
    second = "source_id,Email Opt Out,DoNotCall\n1,true,ask\n2,false,false\n3,no,no\n"
    landed = load(second, name="b.csv", source_system="crm")
    assert landed.unreadable == {"do_not_call": 1}


def test_a_status_of_consent_is_frozen(load):
    fields = {"email": "Mail", "status": "State"}
    first = "Mail,State\na@x.example,opt_out\n"
    second = "Mail,State\na@x.example,2024-05-01\n"
    said = _refused(load, first, second, "consent", fields=fields)
    assert "'State'" in said
    with pytest.raises(RefusedError, match="State"):
        load(
            "Mail,State2\na@x.example,opt_in\n",
            "consent",
            "c.csv",
            source_system="crm",
            fields={"email": "Mail", "status": "State2"},
        )
    with pytest.raises(BadInputError, match="status"):
        load("Mail,x\na@x.example,opt_in\n", "consent", "d.csv", source_system="crm")


def test_a_key_of_a_suppression_list_is_frozen(load):
    first = "email,phone\na@x.example,+31612345678\n"
    said = _refused(load, first, "phone\n+31612345678\n", "suppressions")
    assert "'email'" in said
    second = "email,phone\n+31612345678,+31612345678\n"
    with pytest.raises(RefusedError, match="other content"):
        load(second, "suppressions", "c.csv", source_system="crm")


def test_a_batch_of_an_earlier_version_is_frozen_by_its_mapping(load):
    landed = load(LEADS, source_system="crm")
    record = landed.folder / "batch.json"
    content = json.loads(record.read_text())
    del content["consent"], content["headers"]
    record.write_text(json.dumps(content))
    with pytest.raises(RefusedError, match="DoNotCall"):
        load("source_id,Email Opt Out\n3,false\n", name="b.csv", source_system="crm")


MAY = "Id,Email,City,DoNotCall\n1,a@x.example,Ede,false\n2,b@x.example,Ede,true\n"
JUNE = "Id,Email,City\n2,b@x.example,Ede\n"


@pytest.mark.parametrize("name", ["leads_june.csv", "report1785590.csv", "Leads (1).csv"])
def test_a_guessed_name_frees_no_file_from_what_its_source_has_promised(load, name):
    load(MAY, name="leads_may.csv")
    with pytest.raises(RefusedError, match=r"DoNotCall.*leads_may.*--source-system"):
        load(JUNE, name=name)
    other = MAY.replace("false", "see notes").replace("true", "see letter")
    with pytest.raises(RefusedError, match="retyped"):
        load(other, name=name)
    assert load(JUNE, name=name, source_system="shop").landed == 1, "the name is believed"


def test_a_file_with_other_columns_is_of_another_source(load):
    load(MAY, name="leads_may.csv")
    assert load("Id,Mail,Plaats,Land,Bron\n1,a@x.example,Ede,NL,web\n", name="web.csv").landed == 1


def test_one_list_of_contact_points_takes_nothing_back_of_another(load):
    load("email,reason,since\na@x.example,stop,2024-01-01\n", "suppressions", "mail.csv")
    second = "phone,reason,since\n+31612345678,stop,2024-01-01\n"
    assert load(second, "suppressions", "calls.csv").landed == 1
