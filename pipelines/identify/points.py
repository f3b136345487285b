"""What names nobody: addresses of desks and made-up ones, and points that too many leads have."""

from typing import Final

from features.mailhosts import ROLE_LOCAL_PARTS

MAX_LEADS_PER_KEY: Final = 20
# Made-up local parts. That `test` and the like, and the desks of a firm, are nobody's either says
# `features.mailhosts`, for the whole product.
PLACEHOLDER_NAMES: Final = (
    "none", "noemail", "no-email", "no_email", "nomail", "no-mail", "no_mail", "nobody", "noone",
    "testing", "tester", "testuser", "test1", "test123", "unknown", "unbekannt", "na", "n.a", "n/a",
    "null", "nil", "x", "xx", "xxx", "xxxx", "abc", "abcd", "aaa", "asd",
    "asdf", "asdfasdf", "qwerty", "foo", "foobar", "fake", "dummy", "example", "sample",
    "anonymous", "anon", "notprovided", "not-provided", "not_provided", "notavailable",
    "nan", "undefined", "email", "e-mail", "mail1", "noname", "blank", "empty", "tbd", "xyz",
    "123", "1234", "12345",
    "keine", "geen", "ninguno", "aucun", "inconnu", "nessuno",
)  # fmt: skip
NAMELESS: Final = (*ROLE_LOCAL_PARTS, *PLACEHOLDER_NAMES)
