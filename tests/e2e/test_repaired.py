"""What was repaired is reviewed before any outreach; what was said no in it binds at once."""

import pytest

from pipelines.errors import RefusedError
from pipelines.runs.landing import resolve_mapping
from pipelines.runs.load import LoadRequest, run_load
from pipelines.runs.nightly import run_nightly
from pipelines.runs.outreach import run_claim
from pipelines.runs.query import run_query
from pipelines.runs.review import run_accept
from pipelines.runs.summary import published_list, summarise
from pipelines.settings.home import Home
from tests.e2e.conftest import AS_OF, NO_CONTROL, SENDER

HEADER = "source_id,email,first_name,last_name,country,created_at,do_not_call,note\n"
GOOD = [
    f"l{n},ann{n}@firm{n}.example,Ann,Lee{n},US,2026-05-01,{'yes' if n in (4, 7) else ''},note\n"
    for n in range(8)
]


def _broken(row):
    """Break a record where no cell moves by its repair."""
    return row.replace(",note\n", ",no\0te\n")


def _export(folder, name, broken, moved=()):
    """Write all leads; `moved` lack a field in the middle."""
    lines = [_broken(row) if n in broken else row for n, row in enumerate(GOOD)]
    lines = [row.replace(",US,", ",") if n in moved else row for n, row in enumerate(lines)]
    path = folder / name
    path.write_text(HEADER + "".join(lines))
    return path


def _load(home, path, *, salvage=False):
    request = LoadRequest([path], "leads", resolve_mapping("auto"), "crm", salvage=salvage)
    return run_load(home, [request])[0].landed


def _listed(home):
    run_nightly(home, as_of=AS_OF)
    return set(published_list(home, summarise(home).run_id)["source_id"])


def _reasons(home):
    """Return why leads are not called, of the reasons that repairs can give."""
    return run_query(
        home,
        "SELECT DISTINCT source_id, reason FROM eligibility_reason JOIN lead USING (lead_key)"
        " WHERE reason IN ('SALVAGED_UNREVIEWED', 'OPTED_OUT') AND channel = 'phone' ORDER BY ALL",
    ).rows()


def test_a_repaired_lead_is_on_no_list_before_it_was_reviewed(tmp_path):
    home = Home(tmp_path / "home").ensure()
    home.settings_file.write_text(f'{SENDER}{NO_CONTROL}[feeds]\ncustomers = "none"\n')
    batch = _load(home, _export(tmp_path, "monday.csv", {3, 4, 5}, {6, 7}), salvage=True)
    assert (batch.salvaged, batch.quarantined) == (5, 0)
    assert _listed(home) == {"l0", "l1", "l2"}
    assert _reasons(home) == [
        ("l3", "SALVAGED_UNREVIEWED"),
        ("l4", "OPTED_OUT"),
        ("l4", "SALVAGED_UNREVIEWED"),
        ("l5", "SALVAGED_UNREVIEWED"),
        ("l6", "SALVAGED_UNREVIEWED"),
        ("l7", "OPTED_OUT"),
        ("l7", "SALVAGED_UNREVIEWED"),
    ]

    assert run_accept(home, batch.batch_id, [4]) == 1
    assert run_accept(home, batch.batch_id, [4]) == 0, "accepted twice is accepted once"
    for uncertain in (7, 8):
        with pytest.raises(RefusedError, match="may have lost an opt-out"):
            run_accept(home, batch.batch_id, [uncertain])
    assert _listed(home) == {"l0", "l1", "l2", "l3"}

    # A list is out when an export brings one of its people in a broken record.
    other = [row.replace("@firm1.", "@other1.") for row in GOOD]
    path = tmp_path / "tuesday.csv"
    path.write_text(HEADER + "".join([other[0], _broken(other[1]), *other[2:]]))
    _load(home, path, salvage=True)
    rows = run_claim(home, channel="email", handler="ai", count=100).rows
    assert "l1" not in rows["source_id"].to_list()

    # An unbroken export says it again: nothing is left to review.
    _load(home, _export(tmp_path, "wednesday.csv", set()))
    waiting = run_query(home, "SELECT count(*) AS n FROM salvaged_row WHERE reviewed_by IS NULL")
    assert waiting["n"].item() == 0
    assert {"l3", "l5", "l6"} <= _listed(home)
    assert _reasons(home) == [("l4", "OPTED_OUT"), ("l7", "OPTED_OUT")]
