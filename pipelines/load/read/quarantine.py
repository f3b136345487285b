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
    REPEATED_HEADER = "repeated_header"
    JOINED_ABOVE = "joined_above"
    INVALID_JSON = "invalid_json"
    EMPTY_RECORD = "empty_record"
    FOOTER = "footer"
    MISSING_VALUE = "missing_value"
    UNREADABLE_DATE = "unreadable_date"
    UNKNOWN_VALUE = "unknown_value"
    NO_USABLE_KEY = "no_usable_key"
    NO_OUTCOME = "no_outcome"
    NOT_CORRECTED = "not_corrected"
    UNKNOWN_RECORD = "unknown_record"
    # Its person was erased: nothing of it is kept.
    ERASED = "erased"


# Of these the payload is the record's own text; of all others it is a JSON object of its cells.
OF_BYTES = frozenset(
    {
        Reason.TOO_FEW_FIELDS,
        Reason.TOO_MANY_FIELDS,
        Reason.BAD_QUOTING,
        Reason.UNCLOSED_QUOTE,
        Reason.TOO_LONG,
        Reason.INVALID_ENCODING,
        Reason.NUL_BYTE,
        Reason.BARE_CR,
        Reason.REPEATED_HEADER,
        Reason.JOINED_ABOVE,
        Reason.INVALID_JSON,
    }
)
