"""Whether mail of ours still arrives: a campaign that bounces or annoys is to be paused."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipelines.settings.selection import MailSettings
from pipelines.store import Database, sql

_KEY: Final = "mail_judged_until/"


@dataclass(frozen=True)
class SickMail:
    """A campaign, e-mail by one handler, that is to be paused.

    Attributes
    ----------
    handler : str
    words : str
        Why, with the figures.
    judged_until : datetime
        Newest attempt that was looked at.
    """

    handler: str
    words: str
    judged_until: datetime


def sick_mail(db: Database, mail: MailSettings, *, as_of: datetime) -> list[SickMail]:
    """Return which handlers' e-mail is to be paused; what speaks for that is judged once.

    Parameters
    ----------
    mail : MailSettings
        The shares above which, and the least numbers from which, a campaign is paused.
    as_of : datetime
        Midnight of the night; what is dated after its day is not looked at.
    """
    found = []
    rows = db.frame(
        sql(__package__, "mail_health.sql"), last=mail.pause_attempts, key=_KEY, as_of=as_of
    ).iter_rows()
    for handler, attempts, bounces, complaints, newest in rows:
        words = [
            f"{count / attempts:.2%} of the last {attempts:,} e-mails {what}, above {most:.2%}"
            for count, what, most, least in (
                (bounces, "bounced", mail.pause_bounces, mail.pause_least),
                (complaints, "were complained of", mail.pause_complaints, mail.pause_complained),
            )
            if count >= least and count > most * attempts
        ]
        if words:
            found.append(SickMail(handler, "; ".join(words), newest))
            mark_judged(db, handler, newest)
    return found


def mark_judged(db: Database, handler: str, until: datetime) -> None:
    """Note that mail of a handler has been judged: nothing up to then is held against it again."""
    db.run("DELETE FROM meta WHERE key = $key", key=_KEY + handler)
    db.run(
        "INSERT INTO meta (key, value) VALUES ($key, $until::TIMESTAMP::VARCHAR)",
        key=_KEY + handler,
        until=until,
    )
