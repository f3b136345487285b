"""How the value of a feature is said to people: short, and fit to be read by the lead itself.

A feature that is not here is worded by its title, so a new one needs no entry.
"""

import math
import re
from dataclasses import dataclass
from typing import Final

from features.spec import Feature

_LOG_UNIT: Final = re.compile(r"log\(1 \+ (.+)\)")
_NAMED_VALUES: Final = re.compile(r"(\d+) = ([^,]+)")
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Words:
    """The ways to say one feature.

    Parameters
    ----------
    value : str
        ``{}`` is the value; of a flag, what it means when it is set.
    missing : str
        What a null means.
    no : str
        Of a flag: what it means when it is not set.
    """

    value: str
    missing: str
    no: str = ""


_COUNTED: Final = frozenset({"log(1 + activities)", "log(1 + leads)", "digits"})
_SHARES: Final = {0.0: "none", 1.0: "all"}
_OF_DAYS: Final = {"0": (" 0 days ", " less than a day "), "1": (" 1 days ", " 1 day ")}
_NO_EMAIL: Final = "no e-mail address"
_NO_INBOUND: Final = "never heard from"

WORDS: Final[dict[str, Words]] = {
    "lead_age_days": Words("created {} days ago", "creation date not known"),
    "created_weekday": Words("created on a {}", "creation date not known"),
    "created_hour": Words("created in hour {} of the day (UTC)", "hour of creation not known"),
    "days_since_last_inbound": Words("last heard from {} days ago", _NO_INBOUND),
    "days_since_last_outbound": Words("last contacted {} days ago", "never contacted"),
    "days_since_last_activity": Words("last activity {} days ago", "no activity on record"),
    "days_to_first_activity": Words(
        "first activity {} days after creation", "no activity after creation on record"
    ),
    "days_since_modified": Words(
        "record last changed {} days ago", "date of the last change not known"
    ),
    "days_since_crm_activity": Words(
        "last activity date in the CRM {} days ago", "no last activity date in the CRM"
    ),
    "inbound_share": Words("{} of the activities came from the lead", "no activity on record"),
    "inbound_trend": Words(
        "{} of the last year's inbound activities lie in the last 90 days",
        "no inbound activity in the last year",
    ),
    "outbound_trend": Words(
        "{} of the last year's contacts lie in the last 90 days", "not contacted in the last year"
    ),
    "is_awaiting_reply": Words("the lead spoke last", "nobody has spoken yet", "we spoke last"),
    "last_inbound_channel": Words(
        "last heard from by {}", "never heard from, or through a rare channel"
    ),
    "seniority_level": Words("seniority in the job title is {}", "no job title"),
    "job_function": Words("function in the job title is {}", "no job title, or a rare function"),
    "has_company": Words("company name is known", "", "no company name"),
    "employees_log": Words("employees of the company ({})", "number of employees not known"),
    "annual_revenue_log": Words("annual revenue of the company ({})", "annual revenue not known"),
    "industry": Words("industry is {}", "industry not known, or a rare one"),
    "company_lead_log_count": Words(
        "leads known of the same company ({})", "no e-mail address of a company"
    ),
    "rating": Words("rating in the CRM is {}", "no rating in the CRM, or a rare one"),
    "lead_source": Words("came from {}", "source not known, or a rare one"),
    "has_email": Words("e-mail address is known", "", _NO_EMAIL),
    "has_phone": Words("phone number is known", "", "no valid phone number"),
    "has_mobile": Words("mobile number is known", "", "no valid mobile number"),
    "line_type": Words("kind of phone line is {}", "kind of phone line not known"),
    "status": Words("status in the CRM is {}", "no status in the CRM, or a rare one"),
    "is_phone_valid": Words(
        "phone number works, says the CRM",
        "the CRM does not say whether the phone number works",
        "phone number does not work, says the CRM",
    ),
    "is_free_mail": Words(
        "e-mail address of a free provider", _NO_EMAIL, "e-mail address of a domain of its own"
    ),
    "is_disposable_mail": Words(
        "e-mail address made for short use", _NO_EMAIL, "e-mail address made to last"
    ),
    "is_role_address": Words(
        "shared e-mail address such as info@", _NO_EMAIL, "e-mail address of one person"
    ),
    "is_name_in_email": Words(
        "surname is part of the e-mail address",
        "no e-mail address, or no surname to look for in it",
        "surname is not part of the e-mail address",
    ),
    "email_digit_count": Words("digits in the e-mail address ({})", _NO_EMAIL),
    "email_tld": Words("e-mail address ends in .{}", "no e-mail address, or one of a rare ending"),
    "is_email_bounced": Words("an e-mail to the address bounced", "", "no e-mail bounced"),
    "name_part_count": Words("name as given ({})", ""),
    "has_website": Words("website is known", "", "no website"),
    "country": Words("country is {}", "country not known, or a rare one"),
    "is_phone_in_country": Words(
        "phone number of the lead's country",
        "no phone number or no country to compare",
        "phone number of another country",
    ),
    "party_type": Words("kind of party is {}", "kind of party not known"),
    "language": Words("language is {}", "language not known, or a rare one"),
}


def say(feature: Feature, value: float, names: tuple[str, ...] = ()) -> str:
    """Return one value of a feature in words.

    Parameters
    ----------
    feature : Feature
    value : float
        As in the matrix; NaN = missing.
    names : tuple of str
        Values of a category by code.
    """
    words = WORDS.get(feature.name) or _by_title(feature)
    if math.isnan(value):
        return words.missing or f"{feature.title}: not known"
    if feature.kind == "flag":
        return words.value if value else words.no
    if feature.kind == "category":
        name = names[int(value)]
        if name.lower() == "unknown" and words.missing:
            return words.missing.partition(",")[0]
        shown = name.upper() if feature.name == "country" else name
    else:
        share = _SHARES.get(value) if feature.unit == "share" else None
        shown = share or number(feature, value)
    if shown == "0" and feature.unit in _COUNTED:
        return f"no {words.value.removesuffix(' ({})').removesuffix(', ever')}"
    # Not format(): a value may hold braces of its own.
    text = words.value.replace("{}", shown)
    return text.replace(*_OF_DAYS.get(shown, ("", "")))


def say_range(feature: Feature, low: float | None, high: float | None) -> str:
    """Return who shares a range of values: low <= value < high, None = no bound."""
    if low is None and high is None:
        return "those where it is known"
    unit = " days" if feature.unit == "days" else ""
    if low is None and high is not None:
        is_none = _is_whole(feature) and number(feature, high) == "1"
        return "those" if is_none else f"those below {number(feature, high)}{unit}"
    first = number(feature, low or 0.0)
    if high is None:
        is_all = feature.unit == "share" and first == "100%"
        return "those" if is_all else f"those with {first}{unit} or more"
    last = number(feature, high)
    if _is_whole(feature) and first.isdigit() and last.isdigit():
        last = str(int(last) - 1)
        if first == last:  # the value itself, which the sentence has named
            return "those"
    return f"those with {first} to {last}{unit}"


def number(feature: Feature, value: float) -> str:
    """Write a number in the unit of people: logarithms undone, levels named, shares in percent."""
    if feature.name == "created_weekday":
        return _WEEKDAYS[int(value) - 1] if value in range(1, 8) else plain(value)
    if feature.unit == "share":
        return f"{value:.0%}"
    if _LOG_UNIT.fullmatch(feature.unit):
        return plain(math.expm1(value))
    levels = dict(_NAMED_VALUES.findall(feature.unit))
    return levels.get(plain(value)) or plain(value)


def plain(value: float) -> str:
    """Write a number with three digits, or as the whole number that it is."""
    nearest = round(value)
    if abs(value) >= 100 or abs(value - nearest) < 1e-4 * max(1.0, abs(value)):
        return str(nearest)
    return f"{value:.3g}"


def _is_whole(feature: Feature) -> bool:
    return feature.unit in {"days", "digits"} or _LOG_UNIT.fullmatch(feature.unit) is not None


def _by_title(feature: Feature) -> Words:
    if feature.kind == "flag":
        return Words(f"{feature.title}: yes", f"{feature.title}: not given", f"{feature.title}: no")
    if feature.kind == "category":
        rare = f"{feature.title}: not given, or a rare value"
        return Words(f"{feature.title} is {{}}", rare)
    never = feature.null == "never"
    return Words(f"{feature.title} ({{}})", "" if never else f"{feature.title}: not given")
