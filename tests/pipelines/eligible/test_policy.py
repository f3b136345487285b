"""The shipped table says what policy.md says, and refuses what it cannot mean."""

from typing import Any

import pytest
from pydantic import ValidationError

from pipelines.errors import UsageError
from pipelines.settings.policy import CHANNELS, PARTY_CLASSES, Basis, load_policy

POLICY = load_policy()
REGIONS = ("US", "UK", "NL", "DE", "CA")

# policy.md read again, cell by cell, by hand: O organisation, C consumer.
BASES = {
    ("US", "email"): {"O": "may", "C": "may"},
    ("UK", "email"): {"O": "may", "C": "consent_or_soft_opt_in"},
    ("NL", "email"): {"O": "consent_or_published_address", "C": "consent_or_own_customer"},
    ("DE", "email"): {"O": "express_consent", "C": "consent_or_own_customer"},
    ("CA", "email"): {
        "O": "consent_or_relationship_or_published_address",
        "C": "consent_or_relationship",
    },
    ("US", "phone"): {"O": "may", "C": "may"},
    ("UK", "phone"): {"O": "may", "C": "may"},
    ("NL", "phone"): {"O": "may", "C": "consent"},
    ("DE", "phone"): {"O": "presumed_interest", "C": "express_consent"},
    ("CA", "phone"): {"O": "may", "C": "may"},
    ("US", "ai_voice"): {"O": "express_consent", "C": "express_consent"},
    ("UK", "ai_voice"): {"O": "express_consent", "C": "express_consent"},
    ("NL", "ai_voice"): {"O": "consent", "C": "consent"},
    ("DE", "ai_voice"): {"O": "express_consent", "C": "express_consent"},
    ("CA", "ai_voice"): {"O": "express_consent", "C": "express_consent"},
    ("US", "sms"): {"O": "express_consent", "C": "express_consent"},
    ("UK", "sms"): {"O": "consent_or_soft_opt_in", "C": "consent_or_soft_opt_in"},
    ("NL", "sms"): {"O": "consent", "C": "consent"},
    ("DE", "sms"): {"O": "consent", "C": "consent"},
    ("CA", "sms"): {"O": "consent_or_relationship", "C": "consent_or_relationship"},
    **{(region, "mail"): {"O": "may", "C": "may"} for region in REGIONS},
}
REGISTRIES = {
    ("US", "phone", "consumer"): (("us_dnc",), 31, 18, 3),
    ("UK", "phone", "organisation"): (("uk_tps", "uk_ctps"), 28, 0, 0),
    ("UK", "phone", "consumer"): (("uk_tps",), 28, 0, 0),
    ("CA", "phone", "consumer"): (("ca_dncl",), 31, 18, 6),
    ("CA", "phone", "organisation"): ((), 0, 0, 0),
    ("US", "phone", "organisation"): ((), 0, 0, 0),
    ("NL", "phone", "consumer"): ((), 0, 0, 0),
}


def test_every_cell_has_a_row_with_rule_and_version() -> None:
    cells = {(region, channel, party) for region, channel, party, _ in POLICY.rows()}
    assert cells == {(r, c, p) for r in REGIONS for c in CHANNELS for p in PARTY_CLASSES}
    assert all(rule.rule and rule.version for *_, rule in POLICY.rows())


def test_bases_are_those_of_the_document() -> None:
    for (region, channel), expected in BASES.items():
        for letter, party in (("O", "organisation"), ("C", "consumer")):
            rule = POLICY.rule(region, channel, party)  # type: ignore[arg-type]
            assert rule is not None
            assert (region, channel, party, rule.basis) == (
                region,
                channel,
                party,
                expected[letter],
            )


def test_registers_and_exemptions_are_those_of_the_document() -> None:
    for (region, channel, party), expected in REGISTRIES.items():
        rule = POLICY.rule(region, channel, party)  # type: ignore[arg-type]
        assert rule is not None
        exempt = (rule.exempt_purchase_months, rule.exempt_inquiry_months)
        assert (rule.registries, rule.registry_max_age_days, *exempt) == expected


def test_the_finer_points() -> None:
    us, de, nl = POLICY.regions["US"], POLICY.regions["DE"], POLICY.regions["NL"]
    assert us["phone"]["organisation"].is_mobile_as_consumer
    assert us["ai_voice"]["consumer"].is_proof_required
    assert de["phone"]["consumer"].is_proof_required
    assert nl["phone"]["sole_trader"].basis is Basis.CONSENT
    canada = POLICY.regions["CA"]["email"]["consumer"]
    assert (canada.purchase_months, canada.inquiry_months) == (24, 6)
    ages = POLICY.consent_max_age_months
    assert (ages.email, ages.phone, ages.ai_voice, ages.sms) == (24, 24, 12, 12)
    assert POLICY.retention.months == 36
    assert {"GB", "NL", "DE", "FR"} <= set(POLICY.retention.countries)
    assert not {"US", "CA"} & set(POLICY.retention.countries)


def test_contested_rows_are_marked() -> None:
    for region, channel, party in [
        ("US", "phone", "organisation"),
        ("US", "phone", "consumer"),
        ("US", "sms", "consumer"),
        ("UK", "ai_voice", "consumer"),
        ("UK", "mail", "consumer"),
        ("DE", "phone", "organisation"),
        ("DE", "mail", "consumer"),
    ]:
        rule = POLICY.rule(region, channel, party)  # type: ignore[arg-type]
        assert rule is not None
        assert rule.is_contested


def test_the_table_is_frozen() -> None:
    with pytest.raises(ValidationError):
        POLICY.version = "mine"  # type: ignore[misc]


def test_an_override_changes_one_cell_or_a_whole_channel() -> None:
    one = load_policy({"NL": {"phone": {"consumer": {"basis": "forbidden"}}}})
    assert one.regions["NL"]["phone"]["consumer"].basis is Basis.FORBIDDEN
    assert one.regions["NL"]["phone"]["sole_trader"].basis is Basis.CONSENT
    whole = load_policy({"NL": {"phone": {"basis": "forbidden"}}})
    assert {rule.basis for rule in whole.regions["NL"]["phone"].values()} == {Basis.FORBIDDEN}
    assert (
        load_policy({"pacing": {"recontact_interval_days": 3}}).pacing.max_attempts_per_year == 12
    )
    assert load_policy() == POLICY


def test_a_new_region_is_added_row_by_row() -> None:
    row = {"rule": "LSSI 21", "version": "1", "basis": "consent"}
    policy = load_policy({"ES": {"email": row}})
    assert policy.rule("ES", "email", "consumer") is not None
    assert policy.rule("ES", "phone", "consumer") is None


@pytest.mark.parametrize(
    ("overrides", "place"),
    [
        ({"NL": {"phone": {"consumer": {"bases": "may"}}}}, "policy.NL.phone.consumer.bases"),
        ({"NL": {"phone": {"person": {"basis": "may"}}}}, "policy.NL.phone"),
        ({"NL": {"fax": {"basis": "may"}}}, "policy.NL.fax"),
        ({"NL": 3}, "policy.NL"),
        ({"nl": {}}, "policy.nl"),
        ({"GB": {}}, "policy.GB"),
        ({"regions": {}}, "policy.regions"),
        ({"ES": {"email": {"basis": "may"}}}, "policy.ES.email"),
        ({"NL": {"phone": {"basis": "maybe"}}}, "policy.NL.phone.organisation.basis"),
        ({"NL": {"email": {"purchase_months": 3}}}, "policy.NL.email"),
        ({"NL": {"email": {"registries": ["uk_tps"]}}}, "policy.NL.email"),
        ({"retention": {"months": 0}}, "policy.retention.months"),
        ({"retention": {"countries": ["Germany"]}}, "policy.retention.countries"),
        ({"consent_max_age_months": {"fax": 3}}, "policy.consent_max_age_months.fax"),
    ],
)
def test_what_cannot_be_meant_is_refused(overrides: dict[str, Any], place: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_policy(overrides)
    assert place in str(caught.value)
