"""HubSpot engagements: calls, e-mails, meetings, notes and tasks, with the contact they belong to.

The file of each kind is an export of its own. A task's ``hs_timestamp`` is its due date and never
says when it was done.
"""

from pipelines.load.meaning.presets.table import Known, Preset, plain

_WHO = (
    Known(
        "hs_object_id", "Record ID", "activity_id", also=("engagement_id", "Engagement ID", "id")
    ),
    Known("associated_contact_ids", "Associated Contact IDs", "lead_source_id"),
    Known("contact_id", "Contact ID", "lead_source_id", also=("associations.contacts",)),
    Known("hubspot_owner_id", "Activity assigned to", "actor_id"),
)
_COMMON = plain(
    "hs_lastmodifieddate",
    "Last modified date",
    "hs_body_preview",
    "hs_activity_type",
    "Associated Contact",
    "Associated Contacts",
    "Associated Company",
    "Associated Company IDs",
    "Associated Deal",
    "Associated Deal IDs",
    "archived",
)
_AT = Known("hs_timestamp", "Activity date", "at")
_CREATED = Known(
    "hs_createdate", "Create date", "at", also=("Created date", "createdate", "createdAt")
)


# HubSpot, "Calls API": the ids of the outcomes that every portal has. A portal's own ones stay ids.
_CALL_OUTCOMES = (
    ("9d9162e7-6cf3-4944-bf63-4dff82258764", "Busy"),
    ("f240bbac-87c9-4f6e-bf70-924b57d47db7", "Connected"),
    ("a4c4c377-d246-4b32-a13b-75a56a4cd0ff", "Left live message"),
    ("b2cf5968-551e-4856-9783-52b3da59a7d0", "Left voicemail"),
    ("73a0d17f-1163-4015-bdd5-ec830791da20", "No answer"),
    ("17b47fee-58de-441e-a44c-c6300d46f273", "Wrong number"),
)


def _preset(channel: str, signature: tuple[str, ...], *columns: Known) -> Preset:
    return Preset(
        name="hubspot",
        kind="activities",
        constants=(("channel", channel),),
        signature=signature,
        vendor=r"^hs_",
        codes=(("result", _CALL_OUTCOMES),) if channel == "call" else (),
        columns=(*_WHO, *columns, *_COMMON),
    )


CALLS = _preset(
    "call",
    ("hs_call_title", "hs_call_direction", "call outcome", "call title"),
    _AT,
    _CREATED,
    Known("hs_call_title", "Call title", "subject"),
    Known("hs_call_direction", "Call direction", "direction"),
    Known("hs_call_disposition", "Call outcome", "result"),
    Known("hs_call_status", "Call status", "progress"),
    Known(
        "hs_call_duration",
        "Call duration",
        "duration_s",
        also=("Call duration (HH:mm:ss)",),
        scale=0.001,
    ),
    *plain(
        "hs_call_body",
        "Call notes",
        "hs_call_from_number",
        "hs_call_to_number",
        "hs_call_recording_url",
        "hs_call_source",
        "Call source",
        "Call and meeting type",
        "From Number",
        "To Number",
        "Recording URL",
    ),
)
EMAILS = _preset(
    "email",
    ("hs_email_subject", "hs_email_direction", "email send status", "email direction"),
    _AT,
    _CREATED,
    Known("hs_email_subject", "Email subject", "subject"),
    Known("hs_email_direction", "Email direction", "direction"),
    Known("hs_email_status", "Email send status", "progress"),
    *plain(
        "hs_email_text",
        "hs_email_html",
        "Email body",
        "hs_email_from_email",
        "hs_email_to_email",
        "hs_email_headers",
        "Email from address",
        "Email to address",
        "Number of email opens",
        "Number of email clicks",
        "Number of email replies",
    ),
)
MEETINGS = _preset(
    "meeting",
    ("hs_meeting_title", "hs_meeting_start_time", "meeting outcome", "meeting start time"),
    Known("hs_meeting_start_time", "Meeting start time", "at"),
    _AT,
    _CREATED,
    Known("hs_meeting_title", "Meeting name", "subject", also=("Meeting title",)),
    Known("hs_meeting_outcome", "Meeting outcome", "progress"),
    *plain(
        "hs_meeting_body",
        "Meeting description",
        "hs_meeting_end_time",
        "Meeting end time",
        "hs_meeting_location",
        "Meeting location",
        "hs_internal_meeting_notes",
        "hs_meeting_source",
        "Call and meeting type",
    ),
)
NOTES = _preset(
    "note",
    ("hs_note_body", "note body"),
    _AT,
    _CREATED,
    *plain("hs_note_body", "Note body", "hs_attachment_ids"),
)
TASKS = _preset(
    "task",
    ("hs_task_subject", "hs_task_status", "task title", "task status"),
    Known("hs_task_completion_date", "Completed at", "at"),
    _CREATED,
    Known("hs_task_subject", "Task title", "subject"),
    Known("hs_task_status", "Task status", "progress", also=("Status",)),
    *plain(
        "hs_timestamp",
        "Due date",
        "hs_task_body",
        "Task notes",
        "Notes",
        "hs_task_priority",
        "Priority",
        "hs_task_type",
        "Task type",
        "hs_task_reminders",
        "Queue",
    ),
)

PRESETS = (CALLS, EMAILS, MEETINGS, NOTES, TASKS)
