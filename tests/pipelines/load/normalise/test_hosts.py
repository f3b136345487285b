"""Whose a mail domain is."""

import polars as pl
import pytest

from pipelines.load.normalise.hosts import everybodys, is_free_mail, is_mailbox

DOMAINS = [
    "gmail.com", "nyc.rr.com", "a.b.rr.com", "xrr.com", "rr.com.firm.example", "firm.co.uk",
    "mailinator.com", "ann.33mail.com", "co.uk", "gov.uk", "firm.example", "github.io", "uk.com",
    "xn--55qx5d.cn", None,
]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "yes"),
    [
        (is_free_mail, {"gmail.com", "nyc.rr.com", "a.b.rr.com"}),
        (
            is_mailbox,
            {"gmail.com", "nyc.rr.com", "a.b.rr.com", "mailinator.com", "ann.33mail.com"},
        ),
    ],
)
def test_a_name_below_a_provider_is_the_providers(told, yes):
    found = pl.DataFrame({"d": DOMAINS}).select(told("d"))["d"].to_list()
    assert found == [None if d is None else d in yes for d in DOMAINS]


def test_registries_and_mailbox_providers_are_nobodys_own():
    yes = {"gmail.com", "nyc.rr.com", "a.b.rr.com", "co.uk", "gov.uk", "xn--55qx5d.cn"}
    assert everybodys(pl.Series(DOMAINS)).to_list() == [d in yes for d in DOMAINS]
