"""E-mail addresses: the key that identifies, while the address itself stays as given."""

from functools import lru_cache

import idna
import polars as pl

from pipelines.load.normalise.text import clean, cleaned, data_lines, respelled
from pipelines.settings.look_alikes import plain_address

# The dot-atom of RFC 5322 with the letters of RFC 6531; quoted local parts and address literals
# exist in standards and not in CRMs, where they are typing errors.
_LOCAL = r"[\w!#$%&'*+/=?^`{|}~\-]+(?:\.[\w!#$%&'*+/=?^`{|}~\-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?"
_KEY = rf"^{_LOCAL}@(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9\-]{{2,59}})$"
_LONGEST_LOCAL, _LONGEST = 64, 254  # bytes; RFC 5321
# Nine of ten addresses: what `_KEY` allows, in ASCII alone, is its own key.
_PLAIN_LOCAL = r"[a-z0-9_!#$%&'*+/=?^`{|}~\-]+(?:\.[a-z0-9_!#$%&'*+/=?^`{|}~\-]+)*"
_PLAIN = rf"^{_PLAIN_LOCAL}@(?:{_LABEL}\.)+[a-z]{{2,63}}$"
# Typed to get past a mandatory field: they would join strangers into one person.
_NOBODY_WORDS = (
    r"(?:no[._-]?(?:ne|mail|e-?mail|name|address)|n[./_-]?a|null|nil|nobody|unknown|"
    r"not[._-]?(?:provided|available|applicable|given|known)|does[._-]?not[._-]?have|"
    r"dummy|placeholder|do[._-]?not[._-]?use|x{2,}|asdf\w*|test)"
)
_SAME_WORDS = r"(?:none|noemail|nomail|no|na|test|abc|asdf|aaa*|xxx*|mail|email|null|unknown)"
_NOBODY, _SAME_WORD = f"^{_NOBODY_WORDS}$", f"^{_SAME_WORDS}$"
_SUSPECT = f"^(?:{_NOBODY_WORDS}|{_SAME_WORDS})@"


def email_keys(values: pl.Series) -> pl.DataFrame:
    """Normalise addresses.

    Parameters
    ----------
    values : pl.Series
        Utf8, as given; may hold a display name (``Ann <ann@example.org>``).

    Returns
    -------
    pl.DataFrame
        ``email_key`` (Utf8: NFC, lower case, domain as IDNA A-labels; null when the address cannot
        be used or is a placeholder) and ``email_domain`` (Utf8: the domain of the key), one row
        per value. The local part is lower case too: no mailbox provider in use tells case apart,
        and the same person typed twice does differ in case.
    """
    raw = cleaned(values).str.to_lowercase().alias("key")
    shape = raw.str.contains(_PLAIN) & ~raw.str.contains(_SUSPECT)
    domain = raw.str.extract(r"@([^@]+)$").alias("domain")
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
    raw = clean("raw").str.to_lowercase()
    inner = pl.coalesce(raw.str.extract(r"<\s*([^<>\s]+)\s*>\s*$"), raw)
    bare = inner.str.strip_prefix("mailto:").str.normalize("NFC")
    frame = pl.DataFrame({"raw": respelled(values, plain_address)}).select(
        local=bare.str.extract(r"^(.+)@[^@]+$"), domain=bare.str.extract(r"@([^@]+)$")
    )
    frame = frame.with_columns(domain=_ascii_domains(frame["domain"]))
    key = pl.concat_str("local", pl.lit("@"), "domain")
    usable = (
        key.str.contains(_KEY)
        & (pl.col("local").str.len_bytes() <= _LONGEST_LOCAL)
        & (key.str.len_bytes() <= _LONGEST)
        & ~_is_placeholder()
    )
    return frame.select(
        email_key=pl.when(usable).then(key),
        email_domain=pl.when(usable).then("domain"),
    )


def is_free_mail(domain: str) -> pl.Expr:
    """Tell whether a domain column holds a public mailbox provider; null stays null."""
    return pl.col(domain).is_in(data_lines("freemail.txt"))


def domain_keys(values: pl.Series) -> pl.Series:
    """Normalise domains given alone, or as ``@domain`` or a URL. Utf8 -> Utf8, null: unusable."""
    host = clean("raw").str.to_lowercase().str.replace(r"^(?:[a-z]+://)?(?:www\.)?@?", "")
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
    is_foreign = domains.str.contains(r"[^\x00-\x7f]")
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
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None
