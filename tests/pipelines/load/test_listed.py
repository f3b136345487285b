"""Suppression lists as people have them: one column of everything, wild cards, hashes."""

import hashlib

import pytest

from tests.pipelines.load.conftest import rows

DIGEST = hashlib.sha256(b"ann@x.example").hexdigest()


@pytest.mark.parametrize(
    ("cell", "kind", "key"),
    [
        ("Ann@X.example", "email", "ann@x.example"),
        ("*@spam.example", "domain", "spam.example"),
        ("@spam.example", "domain", "spam.example"),
        ("*.spam.example", "domain", "spam.example"),
        ("spam.example", "domain", "spam.example"),
        ("@gmail.com", "domain", "gmail.com"),
        (DIGEST.upper(), "hash", DIGEST),
        (hashlib.md5(b"x", usedforsecurity=False).hexdigest(), "hash", None),
        ("+44 20 7946 0018", "phone", "+442079460018"),
        ("https://wa.me/442079460018", "phone", "+442079460018"),
        ("tel:+44-20-7946-0018;ext=5", "phone", "+442079460018"),
        ("49 (0)30 901820", "phone", "+4930901820"),
    ],
)
def test_one_column_of_everything(load, cell, kind, key):
    found = rows(load(f'email\n"{cell}"\n', "suppressions"), "suppression")
    assert found.select("kind", "key").rows() == [(kind, key or cell)]


@pytest.mark.parametrize(
    "cell", ["gmail.com", "nyc.rr.com", "co.uk", "ann", "ab" * 20 + "c", "n/a", "12"]
)
def test_what_may_be_anything_is_set_aside_and_counted(load, cell):
    landed = load(f"email\n{cell}\nann@x.example\n", "suppressions")
    assert (landed.landed, landed.quarantined_by_reason) == (1, {"no_usable_key": 1})


def test_each_column_of_a_row_counts_also_in_the_wrong_one(load):
    content = f"email,domain,hash\n@a.example,https://www.b.example/x,{DIGEST}\n,*@c.example,\n"
    landed = load(content, "suppressions")
    found = rows(landed, "suppression").select("row_number", "kind", "key").rows()
    assert found == [
        (1, "domain", "a.example"),
        (1, "domain", "b.example"),
        (1, "hash", DIGEST),
        (2, "domain", "c.example"),
    ]
    assert landed.landed == 2


def test_a_provider_beside_an_address_only_says_whose_it_is(load):
    content = (
        "email,phone,domain\n"
        "ann@gmail.com,,gmail.com\n"
        "n/a,,gmail.com\n"
        ",+44 20 7946 0018,co.uk\n"
        "bob@firm.example,,firm.example\n"
        "cid@gmail.com,,*@web.de\n"
        ",,gov.uk\n"
        ",,gmx.de\n"
    )
    landed = load(content, "suppressions")
    found = rows(landed, "suppression").select("row_number", "kind", "key").rows()
    assert found == [
        (1, "email", "ann@gmail.com"),
        (3, "phone", "+442079460018"),
        (4, "domain", "firm.example"),
        (4, "email", "bob@firm.example"),
        (5, "domain", "web.de"),
        (5, "email", "cid@gmail.com"),
        (6, "domain", "gov.uk"),
        (7, "domain", "gmx.de"),
    ]
    assert landed.quarantined_by_reason == {"no_usable_key": 1}
    assert landed.unreadable["domain"] == 3


def test_a_customer_known_by_a_provider_alone_is_set_aside(load):
    content = (
        "customer_id,email,domain\n1,,gmail.com\n2,,co.uk\n3,ann@gmail.com,gmail.com\n"
        "4,,firm.co.uk\n"
    )
    landed = load(content, "customers")
    found = rows(landed, "customer").select("contact_key", "domain").rows()
    assert found == [("ann@gmail.com", None), (None, "firm.co.uk")]
    assert landed.quarantined_by_reason == {"no_usable_key": 2}
