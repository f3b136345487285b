"""Why a record is set aside."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a record was set aside."""

    TOO_FEW_FIELDS = "too_few_fields"
    TOO_MANY_FIELDS = "too_many_fields"
    BAD_QUOTING = "bad_quoting"
    UNCLOSED_QUOTE = "unclosed_quote"
    TOO_LONG = "too_long"
    INVALID_ENCODING = "invalid_encoding"
    NUL_BYTE = "nul_byte"
    BARE_CR = "bare_cr"
    INVALID_JSON = "invalid_json"
    EMPTY_RECORD = "empty_record"
    MISSING_VALUE = "missing_value"
    UNREADABLE_DATE = "unreadable_date"
    UNKNOWN_VALUE = "unknown_value"
    NO_USABLE_KEY = "no_usable_key"
