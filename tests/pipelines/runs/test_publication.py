"""Publishing what is staged: the work file goes first, and what was put off is counted."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.runs import publication
from pipelines.runs.context import RunContext
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store.snapshot import Rewriting, begin, finish, work_file


@pytest.mark.parametrize(
    ("rewriting", "counted"),
    [
        (Rewriting.NOT_DUE, {}),
        (Rewriting.DONE, {"rewritten": 1}),
        (Rewriting.NO_ROOM, {"rewrite_put_off": 1}),
    ],
)
def test_the_work_file_is_gone_before_another_file_is_written(
    home: Home, monkeypatch: pytest.MonkeyPatch, rewriting: Rewriting, counted: dict[str, int]
) -> None:
    ctx = RunContext(home, Settings(), "run", date(2026, 1, 9))
    begin(home, ctx.run_id, keep=2)

    def watched(path: Path, share: float, **given: object) -> Rewriting:
        assert not work_file(home, ctx.run_id).exists()
        assert given["spill"] == home.spill
        real(path, share, **given)
        return rewriting

    real = finish
    monkeypatch.setattr(publication, "finish", watched)
    with ctx.staged():
        assert work_file(home, ctx.run_id).exists()
    counts = publication.publish_staged(ctx, kind="load")
    assert counts.pop("bytes") > 0
    assert counts == counted
