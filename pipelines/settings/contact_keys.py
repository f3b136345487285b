"""Canonical text of a contact point and its keyed hash: what suppressions are matched by.

A contact point is known by every text that :func:`suppression_keys` or :func:`lookup_keys` gives.
Matching too much is safe here, matching too little is not, so plus-tags, Gmail dots and letter case
are folded. The eligibility stage makes the same texts and hashes in SQL; a test keeps them equal.
"""

import base64
import hashlib
import hmac
import re
import unicodedata
from contextlib import suppress
from functools import partial
from typing import Literal

from pipelines.settings import written_numbers
from pipelines.settings.look_alikes import plain_address, plain_number
from pipelines.settings.written_addresses import every_address

Kind = Literal["email", "phone", "domain", "hash"]

# The forms in which suppression lists are exchanged; no secret is protected by them.
_DIGESTS = (
    partial(hashlib.md5, usedforsecurity=False),
    partial(hashlib.sha1, usedforsecurity=False),
    hashlib.sha256,
)
# A URL, or a wild card as lists write them: *@x.example, @x.example, *.x.example.
BEFORE_HOST = r"^(?:[a-z]+://)?(?:\*?[@.])?(?:www\.)?"
_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")

GMAIL_DOMAINS = frozenset({"gmail.com", "googlemail.com"})


def hmac_hex(secret: bytes, text: str) -> str:
    """Return the HMAC-SHA-256 of the UTF-8 bytes of `text`, 64 lower-case hex digits."""
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def hmac_pads(secret: bytes) -> tuple[bytes, bytes]:
    """Return the inner and outer key block of RFC 2104, for engines that only have SHA-256."""
    block = hashlib.sha256(secret).digest() if len(secret) > 64 else secret
    block = block.ljust(64, b"\x00")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def tag_prefix(secret: bytes) -> str:
    """Return the secret text, 16 characters, that a canonical text is hashed with for its tag.

    So short that most texts still fit one block of MD5, and 96 bits that nobody can guess.
    """
    own = hmac.digest(secret, b"tags of suppressed contact points", "sha256")
    return base64.b64encode(own[:12]).decode("ascii")


def tag_hex(secret: bytes, text: str) -> str:
    """Return the tag of a canonical text: MD5 of prefix and text, 32 lower-case hex digits.

    A second keyed hash, cheap enough for every contact point of every night. It only ever chooses
    which texts are worth the HMAC that decides.
    """
    marked = tag_prefix(secret) + text
    return hashlib.md5(marked.encode(), usedforsecurity=False).hexdigest()


def tag_scheme(secret: bytes) -> str:
    """Return what tells tags of this scheme and key from any others: the tag of a fixed text."""
    return tag_hex(secret, "the scheme of these tags")


def digest_of(text: str) -> str | None:
    """Return what made the plain hash in a canonical text: md5, sha1, sha256; None: it is none."""
    kind, _, value = text.partition(":")
    return {32: "md5", 40: "sha1", 64: "sha256"}.get(len(value)) if kind == "hash" else None


def suppression_keys(kind: Kind, value: str, *, region: str | None = None) -> tuple[str, ...]:
    """Return the canonical texts under which a suppressed contact point is remembered.

    Parameters
    ----------
    kind : {"email", "phone", "domain", "hash"}
        What `value` is; a hash is the hex MD5, SHA-1 or SHA-256 of an address or number.
    value : str
        As typed by a person or read from a file.
    region : str, optional
        ISO 3166-1 alpha-2 country of a phone number in national format.

    Raises
    ------
    ValueError
        `value` cannot be a contact point of that kind; the message does not repeat it.
    """
    if kind == "email":
        return _email_keys(value)
    if kind == "phone":
        return _phone_keys(value, region)
    if kind == "hash":
        return (_hash_key(value),)
    host = re.sub(BEFORE_HOST, "", plain_address(value), flags=re.IGNORECASE)
    return tuple(f"domain:{name}" for name in _domain_names(re.split(r"[/:?#]", host)[0]))


def lookup_keys(
    email_key: str | None = None,
    phones: tuple[str | None, ...] = (),
    email_domain: str | None = None,
    as_given: tuple[str | None, ...] = (),
) -> tuple[str, ...]:
    """Return every canonical text whose suppression binds a lead with these normalised fields.

    Parameters
    ----------
    email_key, email_domain : str or None
        As in table `lead`. A suppressed domain binds its subdomains.
    phones : tuple of str or None
        E.164 numbers, as `lead.phone_e164` and `lead.mobile_e164`.
    as_given : tuple of str or None
        Its addresses and numbers as exported: somebody may have hashed them so.
    """
    keys: list[str] = []
    if email_key is not None:
        keys += [f"email:{email_key}", f"email:{folded_email(email_key)}"]
    keys += [f"phone:{phone}" for phone in phones if phone is not None]
    if email_domain is not None:
        labels = email_domain.split(".")
        keys += ["domain:" + ".".join(labels[n:]) for n in range(max(len(labels) - 1, 1))]
    plain: list[str] = []
    if email_key is not None:
        plain += [email_key, folded_email(email_key), email_key.upper()]
    plain += [text for phone in phones if phone is not None for text in (phone, phone[1:])]
    plain += [text for given in as_given if given is not None for text in (given, given.lower())]
    keys += [f"hash:{make(text.encode()).hexdigest()}" for text in plain for make in _DIGESTS]
    return tuple(dict.fromkeys(keys))


def folded_email(email_key: str) -> str:
    """Fold letter case, plus-tag and Gmail dots of a normalised address.

    The local part is lower-cased letter by letter (no context rules), so that SQL can do the same.
    """
    local, at, domain = email_key.rpartition("@")
    local, domain = _lower(local), _lower(domain)
    local = local.split("+", 1)[0] or local
    if domain in GMAIL_DOMAINS:
        domain = "gmail.com"
        local = local.replace(".", "") or local
    return local + at + domain


def _hash_key(value: str) -> str:
    digest = value.strip().lower()
    if not _HASH.fullmatch(digest):
        raise ValueError("not the hex digest of MD5, SHA-1 or SHA-256")
    return f"hash:{digest}"


def _email_keys(value: str) -> tuple[str, ...]:
    text = unicodedata.normalize("NFC", plain_address(value))
    keys: list[str] = []
    for local, domain in every_address(text):
        # The loader lowers a word as a whole, which makes other letters of a capital İ and final Σ.
        locals_ = (local, unicodedata.normalize("NFC", local.lower()))
        with suppress(ValueError):
            keys += [f"{name}@{host}" for host in _domain_names(domain) for name in locals_]
    if not keys:
        raise ValueError("not an e-mail address")
    return tuple(dict.fromkeys(f"email:{key}" for key in (*keys, *map(folded_email, keys))))


def _domain_names(value: str) -> tuple[str, ...]:
    """Return the ASCII names of a domain; several where IDNA 2003 and UTS 46 disagree."""
    name = _lower(unicodedata.normalize("NFKC", value.strip().rstrip("."))).replace("。", ".")
    labels = name.split(".")
    if len(labels) < 2 or not all(labels) or any(character.isspace() for character in name):
        raise ValueError("not a domain name")
    if value.isascii():
        return (name,)
    plain = ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
        for label in labels
    )
    try:
        older = name.encode("idna").decode("ascii")
    except UnicodeError:
        older = plain
    return tuple(dict.fromkeys((plain, older, _loaded_domain(value) or plain)))


def _loaded_domain(value: str) -> str | None:
    """Return the name that the loader gives an international domain; None: it reads none."""
    import idna  # as rarely needed as it is large

    lowered = unicodedata.normalize("NFC", value.strip().lower())
    try:
        return idna.encode(lowered.rstrip("."), uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None


def _phone_keys(value: str, region: str | None) -> tuple[str, ...]:
    lines = plain_number(re.sub(written_numbers.LINE_ENDS, ";", value.strip()))
    found = written_numbers.pieces(lines)
    # A line end in the midst of one number, or of its extension, ends nothing.
    whole = [plain_number(value)]
    parts = whole if found == [lines] else found if len(found) > 1 else found + whole
    numbers = [n for part in parts for n in _e164s(part, region)]
    if not numbers:
        raise ValueError("not a phone number with a country code")
    return tuple(dict.fromkeys(f"phone:{number}" for number in numbers))


def _e164s(given: str, region: str | None) -> list[str]:
    import phonenumbers  # 30 ms to import, and most commands never parse a number

    bare = written_numbers.unwrapped(given)
    # As the loader reads it; what it would not read is suppressed all the same.
    texts = [bare, given]
    if given.lstrip("( ").startswith("00"):
        texts[1:1] = ["+" + given.lstrip("( ")[2:]]  # a plus, as the loader reads it
    digits = re.sub(r"[() ./-]", "", bare)
    code = str(phonenumbers.country_code_for_region(region)) if region else "+"
    if digits.isdecimal() and (digits.startswith(code) or (bare != given and bare == digits)):
        texts[:0] = ["+" + digits]  # a spreadsheet may have taken the plus
    read = []
    for text in texts:
        with suppress(phonenumbers.NumberParseException):
            read.append(phonenumbers.parse(text, region))
    valid = [number for number in read if phonenumbers.is_valid_number(number)]
    form = phonenumbers.PhoneNumberFormat.E164
    return [str(phonenumbers.format_number(number, form)) for number in (valid or read[:1])]


def _lower(text: str) -> str:
    # Python gives two characters for the dotted capital I, and a context rule for final sigma;
    # every other letter has one simple lower-case letter, which is what DuckDB uses.
    return "".join("i" if letter == "İ" else letter.lower() for letter in text)
