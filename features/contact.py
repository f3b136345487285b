"""How good and how coherent the contact data is.

Names, addresses and countries count as immutable: they are what the lead came with, an
approximation where a CRM lets people correct them. A bounce carries its own time, so it is known at
any past date (of several bounces a CRM keeps the last one only).
"""

from typing import Final

import polars as pl

from features.expressions import has_text
from features.mailhosts import DISPOSABLE_DOMAINS, FREE_MAIL_DOMAINS, ROLE_LOCAL_PARTS
from features.schema import AS_OF
from features.spec import Feature, Known

# Country (ISO 3166 alpha-2) -> international calling code, from ITU-T E.164; the countries that a
# Western backlog mostly holds. Countries that share +1 or +7 share them here too.
_CALLING_CODES: Final[dict[str, str]] = {
    "AE": "+971", "AR": "+54", "AT": "+43", "AU": "+61", "BE": "+32", "BG": "+359", "BR": "+55",
    "CA": "+1", "CH": "+41", "CL": "+56", "CN": "+86", "CO": "+57", "CY": "+357", "CZ": "+420",
    "DE": "+49", "DK": "+45", "EE": "+372", "EG": "+20", "ES": "+34", "FI": "+358", "FR": "+33",
    "GB": "+44", "GR": "+30", "HK": "+852", "HR": "+385", "HU": "+36", "ID": "+62", "IE": "+353",
    "IL": "+972", "IN": "+91", "IS": "+354", "IT": "+39", "JP": "+81", "KE": "+254", "KR": "+82",
    "LT": "+370", "LU": "+352", "LV": "+371", "MA": "+212", "MT": "+356", "MX": "+52",
    "MY": "+60", "NG": "+234", "NL": "+31", "NO": "+47", "NZ": "+64", "PE": "+51", "PH": "+63",
    "PK": "+92", "PL": "+48", "PT": "+351", "RO": "+40", "RS": "+381", "RU": "+7", "SA": "+966",
    "SE": "+46", "SG": "+65", "SI": "+386", "SK": "+421", "TH": "+66", "TR": "+90", "TW": "+886",
    "UA": "+380", "US": "+1", "VN": "+84", "ZA": "+27",
}  # fmt: skip

_NO_EMAIL = "no usable e-mail address"
_LEAST_NAME_LETTERS = 3  # shorter surnames occur in any address by chance

_domain = pl.col("email_domain").str.to_lowercase()
_local = pl.col("email_key").str.to_lowercase().str.extract(r"^([^@]+)@")
_surname = (
    pl.col("last_name").str.normalize("NFKD").str.replace_all(r"[^\p{L}]+", "").str.to_lowercase()
)
_phone = pl.coalesce("phone_e164", "mobile_e164")
_calling_code = pl.col("country").replace_strict(
    list(_CALLING_CODES), list(_CALLING_CODES.values()), default=None, return_dtype=pl.String
)
_full = pl.col("full_name").str.strip_chars()
_full_parts = (
    pl.when(_full.str.contains(" ", literal=True))
    .then(2)
    .when(_full.str.len_bytes() > 0)
    .then(1)
    .otherwise(0)
)
_given_parts = has_text("first_name").cast(pl.Int32) + has_text("last_name").cast(pl.Int32)


def _flag(
    name: str, inputs: tuple[str, ...], null: str, title: str, expr: pl.Expr, known: Known
) -> Feature:
    return Feature(name, "contact", "flag", "0/1", inputs, known, null, title, expr)


def _category(name: str, column: str, title: str, expr: pl.Expr) -> Feature:
    null = f"{column} unknown or too rare to know"
    return Feature(
        name, "contact", "category", "code", (column,), Known.IMMUTABLE, null, title, expr
    )


FEATURES: Final[tuple[Feature, ...]] = (
    _flag(
        "is_free_mail",
        ("email_domain",),
        _NO_EMAIL,
        "e-mail address of a free provider",
        _domain.is_in(list(FREE_MAIL_DOMAINS)),
        Known.IMMUTABLE,
    ),
    _flag(
        "is_disposable_mail",
        ("email_domain",),
        _NO_EMAIL,
        "throw-away e-mail address",
        _domain.is_in(list(DISPOSABLE_DOMAINS)),
        Known.IMMUTABLE,
    ),
    _flag(
        "is_role_address",
        ("email_key",),
        _NO_EMAIL,
        "shared address such as info@ or sales@",
        _local.is_in(list(ROLE_LOCAL_PARTS)),
        Known.IMMUTABLE,
    ),
    _flag(
        "is_name_in_email",
        ("email_key", "last_name"),
        "no e-mail address, or no surname of three letters or more",
        "surname is part of the e-mail address",
        pl.when(_surname.str.len_chars() >= _LEAST_NAME_LETTERS).then(
            _local.str.contains(_surname, literal=True)
        ),
        Known.IMMUTABLE,
    ),
    Feature(
        "email_digit_count",
        "contact",
        "number",
        "digits",
        ("email_key",),
        Known.IMMUTABLE,
        _NO_EMAIL,
        "digits in the e-mail address",
        _local.str.count_matches("[0-9]"),
    ),
    _category(
        "email_tld",
        "email_domain",
        "ending of the e-mail domain",
        _domain.str.extract(r"\.([^.]+)$"),
    ),
    _flag(
        "is_email_bounced",
        ("email_bounced_at", AS_OF),
        "never",
        "e-mail to this address bounced",
        (pl.col("email_bounced_at") < pl.col(AS_OF)).fill_null(value=False),
        Known.EVENT,
    ),
    Feature(
        "name_part_count",
        "contact",
        "number",
        "0 = none, 1 = one name, 2 = first and last name",
        ("first_name", "last_name", "full_name"),
        Known.IMMUTABLE,
        "never",
        "parts of the name that are known",
        pl.max_horizontal(_given_parts, _full_parts),
    ),
    _flag(
        "has_website",
        ("website",),
        "never",
        "website is known",
        has_text("website"),
        Known.IMMUTABLE,
    ),
    _category("country", "country", "country", pl.col("country")),
    _flag(
        "is_phone_in_country",
        ("phone_e164", "mobile_e164", "country"),
        "no phone number, no country, or a country without a known calling code",
        "phone number belongs to the lead's country",
        _phone.str.starts_with(_calling_code),
        Known.IMMUTABLE,
    ),
    _category(
        "party_type", "party_type", "organisation, sole trader or consumer", pl.col("party_type")
    ),
    _category("language", "language", "language", pl.col("language")),
)
