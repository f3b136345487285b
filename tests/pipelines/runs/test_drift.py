"""An export that changed its columns, on its way through the inbox and `load`."""

from datetime import datetime

import pytest

from pipelines.errors import BadInputError, RefusedError
from pipelines.load.batches.batch import RECORD_FILE
from pipelines.runs.inbox import land_inbox
from pipelines.runs.load import LoadRequest, run_load
from pipelines.store.ledger import Ledger

AT = datetime(2026, 11, 20, 12, 0)


@pytest.fixture
def night(home):
    """Drop a file into the inbox and land what lies there."""

    def _night(name, content, mapping=None):
        folder = home.inbox / "leads" / "crm"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
        if mapping is not None:
            (folder / "mapping.toml").write_text(mapping)
        warned = []
        with Ledger(home.ledger) as ledger:
            counts = land_inbox(home, ledger, at=AT, warn=warned.append)
        return counts, warned, len(list(home.batches.glob(f"*/{RECORD_FILE}")))

    return _night


def test_a_lost_consent_column_stops_the_night_until_somebody_says_so(night, home):
    night("a.csv", "source_id,DoNotCall\n1,true\n")
    for _ in range(2):
        with pytest.raises(RefusedError, match=r"b\.csv: no longer read as do_not_call"):
            night("b.csv", "source_id,x\n2,y\n")
    assert len(list(home.batches.glob(f"*/{RECORD_FILE}"))) == 1
    counts, warned, batches = night(
        "b.csv", "source_id,x\n2,y\n", '[consent]\ndropped = ["DoNotCall"]\n'
    )
    assert (counts["new_files"], warned, batches) == (1, [], 2)
    # What lies in the inbox since the first night is the same batch as ever.
    assert night("b.csv", "source_id,x\n2,y\n")[0]["new_files"] == 0


def test_leads_that_cannot_be_read_stop_the_night_where_their_source_says_no(night, home):
    damaged = 'source_id,DoNotCall\n"1,true\n'
    assert night("a.csv", damaged)[1]  # nothing is known of this source yet
    (home.inbox / "leads" / "crm" / "a.csv").unlink()
    night("b.csv", "source_id,DoNotCall\n1,false\n")
    with pytest.raises(BadInputError):
        night("c.csv", damaged)


def test_a_loose_file_that_cannot_be_read_stops_the_night_where_any_source_says_no(night, home):
    loose = home.inbox / "loose.csv"
    loose.write_text('source_id,x\n"1,true\n')
    assert night("a.csv", "source_id,x\n1,y\n")[1], "nothing has said no yet"
    with pytest.raises(BadInputError):
        night("b.csv", "source_id,DoNotCall\n1,false\n")


def test_load_tells_the_drift_and_keeps_what_a_delta_lacks(home, tmp_path):
    for name, content in (("a.csv", "source_id,A b,c\n1,1,x\n"), ("b.csv", "source_id,a_b\n1,2\n")):
        path = tmp_path / name
        path.write_text(content)
        loaded = run_load(home, [LoadRequest([path], "leads", None, "crm")])[0].to_json()
    assert loaded["updated"] == 1
    assert loaded["drift"]["renamed"] == {"A b": "a_b"}
    assert loaded["drift"]["removed"] == ["c"]
