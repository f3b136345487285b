"""Lists that name contact points instead of leads: suppressions and existing customers."""

from typing import Final

import numpy as np
import polars as pl

from pipelines.generate.block import Block
from pipelines.generate.consents import PLACES
from pipelines.generate.contacts import can_mail
from pipelines.generate.dice import Ints, chance
from pipelines.generate.exports import moments
from pipelines.generate.outcomes import CUSTOMER_STATUS
from pipelines.generate.persons import EMAIL_KINDS
from pipelines.generate.phones import e164
from pipelines.generate.times import END_S, NEVER_S, START_S

_REASONS: Final = ("unsubscribed", "do_not_call", "complaint", "legal")
_COMPLAINT_SHARE: Final = 0.12
# Companies that asked never to be approached again, as a whole.
_DOMAIN_SHARE: Final = 0.003


def suppression_rows(whole: Block, moment_s: int) -> pl.DataFrame:
    """Refusals kept outside the CRM, and whole companies; an empty channel means all channels."""
    rng = whole.dice.stream("suppressions")
    people, points, agreed = whole.people, whole.points, whole.agreed
    said_s = whole.story.opt_out_s
    complains = chance(rng, people.count, _COMPLAINT_SHARE)
    firm_no = chance(rng, whole.firms.country.size, _DOMAIN_SHARE)
    firm_s = START_S + (rng.random(firm_no.size) ** 0.4 * (END_S - START_S)).astype(np.int64)

    listed = whole.is_kept & (agreed.no_place == PLACES.index("suppression")) & (said_s < moment_s)
    own_mail = can_mail(people) & (people.email_kind != EMAIL_KINDS.index("role"))
    by_mail = np.flatnonzero(listed & (agreed.no_channel != 1) & own_mail)
    landline = e164(points.landline, points.landline_country)
    mobile = e164(points.mobile, people.country)
    by_phone = np.flatnonzero(listed & (agreed.no_channel != 0))
    present = np.zeros(firm_no.size, dtype=np.bool_)
    present[people.company[whole.is_kept & (people.company >= 0)]] = True
    firms = np.flatnonzero(firm_no & present & (firm_s < moment_s))

    def of_persons(who: Ints, column: str, values: pl.Series, channel: str | None) -> pl.DataFrame:
        reason = np.where(complains[who], 2, 0 if column == "email" else 1)
        return pl.DataFrame(
            {
                column: values.gather(who),
                "channel": pl.Series([channel], dtype=pl.String).gather(np.zeros_like(who)),
                "reason": pl.Series(_REASONS).gather(reason),
                "since": moments(said_s[who]),
            }
        ).filter(pl.col(column).is_not_null())

    whole_firms = pl.DataFrame(
        {
            "domain": points.domain.gather(firms),
            "channel": pl.Series([None], dtype=pl.String).gather(np.zeros_like(firms)),
            "reason": pl.Series(_REASONS).gather(np.full(firms.size, 3)),
            "since": moments(firm_s[firms]),
        }
    )
    everything = agreed.no_channel == 2
    frames = (
        of_persons(by_mail[~everything[by_mail]], "email", points.email, "email"),
        of_persons(by_mail[everything[by_mail]], "email", points.email, None),
        of_persons(by_phone[~everything[by_phone]], "phone", landline, "phone"),
        of_persons(by_phone[~everything[by_phone]], "phone", mobile, "phone"),
        of_persons(by_phone[everything[by_phone]], "phone", landline, None),
        of_persons(by_phone[everything[by_phone]], "phone", mobile, None),
        whole_firms,
    )
    columns = {"email": pl.String, "phone": pl.String, "domain": pl.String}
    empty = pl.DataFrame(schema=columns)
    return pl.concat([empty, *frames], how="diagonal")


def customer_rows(whole: Block, moment_s: int) -> pl.DataFrame:
    """Persons who pay or have an open deal, by their contact points; some by the whole domain."""
    people, points, fates = whole.people, whole.points, whole.fates
    converted_s = whole.story.converted_s
    won_s = np.minimum(fates.won_s, fates.paying_s)
    is_open = (converted_s < moment_s) & (fates.closed_s >= moment_s) & (won_s >= moment_s)
    who = np.flatnonzero(whole.is_kept & ((won_s < moment_s) | is_open))
    since = np.where(is_open, converted_s, won_s)[who]
    by_domain = fates.covers_domain & ~is_open & (people.company >= 0)
    domain = points.domain.gather(np.maximum(people.company, 0)).set(pl.Series(~by_domain), None)
    email = points.email.set(pl.Series(~can_mail(people)), None)
    landline = e164(points.landline, points.landline_country)
    mobile = e164(points.mobile, people.country)
    phone = pl.select(pl.coalesce(mobile, landline)).to_series()
    number = pl.Series(people.first_id + who).cast(pl.String)
    frame = pl.DataFrame(
        {
            "customer_id": "k" + number,
            "email": email.gather(who),
            "phone": phone.gather(who),
            "domain": domain.gather(who),
            "status": pl.Series(CUSTOMER_STATUS).gather(is_open[who].astype(np.int64)),
            "since": moments(np.where(since < NEVER_S, since, -1)),
        }
    )
    return frame.filter(pl.any_horizontal(pl.col("email", "phone", "domain").is_not_null()))
