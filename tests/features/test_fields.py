import pytest

from features.custom import custom_feature
from features.fields import field_of, is_protected
from features.registry import REGISTRY
from features.spec import Known

BY_NAME = {feature.name: feature for feature in REGISTRY}


@pytest.mark.parametrize(
    ("feature", "field"),
    [
        ("lead_age_days", "created_at"),
        ("created_weekday", "created_at"),
        ("created_hour", "created_at"),
        ("days_to_first_activity", "activities"),
        ("inbound_per_year", "activities"),
        ("last_inbound_channel", "activities"),
        ("is_free_mail", "email"),
        ("is_name_in_email", "email"),
        ("is_email_bounced", "email"),
        ("is_phone_in_country", "phone"),
        ("line_type", "phone"),
        ("company_lead_log_count", "company"),
        ("seniority_level", "title"),
        ("lead_source", "lead_source"),
        ("name_part_count", "name"),
    ],
)
def test_field_of_a_feature(feature, field):
    assert field_of(BY_NAME[feature]).name == field


def test_every_feature_has_a_field_with_one_title():
    found = {field_of(feature) for feature in REGISTRY}
    assert len({field.name for field in found}) == len(found)
    assert all(field.title and "_" not in field.title for field in found)
    own = field_of(custom_feature("custom:minutes_on  site", "number", Known.EXPORT_ONLY))
    assert (own.name, own.title) == ("custom:minutes_on  site", "minutes on site")


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("GenderIdentity", True),
        ("Pronouns", True),
        ("lead_ethnicity", True),
        ("Union Member?", True),
        ("Santé", True),
        ("krankenkasse", True),
        ("Sussex branch", False),
        ("traceable", False),
        ("interfaith", False),
        ("marital", False),
    ],
)
def test_names_that_sound_protected(column, expected):
    feature = custom_feature(f"custom:{column}", "category", Known.EXPORT_ONLY)
    assert is_protected(feature) is expected


def test_no_feature_of_ours_is_protected():
    assert not any(is_protected(feature) for feature in REGISTRY)
