"""What an error of a command that reads several files says."""

from pathlib import Path

import pytest

from pipelines.errors import BadInputError, RefusedError
from pipelines.runs.load import LoadRequest, run_load
from pipelines.settings.home import Home


@pytest.mark.parametrize(
    ("content", "kind"),
    [("nonsense,more\n1,2\n", BadInputError), ("source_id,Gesperrt\n1,x\n", RefusedError)],
)
def test_an_error_names_the_file_and_what_was_read_before_it(tmp_path: Path, content, kind):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("source_id,email\n1,a@x.io\n")
    bad.write_text(content)
    home = Home(tmp_path / "home")
    with pytest.raises(kind, match=r"bad\.csv: .*1 file before it in this command"):
        run_load(home, [LoadRequest([good, bad], "leads")])
    with pytest.raises(kind) as alone:
        run_load(home, [LoadRequest([bad], "leads")])
    assert "before it" not in str(alone.value)
