from datetime import datetime

import polars as pl
import pytest

from pipelines.load.normalise.durations import seconds
from tests.pipelines.load.conftest import rows

TASKS = "Id,WhoId,Subject,Status,IsClosed,TaskSubtype,CreatedDate,CallDisposition\n"


@pytest.mark.parametrize(
    ("status", "closed", "channel"),
    [
        ("Completed", "", "call"),
        ("Not Started", "", "task"),
        ("In Progress", "", "task"),
        ("Waiting on someone else", "", "task"),
        ("Deferred", "", "task"),
        ("Zurückgestellt", "", "task"),
        # An org's own words: whether it is closed decides.
        ("With legal", "false", "task"),
        ("Done and dusted", "true", "call"),
        ("Deferred", "true", "call"),
    ],
)
def test_a_call_that_somebody_means_to_make_is_no_call(load, status, closed, channel):
    body = f"00T5f00000001aa,00Q5f00000001r6,Hi,{status},{closed},Call,2024-02-01T09:00:00Z,\n"
    activity = rows(load(TASKS + body, kind="activities"), "activity")
    assert activity.select("channel", "result").rows() == [(channel, status)]


@pytest.mark.parametrize(
    ("outcome", "channel"),
    [
        ("Completed", "meeting"),
        ("Canceled", "task"),
        ("RESCHEDULED", "task"),
        # Nobody came, and yet somebody was asked; and most are never marked as held.
        ("No show", "meeting"),
        ("Scheduled", "meeting"),
    ],
)
def test_a_meeting_called_off_is_no_meeting(load, outcome, channel):
    header = "Record ID,Meeting name,Meeting start time,Meeting outcome,Associated Contact IDs\n"
    landed = load(f"{header}1,Demo,2024-06-01 10:00,{outcome},7\n", kind="activities")
    assert rows(landed, "activity")["channel"].to_list() == [channel]


def test_calls_of_hubspot_by_label_and_by_code(load):
    labels = "Record ID,Call title,Call outcome,Call duration (HH:mm:ss),Activity date"
    landed = load(
        f"{labels},Associated Contact IDs\n1,a,Connected,00:03:25,2024-05-01 10:00,7;8\n",
        kind="activities",
    )
    expected = [("7", "call", datetime(2024, 5, 1, 10), "Connected", 205)]
    columns = ("lead_source_id", "channel", "at", "result", "duration_s")
    assert rows(landed, "activity").select(columns).rows() == expected
    codes = "hs_object_id,hs_call_title,hs_call_disposition,hs_call_duration,hs_timestamp"
    landed = load(
        f"{codes},hs_call_status,associated_contact_ids\n"
        "1,a,f240bbac-87c9-4f6e-bf70-924b57d47db7,205000,2024-05-01T10:00:00Z,COMPLETED,7\n",
        kind="activities",
        name="codes.csv",
    )
    assert rows(landed, "activity").select(columns).rows() == expected


def test_durations_are_clocks_or_numbers_in_the_unit_of_their_column():
    cells = pl.Series("d", ["00:03:25", "3:25", "1:00:00", "205000", None, "soon", "00:01:05.5"])
    assert seconds(cells, ".", 0.001).to_list() == [205.0, 205.0, 3600.0, 205.0, None, None, 65.0]
