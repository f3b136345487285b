"""Hand-written cases: what a reader of docs/features.md would expect."""

from datetime import date

import polars as pl
import pytest

from features.build import build
from features.featureset import FeatureSet
from features.registry import REGISTRY, custom_features
from features.vocabulary import Vocabulary, category_text
from tests.features.frames import AS_OF_DAY, at, days_ago, one

BY_NAME = {feature.name: feature for feature in REGISTRY}


def value(name, **inputs):
    feature, frame = BY_NAME[name], one(**inputs)
    if feature.kind == "category":
        return frame.select(category_text(feature)).item()
    return build(frame, FeatureSet((feature,))).item()


@pytest.mark.parametrize(
    ("title", "level"),
    [
        (None, None),
        ("", None),
        ("???", None),
        ("Working Student", 1),
        ("Executive Assistant to the CEO", 2),
        ("Jr. Accountant", 2),
        ("Nurse", 3),
        ("Sr. Software Engineer", 4),
        ("Marketing-Manager (EMEA)", 5),
        ("Abteilungsleiterin", 5),
        ("Sales Director", 6),
        ("Head of IT", 6),
        ("Vice President, Operations", 7),
        ("SVP Sales", 7),
        ("Managing Director", 8),
        ("Co-Founder & CTO", 8),
        ("Geschäftsführerin", 8),
        ("Presidential librarian", 3),
        ("Retired", 1),
        ("Partner", 8),
        ("HR Business Partner", 4),
        ("Channel Partner Manager", 4),
        ("Inkoopmanager", 5),
        ("Management accountant", 3),
    ],
)
def test_seniority(title, level):
    assert value("seniority_level", title=title) == level


@pytest.mark.parametrize(
    ("title", "function"),
    [
        (None, None),
        ("VP Sales", "sales"),
        ("Einkaufsleiter", "procurement"),
        ("IT-Leiter", "technology"),
        ("Item planner", "other"),
        ("Mechanical Engineer", "engineering"),
        ("Owner", "general management"),
    ],
)
def test_job_function(title, function):
    assert value("job_function", title=title) == function


def test_days_are_whole_and_never_negative():
    assert value("lead_age_days", created_at=days_ago(2.9)) == 2
    assert value("lead_age_days", created_at=AS_OF_DAY) == 0
    assert value("lead_age_days", created_at=days_ago(-0.1)) is None
    assert value("days_since_crm_activity", last_activity_date=date(2026, 10, 30)) == 2
    assert value("days_since_crm_activity", last_activity_date=date(2027, 1, 1)) is None


def test_a_bare_day_has_no_hour():
    assert value("created_hour", created_at=at("2020-01-01")) is None
    assert value("created_hour", created_at=at("2020-01-01T17:30")) == 17
    assert value("created_weekday", created_at=at("2026-11-01")) == 7


def test_rate_of_a_young_lead_is_taken_over_a_month():
    young = value("inbound_per_year", created_at=days_ago(1), inbound_count=1)
    assert young == pytest.approx(365.25 / 30)
    old = value("inbound_per_year", created_at=days_ago(730.5), inbound_count=4)
    assert old == pytest.approx(2, rel=0.01)


def test_ratios_without_events_are_null():
    assert value("inbound_share", inbound_count=0, outbound_count=0) is None
    assert value("inbound_trend", inbound_90d_count=0, inbound_365d_count=0) is None
    assert value("inbound_trend", inbound_90d_count=1, inbound_365d_count=4) == 0.25


def test_a_bounce_after_as_of_is_not_known():
    assert value("is_email_bounced", email_bounced_at=AS_OF_DAY) == 0
    assert value("is_email_bounced", email_bounced_at=days_ago(0.01)) == 1


def test_address_kinds():
    assert value("is_role_address", email_key="info@acme.com") == 1
    assert value("is_role_address", email_key="infos@acme.com") == 0
    assert value("is_disposable_mail", email_domain="mailinator.com") == 1
    assert value("email_tld", email_domain="acme.co.uk") == "uk"


def test_surname_in_address_folds_accents():
    assert value("is_name_in_email", email_key="j.muller@a.com", last_name="Müller") == 1
    assert value("is_name_in_email", email_key="jane@a.com", last_name="Müller") == 0
    assert value("is_name_in_email", email_key="oneil@a.com", last_name="O'Neil") == 1
    assert value("is_name_in_email", email_key="li@a.com", last_name="Li") is None


def test_phone_in_country():
    assert value("is_phone_in_country", phone_e164="+4930123", country="DE") == 1
    assert value("is_phone_in_country", mobile_e164="+4930123", country="US") == 0
    assert value("is_phone_in_country", phone_e164="+4930123", country="XX") is None
    assert value("is_phone_in_country", country="DE") is None


def custom(dtype_at_training, series):
    (feature,) = custom_features({"x": dtype_at_training})
    values = {"custom:x": ("1", "b")} if feature.kind == "category" else {}
    features = FeatureSet((feature,), Vocabulary(values))
    return build(series.alias("custom:x").to_frame(), features).to_series().to_list()


def test_numbers_stay_numbers_when_a_later_export_types_them_as_text():
    assert custom(pl.Int64(), pl.Series(["7", "x", None, " 8"])) == [7, None, None, None]
    assert custom(pl.Float64(), pl.Series([7], dtype=pl.Int64)) == [7]


def test_categories_stay_categories_when_a_later_export_types_them_as_numbers():
    assert custom(pl.String(), pl.Series([1.0, 2.0])) == [0, None]
    assert custom(pl.String(), pl.Series([1, 2])) == [0, None]
    assert custom(pl.String(), pl.Series(["B ", "1", "1.0"])) == [1, 0, 0]
