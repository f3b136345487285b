"""Options that several commands share."""

from datetime import date
from typing import Annotated, Literal

from cyclopts import Parameter

Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON.")]
AsOf = Annotated[date | None, Parameter(help="Logical date, YYYY-MM-DD; today in UTC by default.")]
Channel = Literal["email", "phone", "ai_voice", "sms", "mail"]
Handler = Literal["ai", "human"]
FLAG = Parameter(negative="")
Kind = Literal[
    "leads",
    "activities",
    "outcomes",
    "consent",
    "suppressions",
    "attempts",
    "customers",
    "registry",
]
KIND_HELP = (
    "What the files hold, leads if not said. Suppressions: addresses, numbers, domains"
    " (*@x.example) or hashes in hex, MD5, SHA-1 or SHA-256, of a trimmed address in lower case"
    " or of a number as +31612345678."
)
