"""A claim keeps to call windows, and no AI row leaves without its text."""

import pytest

from pipelines.errors import RefusedError
from pipelines.runs.disclosures import disclosure_texts
from pipelines.runs.outreach import run_claim
from pipelines.settings.clock import now
from tests.e2e.conftest import SETTINGS

CLOSED = '[policy.windows.house]\nopen = []\nholidays = "open"\n'
OPEN = CLOSED.replace("[]", '["mon-sun 00:00-24:00"]')


def test_calls_leave_inside_of_their_window_only(night):
    night.settings_file.write_text(SETTINGS + CLOSED)
    shut = run_claim(night, channel="phone", handler="human", count=5)
    assert shut.rows.is_empty()
    assert shut.waiting == shut.left > 0
    assert run_claim(night, channel="email", handler="ai", count=2).rows.height == 2
    night.settings_file.write_text(SETTINGS + OPEN)
    rows = run_claim(night, channel="phone", handler="human", count=5).rows
    assert rows.height > 0
    assert rows["disclosure_id"].null_count() == rows.height
    at = now()
    assert (rows["not_before"] <= at).all()
    assert (rows["not_after"] > at).all()


def test_an_ai_row_carries_a_text_and_without_a_sender_there_is_none(night):
    rows = run_claim(night, channel="email", handler="ai", count=5).rows
    assert rows.height == 5
    for disclosure_id in rows["disclosure_id"]:
        (text,) = disclosure_texts(night, disclosure_id)["texts"]
        assert "Test & Co" in text["text"]
        assert text["is_in_force"]
        assert text["since"]
    night.settings_file.write_text(SETTINGS.replace('name = "Test & Co"\n', ""))
    with pytest.raises(RefusedError, match=r"\[sender\] lacks name"):
        run_claim(night, channel="email", handler="ai", count=5)
    (text,) = disclosure_texts(night, rows["disclosure_id"][0])["texts"]
    assert "Test & Co" in text["text"]
    assert not text["is_in_force"]
