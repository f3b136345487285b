import polars as pl
import pytest

from pipelines.load.normalise.email import domain_keys, email_keys


def key(text: str | None) -> str | None:
    return email_keys(pl.Series([text], dtype=pl.String))["email_key"].item()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (" Ann.Lee@Example.ORG ", "ann.lee@example.org"),
        ("ann+crm@example.org", "ann+crm@example.org"),
        ("Ann Lee <ann@example.org>", "ann@example.org"),
        ("mailto:ann@example.org", "ann@example.org"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@XN--BCHER-KVA.example", "ann@xn--bcher-kva.example"),
        ("jose\u0301@example.org", "jos\u00e9@example.org"),
        ("o'brien@example.org", "o'brien@example.org"),
    ],
)
def test_equal_addresses_get_one_key(given, expected):
    assert key(given) == expected


@pytest.mark.parametrize(
    "given",
    [None, "", "none", "n/a", "ann@", "@example.org", "ann@localhost", "a b@example.org",
     "ann..lee@example.org", ".ann@example.org", "ann@-bad.org", "a@b@c", "ann@exa mple.org",
     "x" * 65 + "@example.org", "ann@example.123"],
)  # fmt: skip
def test_what_cannot_receive_mail_has_no_key(given):
    assert key(given) is None


@pytest.mark.parametrize(
    "given", ["none@none.com", "noemail@example.com", "test@test.com", "n/a@n.a", "na@na.com",
              "unknown@acme.example", "no-email@acme.example"],
)  # fmt: skip
def test_placeholders_join_nobody(given):
    assert key(given) is None


def test_shared_boxes_are_real_addresses():
    assert key("info@acme.example") == "info@acme.example"


def test_domains_are_read_from_what_people_paste():
    given = pl.Series(["Acme.example", "@acme.example", "https://www.acme.example/x", "a b", None])
    expected = ["acme.example", "acme.example", "acme.example", None, None]
    assert domain_keys(given).to_list() == expected
