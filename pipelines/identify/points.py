"""What names nobody: addresses of desks and made-up ones, and points that too many leads have."""

from typing import Final

MAX_LEADS_PER_KEY: Final = 20
ROLE_NAMES: Final = (
    "info", "sales", "contact", "office", "admin", "hello", "mail", "support", "marketing",
    "enquiries", "enquiry", "reception", "accounts", "billing", "hr", "jobs", "team", "service",
    "verkauf", "vertrieb", "kontakt", "buchhaltung", "verkoop", "noreply", "no-reply", "webmaster",
)  # fmt: skip
PLACEHOLDER_NAMES: Final = (
    "none", "noemail", "no-email", "no_email", "nomail", "nobody", "test", "testing", "unknown",
    "na", "n.a", "null", "x", "xx", "xxx", "abc", "asdf", "aaa", "fake", "dummy", "example",
    "anonymous", "notprovided", "not-provided", "nan", "undefined", "keine", "geen",
)  # fmt: skip
