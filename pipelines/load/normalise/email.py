"""E-mail addresses: the key that identifies, while the address itself stays as given."""

import unicodedata
from functools import lru_cache

import idna
import polars as pl

from pipelines.load.normalise.text import clean, cleaned, respelled
from pipelines.settings.contact_keys import BEFORE_HOST
from pipelines.settings.look_alikes import plain_address
from pipelines.settings.written_addresses import (
    DOT_ATOM,
    INSIDE,
    PLAIN_ADDRESS,
    QUOTED_ADDRESS,
    SEPARATORS,
    TRAILING,
    WRAPPINGS,
)

# RFC 5321 and 6531: any letter that is written, no control and no space.
_LETTER = r"[a-z0-9!#$%&'*+/=?^_`{|}~\-[[^\x00-\x7f]--[\p{C}\p{Z}≮≯]]]"
_QUOTED = r'"(?:[ !#-\[\]-~[[^\x00-\x7f]--[\p{C}\p{Z}≮≯]]]|\\["\\])+"'
_LABEL = r"[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?"
_KEY = (
    rf"^(?:{_LETTER}+(?:\.{_LETTER}+)*|{_QUOTED})"
    rf"@(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9\-]{{2,59}})$"
)
_LONGEST_LOCAL, _LONGEST = 64, 254  # bytes; RFC 5321
# Set aside by RFC 6761 and 6762: nothing there can be written to. `example` is too, and stays,
# because nobody is there to be written to by mistake.
_NOWHERE = r"\.(?:arpa|invalid|local|localhost|onion|test)$"
# Two letters and two hyphens say that a label is encoded; IDNA alone can read it.
_ENCODED = r"(?:^|[@.])[^@.]{2}--"
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
# Inside quotes a control character is damage; outside it is white space.
_BROKEN_QUOTE = r'(?s)"[^"]*[\x00-\x1f\x7f]'
# Nine of ten addresses: what `_KEY` allows, in ASCII alone, is its own key.
_PLAIN_LOCAL = r"[a-z0-9_!#$%&'*+/=?^`{|}~\-]+(?:\.[a-z0-9_!#$%&'*+/=?^`{|}~\-]+)*"
_PLAIN = rf"^{_PLAIN_LOCAL}@(?:{_LABEL}\.)+[a-z]{{2,63}}$"
# Typed to get past a mandatory field: they would join strangers into one person.
_NOBODY_WORDS = (
    r"(?:no[._-]?(?:ne|mail|e-?mail|name|address)|n[./_-]?a|null|nil|nobody|unknown|"
    r"not[._-]?(?:provided|available|applicable|given|known)|does[._-]?not[._-]?have|"
    r"dummy|placeholder|do[._-]?not[._-]?use|x{2,}|asdf\w*)"
)
_SAME_WORDS = r"(?:none|noemail|nomail|no|na|test|abc|asdf|aaa*|xxx*|mail|email|null|unknown)"
_SCHEMA = {"email_key": pl.String, "email_domain": pl.String}
_NOBODY, _SAME_WORD = f"^{_NOBODY_WORDS}$", f"^{_SAME_WORDS}$"
_SUSPECT = f"^(?:{_NOBODY_WORDS}|{_SAME_WORDS})@|{_ENCODED}|{_NOWHERE}"


def email_keys(values: pl.Series) -> pl.DataFrame:
    """Normalise addresses.

    Parameters
    ----------
    values : pl.Series
        Utf8, as given; may hold a display name (``Ann <ann@example.org>``), ``mailto:``, quotes.
        Two different addresses in one cell are none.

    Returns
    -------
    pl.DataFrame
        ``email_key`` (Utf8: NFC, lower case, domain as IDNA A-labels; null when the address cannot
        be used or is a placeholder) and ``email_domain`` (Utf8: the domain of the key), one row
        per value. The local part is lower case too: no mailbox provider in use tells case apart,
        and the same person typed twice does differ in case.
    """
    if values.null_count() == len(values):
        return pl.DataFrame(schema=_SCHEMA).clear(n=len(values))
    raw = cleaned(values).str.to_lowercase().alias("key")
    shape = raw.str.contains(_PLAIN) & ~raw.str.contains(_SUSPECT)
    # Of a plain one, which has one such sign and is ASCII; of others it is not asked.
    domain = raw.str.slice(raw.str.find("@", literal=True) + 1).alias("domain")
    size = raw.str.len_bytes()
    is_plain = shape & (size <= _LONGEST) & (size - domain.str.len_bytes() <= _LONGEST_LOCAL + 1)
    found = pl.DataFrame([raw, domain]).select(
        email_key=pl.when(is_plain).then("key"), email_domain=pl.when(is_plain).then("domain")
    )
    left = (raw.is_not_null() & ~is_plain).arg_true()
    if left.is_empty():
        return found
    rest = any_address(values.gather(left))
    return found.with_columns(
        found[name].scatter(left, rest[name]) for name in ("email_key", "email_domain")
    )


def any_address(values: pl.Series) -> pl.DataFrame:
    """Normalise addresses as `email_keys` does, with all of its rules on every cell."""
    given = cleaned(values).to_frame("g")
    whole = given.select(pl.when(~pl.col("g").str.contains(_BROKEN_QUOTE)).then("g"))["g"]
    raw = cleaned(respelled(whole, plain_address)).str.to_lowercase().str.normalize("NFC")
    found = _one_address(raw)
    several = (raw.str.count_matches("@") > 1).fill_null(value=False).arg_true()
    if several.is_empty():
        return found
    # Nobody has said which of two addresses is the lead's, and an opt-out of either would have to
    # hold for it: a cell is read only where all of its addresses are one.
    parts = _parts(raw, several)
    keys = parts.select("row").hstack(_one_address(parts["part"]))
    keys = keys.join(
        found.select(row=pl.int_range(pl.len(), dtype=pl.UInt32), whole="email_key"), on="row"
    )
    told = pl.col("email_key").drop_nulls()
    agreed = keys.group_by("row", maintain_order=True).agg(
        pl.col("email_key", "email_domain").first(),
        is_one=(pl.col("email_key").null_count() == 0) & (told.n_unique() == 1),
        # A name in front of it may hold an at sign, and another address too.
        is_told=pl.col("whole").first().is_not_null()
        & ((told.n_unique() == 0) | (told == pl.col("whole").first()).all()),
    )
    read = agreed.filter(~pl.col("is_told")).with_columns(
        pl.when("is_one").then("email_key").alias("email_key"),
        pl.when("is_one").then("email_domain").alias("email_domain"),
    )
    return found.with_columns(
        found[name].scatter(read["row"], read[name]) for name in ("email_key", "email_domain")
    )


def every_address(values: pl.Series) -> pl.DataFrame:
    """Return each usable address of cells that hold more than one: of a list of suppressions.

    Returns
    -------
    pl.DataFrame
        ``row`` (UInt32) and ``email_key``; a cell without two ``@`` has no row here.
    """
    raw = cleaned(respelled(values, plain_address)).str.to_lowercase().str.normalize("NFC")
    rows = (raw.str.count_matches("@") > 1).fill_null(value=False).arg_true()
    inside = pl.DataFrame({"row": rows, "part": raw.gather(rows).str.extract_all(INSIDE)})
    parts = pl.concat([_parts(raw, rows), inside.explode("part").drop_nulls("part")])
    keys = parts.select("row").hstack(_one_address(parts["part"]))
    return (
        keys.filter(pl.col("email_key").is_not_null())
        .select("row", "email_key")
        .unique(maintain_order=True)
    )


def _parts(raw: pl.Series, rows: pl.Series) -> pl.DataFrame:
    """Split cells at whatever separates addresses: ``row`` and ``part``, those with an ``@``."""
    text = raw.gather(rows).str.replace_all(SEPARATORS, " ").str.split(" ")
    parts = pl.DataFrame({"row": rows, "part": text}).explode("part")
    return parts.filter(pl.col("part").str.contains("@", literal=True))


def _one_address(raw: pl.Series) -> pl.DataFrame:
    """Read lower-case cells that hold one address, whatever stands around it."""
    text = raw.str.strip_chars_end(TRAILING)
    # One step after the other: as one expression each would be worked out twice by the next.
    for rule in WRAPPINGS:
        inside = text.str.extract(rule)
        text = inside.zip_with(inside.is_not_null(), text)
    quoted, plain = pl.col("text").str.extract, pl.col("text").str.extract
    inner = (
        quoted(QUOTED_ADDRESS, 1).str.slice(1).str.head(-1).str.replace_all(r"(?s)\\(.)", "${1}")
    )
    marked = inner.str.replace_all(r'(["\\])', r"\${1}")
    frame = text.to_frame("text").select(
        local=pl.when(inner.str.contains(DOT_ATOM))
        .then(inner)
        .when(inner.is_not_null())
        .then(pl.concat_str(pl.lit('"'), marked, pl.lit('"')))
        .otherwise(plain(PLAIN_ADDRESS, 1)),
        domain=pl.coalesce(quoted(QUOTED_ADDRESS, 2), plain(PLAIN_ADDRESS, 2)),
    )
    frame = frame.with_columns(domain=_ascii_domains(frame["domain"]))
    key = pl.concat_str("local", pl.lit("@"), "domain")
    usable = (
        key.str.contains(_KEY)
        & ~pl.col("domain").str.contains(_NOWHERE)
        & ~pl.col("local").str.contains(r"^\p{M}")
        & (pl.col("local").str.len_bytes() <= _LONGEST_LOCAL)
        & (key.str.len_bytes() <= _LONGEST)
        & ~_is_placeholder()
    )
    return frame.select(
        email_key=pl.when(usable).then(key),
        email_domain=pl.when(usable).then("domain"),
    )


def domain_keys(values: pl.Series) -> pl.Series:
    """Normalise domains given alone, or as ``@domain`` or a URL. Utf8 -> Utf8, null: unusable."""
    host = clean("raw").str.to_lowercase().str.replace(BEFORE_HOST, "")
    frame = pl.DataFrame({"raw": respelled(values, plain_address)}).select(
        host=host.str.extract(r"^([^/:?#\s@]+)")
    )
    ascii_host = _ascii_domains(frame["host"])
    shape = rf"^(?:{_LABEL}\.)+[a-z][a-z0-9\-]+$"
    return (
        ascii_host.to_frame("host")
        .select(pl.when(pl.col("host").str.contains(shape)).then("host"))["host"]
        .alias(values.name)
    )


def _is_placeholder() -> pl.Expr:
    first_label = pl.col("domain").str.extract(r"^([^.]+)\.")
    same = (pl.col("local") == first_label) & pl.col("local").str.contains(_SAME_WORD)
    nobody = pl.col("local").str.contains(_NOBODY)
    return same.fill_null(value=False) | nobody.fill_null(value=False)


def _ascii_domains(domains: pl.Series) -> pl.Series:
    """Turn international domains into A-labels: once per distinct value, ASCII untouched."""
    is_foreign = domains.str.contains(rf"[^\x00-\x7f]|{_ENCODED}")
    foreign = domains.filter(is_foreign.fill_null(value=False)).unique()
    if foreign.is_empty():
        return domains
    known = {text: _idna(text) for text in foreign.to_list()}
    return domains.to_frame("d").select(
        pl.when(is_foreign)
        .then(pl.col("d").replace_strict(known, default=None, return_dtype=pl.String))
        .otherwise("d")
        .alias("d")
    )["d"]


@lru_cache(maxsize=65_536)
def _idna(domain: str) -> str | None:
    try:
        name = idna.encode(domain, uts46=True).decode("ascii")
        # Labels that came encoded are judged as what they spell, beside the others (RFC 5893).
        labels = idna.decode(name).split(".")
        if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in "".join(labels)):
            for label in labels:
                idna.check_bidi(label, check_ltr=True)
        return name
    except (idna.IDNAError, UnicodeError):
        return None
