"""What stands around an address, and what no address may hold; the slow twin reads cell by cell."""

import re
import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.load.normalise.email import any_address, email_keys
from pipelines.settings.contact_keys import lookup_keys, suppression_keys
from pipelines.settings.look_alikes import plain_address
from pipelines.settings.written_addresses import handed_out, split_address, unwrapped

READ = [
    ('"ann lee"@acme.example', '"ann lee"@acme.example'),
    ('"ann.lee"@acme.example', "ann.lee@acme.example"),
    (r'"ann\"lee"@acme.example', r'"ann\"lee"@acme.example'),
    (r'"a\nn"@acme.example', "ann@acme.example"),
    ('"Lee, Ann" <ann@acme.example>', "ann@acme.example"),
    ("ann@acme.example <ann@acme.example>", "ann@acme.example"),
    ('"ann@acme.example"', "ann@acme.example"),
    ("'ann@acme.example'", "ann@acme.example"),
    ("ann@acme.example,", "ann@acme.example"),
    ("ann@acme.example (work)", "ann@acme.example"),
    ("mailto:ann@acme.example?subject=x", "ann@acme.example"),
    ("ann@acme.example; ANN@acme.example", "ann@acme.example"),
    ("\u4f0a\u662d@\u90f5\u4ef6.example", "\u4f0a\u662d@xn--5nqv22n.example"),
    ("test@acme.example", "test@acme.example"),
    ("SMTP:ann@acme.example", "ann@acme.example"),
    ("E-Mail: ann@acme.example", "ann@acme.example"),
    ("(ann@acme.example)", "ann@acme.example"),
    ("ann@home <ann@acme.example>", "ann@acme.example"),
]
UNREAD = [
    "ann@acme.example; bob@acme.example", "ann@acme.example bob@", "ann@acme.example.",
    "ann@[127.0.0.1]", "ann@corp.local", "ann@acme.test", "ann@x.onion", "ann@acme.invalid",
    "ann@yy--x.example", "ann@xn--0.example", "ann@1.xn--4dbc.com", '"ann@acme.example',
    'ann"lee"@acme.example', '""@acme.example', "<ann@acme.example", "<ann@acme.example>>",
    "\u0301ann@acme.example", "a\u037eb@acme.example", '"a\nb"@acme.example', "ann@acme_x.example",
    '"Lee, Ann" <ann@acme.example>; "Lee, Bob" <bob@acme.example>',
    "bob@acme.example <ann@acme.example>", "ann@acme.example (also bob@acme.example)",
    "ann@" + "x" * 64 + ".example", "ann@acme.e", "ann@acme.c0m-", "a<\u0338b@acme.example",
]  # fmt: skip


def key(text: str) -> str | None:
    return email_keys(pl.Series([text]))["email_key"].item()


@pytest.mark.parametrize(("given", "expected"), READ)
def test_an_address_is_read_out_of_its_cell_and_can_be_suppressed_as_written(given, expected):
    assert key(given) == expected
    assert set(suppression_keys("email", given)) & set(lookup_keys(expected))


@pytest.mark.parametrize("given", UNREAD)
def test_what_is_no_address_has_no_key(given):
    assert key(given) is None


@pytest.mark.parametrize(
    "text",
    [
        "ann@acme.example>", "<ann@acme.example", "[ann@acme.example](mailto:ann@acme.example)",
        "ann@acme.example!", ",ann@acme.example", "`ann@acme.example`", "ann@acme.example*",
        "\u00abann@acme.example\u00bb", "ann@acme.example [bounced]",
        "bob@acme.example (also ann@acme.example)",
    ],
)  # fmt: skip
def test_an_opt_out_of_a_badly_written_address_holds(text):
    assert "email:ann@acme.example" in suppression_keys("email", text)


def test_an_opt_out_of_several_addresses_holds_for_each():
    for text in ("a@x.example; b@y.example", "a@x.example/b@y.example", "A@x.example b@y.example"):
        found = suppression_keys("email", text)
        assert {"email:a@x.example", "email:b@y.example"} <= set(found)


PARTS = st.lists(
    st.sampled_from(
        ["ann", "@", "acme.example", ".", '"', "\\", " ", "<", ">", ",", ";", "(x)", "mailto:", "'",
         "b@x.example", "\u00e9", "a lee"]
    ),
    max_size=7,
).map("".join)  # fmt: skip


@given(st.lists(PARTS, min_size=1, max_size=8))
def test_unwrapping_is_the_same_for_columns_and_for_one_cell(cells):
    found = any_address(pl.Series(cells))["email_key"].to_list()
    for cell, one in zip(cells, found, strict=True):
        text = unicodedata.normalize("NFC", plain_address(cell).lower()).strip()
        parts = split_address(unwrapped(text))
        slow = f"{parts[0]}@{parts[1]}" if parts else None
        # A foreign domain comes back encoded, which is another rule.
        if text.count("@") < 2 and (parts is None or parts[1].isascii()):
            # The name of an international domain is IDNA's to tell.
            assert one in (slow, None) or not text.rpartition("@")[2].isascii()
        if one is not None:
            assert set(suppression_keys("email", cell)) & set(lookup_keys(one))
            assert re.fullmatch(r".+@[a-z0-9.\-]+", one)


@pytest.mark.parametrize(
    ("cell", "handed"),
    [
        ("Ann@X.Example", "Ann@X.Example"),
        ("Ann Lee <Ann@X.Example>,", "Ann@X.Example"),
        ("mailto:Ann@X.Example?subject=hi", "Ann@X.Example"),
        ("Ann@X.Example; ann@x.example", "ann@x.example"),
        ('"ann"@x.example', "ann@x.example"),
        ("\u200bAnn@X.Example\u00a0", "Ann@X.Example"),
        ("ann@m\u00fcnchen.example", "ann@xn--mnchen-3ya.example"),
    ],
)
def test_what_is_handed_out_is_an_address_and_nothing_else(cell, handed):
    key = email_keys(pl.Series([cell]))["email_key"].item()
    assert handed_out(cell, key) == handed
