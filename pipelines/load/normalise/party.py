"""What a lead is in law and how its phone is answered, as far as the row tells."""

import polars as pl

from pipelines.load.normalise.hosts import is_free_mail, is_mailbox

PARTY_TYPES = ("organisation", "sole_trader", "consumer", "unknown")


def party_type(given: str | None) -> pl.Expr:
    """Derive organisation, consumer or unknown from company, title and email_domain.

    A value of the file wins when it is one of `PARTY_TYPES`. A company with an address of its own,
    or with a job title, speaks for an organisation; a private mailbox without a company for a
    consumer. Anything else stays unknown, and policy decides what unknown may receive.
    """
    has_company = pl.col("company").is_not_null()
    # A throw-away mailbox is neither a firm's nor, for certain, a person's own.
    own_mail = is_mailbox("email_domain").not_().fill_null(value=False)
    # Asked only where it matters.
    free = is_free_mail(pl.when(~has_company).then("email_domain"))
    derived = (
        pl.when(has_company & (own_mail | pl.col("title").is_not_null()))
        .then(pl.lit("organisation"))
        .when(~has_company & free.fill_null(value=False))
        .then(pl.lit("consumer"))
        .otherwise(pl.lit("unknown"))
    )
    if given is None:
        return derived
    stated = pl.col(given).str.to_lowercase().str.replace_all(r"[\s-]+", "_")
    return pl.when(stated.is_in(PARTY_TYPES)).then(stated).otherwise(derived)
