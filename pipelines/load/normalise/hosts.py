"""Whose a mail domain is: a firm's, a mailbox provider's, or a registry's that sells names."""

from collections.abc import Sequence
from functools import cache, partial

import polars as pl
from publicsuffixlist import PublicSuffixList

from features.mailhosts import DISPOSABLE_DOMAINS, FREE_MAIL_DOMAINS

_MAILBOXES = (*FREE_MAIL_DOMAINS, *DISPOSABLE_DOMAINS)
_FIRST_LABEL = r"^[^.]+\."


def is_free_mail(domain: str | pl.Expr) -> pl.Expr:
    """Tell whether a domain column holds a public mailbox provider; null stays null.

    A sub-domain is its provider's: ``nyc.rr.com`` is free mail because ``rr.com`` is.
    """
    return _is_at(domain, FREE_MAIL_DOMAINS)


def is_mailbox(domain: str) -> pl.Expr:
    """Tell whether a domain column holds free mail or a throw-away mailbox; null stays null.

    So is any name below one: ``ann.33mail.com`` is given out to whoever types it.
    """
    return _is_at(domain, _MAILBOXES)


def everybodys(domains: pl.Series) -> pl.Series:
    """Tell which domains are no single firm's: free mail, and what registries sell names below.

    Of the Public Suffix List the part that registries answer for (``co.uk``, ``gov.uk``); its
    private part (``github.io``) names firms, some of which have mail of their own.

    Returns
    -------
    pl.Series
        Boolean, never null.
    """
    free = domains.to_frame("d").select(is_free_mail("d"))["d"].fill_null(value=False)
    rest = domains.filter(~free).drop_nulls().unique()
    suffixes = [name for name in rest.to_list() if _registries().is_public(name)]
    return free | domains.is_in(suffixes).fill_null(value=False)


@cache
def _registries() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


def _is_at(domain: str | pl.Expr, hosts: Sequence[str]) -> pl.Expr:
    cells = pl.col(domain) if isinstance(domain, str) else domain
    return cells.map_batches(partial(_at, hosts=hosts), return_dtype=pl.Boolean)


def _at(domains: pl.Series, hosts: Sequence[str]) -> pl.Series:
    found = domains.is_in(hosts)
    # Few domains have a third label, and most of those end in co.uk and the like.
    deep = (~found & (domains.str.count_matches(".", literal=True) > 1)).fill_null(value=False)
    rows, below = deep.arg_true(), domains.filter(deep)
    while not rows.is_empty():
        below = below.str.replace(_FIRST_LABEL, "")
        found = found.scatter(rows, below.is_in(hosts))
        left = ~below.is_in(hosts) & (below.str.count_matches(".", literal=True) > 1)
        rows, below = rows.filter(left), below.filter(left)
    return found
