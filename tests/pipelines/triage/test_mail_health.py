from datetime import datetime

import polars as pl
import pytest

from pipelines.settings.selection import MailSettings
from pipelines.triage import sick_mail

NIGHT = datetime(2026, 3, 11)


def _mail(db, dispositions, start="2026-03-01", handler="ai", channel="email"):
    first = db.scalar("SELECT count(*) FROM contact_attempt")
    frame = pl.DataFrame({"disposition": dispositions}, schema={"disposition": pl.String})
    db.register("mail", frame.with_row_index("n", offset=first))
    db.run(
        "INSERT INTO contact_attempt BY NAME SELECT 'a' || n AS attempt_id, n AS lead_key,"
        " $channel AS channel, $handler AS handler, disposition,"
        " $start::TIMESTAMP + to_seconds(n) AS \"at\" FROM mail",
        channel=channel, handler=handler, start=start,
    )  # fmt: skip
    db.unregister("mail")


@pytest.mark.parametrize(
    ("dispositions", "words"),
    [
        (["bounced", "sent", "sent"], None),  # one of three is chance
        (["bounced"] * 20 + ["sent"] * 980, None),  # 2% is not above 2%
        (["bounced"] * 21 + ["sent"] * 979, "2.10% of the last 1,000 e-mails bounced, above 2.00%"),
        (["complaint"] * 2 + ["sent"] * 98, None),
        (
            ["complaint"] * 3 + ["sent"] * 97,
            "3.00% of the last 100 e-mails were complained of, above 0.10%",
        ),
        # long ago: after it a thousand arrived
        (["bounced"] * 99 + ["delivered"] * 1_000, None),
    ],
)
def test_a_campaign_that_bounces_or_annoys_is_paused(db, dispositions, words):
    _mail(db, dispositions)
    found = sick_mail(db, MailSettings(), as_of=NIGHT)
    assert [one.words for one in found] == ([] if words is None else [words])


def test_what_was_judged_is_not_held_against_it_again(db):
    _mail(db, ["bounced"] * 50)
    _mail(db, ["bounced"] * 50, handler="human")
    _mail(db, ["bounced"] * 50, channel="mail")
    assert [one.handler for one in sick_mail(db, MailSettings(), as_of=NIGHT)] == ["ai", "human"]
    assert sick_mail(db, MailSettings(), as_of=NIGHT) == []
    _mail(db, ["sent"] * 90 + ["bounced"] * 4, start="2026-03-09")
    assert sick_mail(db, MailSettings(), as_of=NIGHT) == []
    _mail(db, ["bounced"], start="2026-03-10")
    assert [one.handler for one in sick_mail(db, MailSettings(), as_of=NIGHT)] == ["ai"]


def test_a_date_to_come_hides_nothing(db):
    _mail(db, ["bounced"], start="2028-01-01")
    _mail(db, ["bounced"] * 50)
    assert [one.handler for one in sick_mail(db, MailSettings(), as_of=NIGHT)] == ["ai"]
    _mail(db, ["bounced"] * 50, start="2026-03-10")
    assert [one.handler for one in sick_mail(db, MailSettings(), as_of=NIGHT)] == ["ai"]
