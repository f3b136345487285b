"""The words by which colleagues and households are known: for the list and for the claims."""

import re
from typing import Final

# What stands between words, and counts as one blank.
BETWEEN_WORDS: Final = re.compile(r"[\W_]+")
# Written where there is no company: everybody of them would be colleagues.
NO_COMPANY: Final = frozenset(
    {
        "confidential",
        "freelance",
        "freelancer",
        "individual",
        "n a",
        "na",
        "nil",
        "no company",
        "none",
        "not provided",
        "null",
        "other",
        "private",
        "privat",
        "retired",
        "self",
        "self employed",
        "selfemployed",
        "student",
        "tbd",
        "test",
        "unemployed",
        "unknown",
    }
)
LEGAL_FORM: Final = re.compile(
    r"(?: (?:ab|ag|as|bv|b v|co|corp|corporation|gmbh|gmbh co kg|inc|incorporated|kg|limited|llc|"
    r"llp|ltd|nv|n v|oy|plc|pty|pty ltd|sa|s a|sarl|sas|sl|spa|srl|ug))+$"
)
# RFC 2606: names for examples, of which no company has one.
NOBODYS: Final = frozenset({"example.com", "example.net", "example.org"})
