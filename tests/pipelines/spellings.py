"""Ways in which people and their programs write the same number."""

from hypothesis import strategies as st

# (as written, country of the row, E.164): worked out by hand.
DECORATED = [
    ("(0xx11) 3123-4567", "BR", "+551131234567"),
    ("01\u202f42\u202f68\u202f53\u202f00", "FR", "+33142685300"),
    ("+33\u202f1\u202f42\u202f68\u202f53\u202f00", "FR", "+33142685300"),
    ("01\u00a042\u00a068\u00a053\u00a000", "FR", "+33142685300"),
    ("01\u00b742\u00b768\u00b753\u00b700", "FR", "+33142685300"),
    ("+1\u2009212\u2009555\u20090123", "US", "+12125550123"),
    ("(212)\t555-0123", "US", "+12125550123"),
    ("212\n555\n0123", "US", "+12125550123"),
    ("+1 212\r\n555 0123", "US", "+12125550123"),
    ("212\u2007555\u20070123", "US", "+12125550123"),
    ("212\u2002555 \u2003 0123", "US", "+12125550123"),
    ("212\u205f555\u30000123", "US", "+12125550123"),
    ("212\u0085555\u20280123", "US", "+12125550123"),
    ("\u200b+1\u200b 212\ufeff5550123\u200d", "US", "+12125550123"),
    ("\u202a+1 212 555 0123\u202c", "US", "+12125550123"),
    ("\u2009+1 212 555 0123\u2009x12", "US", "+12125550123"),
    ("212\u2011555\u20100123", "US", "+12125550123"),
    ("212\u2013555\u22120123", "US", "+12125550123"),
    ("212\u00ad555\u00ad0123", "US", "+12125550123"),
    ("\uff0b\uff11 \uff08\uff12\uff11\uff12\uff09 555\uff0d0123", "US", "+12125550123"),
    ("\ufe59212\ufe5a 555\ufe630123", "US", "+12125550123"),
    (
        "+\u0669\u0667\u0661 \u0665\u0660 \u0661\u0662\u0663 \u0664\u0665\u0666\u0667",
        None,
        "+971501234567",
    ),
    ("\u0968\u0967\u0968-555-0123", "US", "+12125550123"),
    ("2\ufe0f\u20e31\ufe0f\u20e32\ufe0f\u20e3 555 0123", "US", "+12125550123"),
    ("0044\u202f20\u202f7946\u202f0000", None, "+442079460000"),
    ("+44\u202f(0)20\u202f7946\u202f0000", "GB", "+442079460000"),
]

_SPACES = "\t\n\r\x0b\x0c\x85\u00a0\u1680\u2000\u2005\u2007\u2009\u200a\u2028\u202f\u205f\u3000"
_NOTHING = "\u00ad\u200b\u200c\u200d\u200e\u202a\u202c\u2060\u2066\ufe0f\ufeff\x00"
_ZEROS = "0\u0660\u06f0\u0966\u09e6\uff10\U0001d7ce"
_ALIKE = {
    " ": _SPACES,
    "-": "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d\ufe63",
    "+": "\uff0b\ufe62",
    "(": "\uff08\ufe59",
    ")": "\uff09\ufe5a",
    "/": "\uff0f\u2044\u2215",
    **{str(n): [chr(ord(zero) + n) for zero in _ZEROS] for n in range(10)},
}


@st.composite
def decorated(draw: st.DrawFn, plain: str) -> str:
    """The same text in other characters, with white space around and nothing visible between."""
    parts = [draw(st.text(_SPACES + _NOTHING, max_size=2))]
    for letter in plain:
        parts.append(draw(st.sampled_from([letter, letter, *_ALIKE.get(letter, "")])))
        if letter == " ":
            parts.append(draw(st.text(_SPACES, max_size=2)))
        parts.append(draw(st.just("") | st.text(_NOTHING, max_size=2)))
    return "".join([*parts, draw(st.text(_SPACES + _NOTHING, max_size=2))])
