"""What makes two headers the same header, however a program or a person has spelt it."""

import re
import unicodedata

# Marks around or in front of a header that are no part of its name.
_WRAPPING = " \t\r\n\u00a0\u200b\ufeff\"'`\u201c\u201d\u201e\u00ab\u00bb"
_GAP = re.compile(r"[\s_]+")


def plain(header: str) -> str:
    """Reduce a header to its words: no quotes or byte order mark around it, one case, one blank."""
    text = unicodedata.normalize("NFKC", header).strip(_WRAPPING).casefold()
    return " ".join(text.split())


def joined(header: str) -> str:
    """Reduce a header further: ``Lead Source``, ``LeadSource`` and ``lead_source`` are one."""
    return _GAP.sub("", plain(header))
