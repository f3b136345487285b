"""One line of the audit log: how it is written, and whether it is what was written."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipelines.errors import RefusedError
from pipelines.settings.home import Home

Fact = str | int | float | bool | list[str] | list[int] | dict[str, int] | None
"""What an entry may say: ids, keys, counts and hashes, never a contact point or a name."""

START = "0" * 64
"""What stands for the line before the first."""

_PURPOSE = b"lead-triage audit log, key 1"
_RESERVED = frozenset({"n", "at", "who", "action", "prev", "mac"})
# Both hashes stand at the end, in fixed places: a line is checked without reading its JSON.
_END = re.compile(rb',"prev":"([0-9a-f]{64})","mac":"([0-9a-f]{64})"\}')
_END_BYTES = len(',"prev":"","mac":""}') + 128
_MAC_BYTES = len(',"mac":""}') + 64
_BEGIN = re.compile(
    rb'\{"n":([0-9]{1,18}),"at":"([0-9]{4}-[0-9]{2})-[^"]{17,18}Z",'
    rb'"who":"(?:[^"\\]|\\.)*","action":"([a-z_]+)"'
)


@dataclass(frozen=True)
class Line:
    """What the chain needs of one line.

    Attributes
    ----------
    number : int
        Its place in the log, from 1.
    month : str
        ``2026-11``: the file it belongs into, or a later one where the clock went back.
    action : str
    prev, mac : str
        Hash of the line before, and its own, hex.
    """

    number: int
    month: str
    action: str
    prev: str
    mac: str


def audit_key(home: Home) -> bytes:
    """Return the key of the hashes of the audit log, made of the secret of the home.

    Raises
    ------
    RefusedError
        The secret is gone.
    """
    try:
        secret = home.secret()
    except (OSError, ValueError):
        raise RefusedError(
            "secrets/hmac.key of this home is gone or damaged",
            expected="the key that the audit log is sealed with",
            fix="restore it from a backup",
        ) from None
    return hmac.digest(secret, _PURPOSE, hashlib.sha256)


def seal(key: bytes, number: int, mac: str) -> str:
    """Return the keyed hash that vouches for `number` and `mac` as the end of the log."""
    return hmac.digest(key, f"end {number} {mac}".encode(), hashlib.sha256).hex()


def written(
    key: bytes, number: int, prev: str, at: datetime, who: str, action: str,
    facts: Mapping[str, Fact],
) -> tuple[str, str]:  # fmt: skip
    """Return one line of the log without its line end, and its hash.

    Raises
    ------
    ValueError
        A fact is called like a field of the chain.
    """
    if taken := _RESERVED & facts.keys():
        raise ValueError(f"no fact may be called {sorted(taken)}")
    when = f"{at.isoformat(timespec='microseconds')}Z"
    entry = {"n": number, "at": when, "who": who, "action": action, **facts, "prev": prev}
    body = json.dumps(entry, separators=(",", ":"))[:-1]
    mac = hmac.digest(key, body.encode(), hashlib.sha256).hex()
    return f'{body},"mac":"{mac}"}}', mac


def read(line: bytes) -> Line | None:
    """Return what the chain needs of one line without its line end; None: it is none of ours.

    Its hash is not checked: see :func:`is_ours`.
    """
    begin, end = _BEGIN.match(line), _END.fullmatch(line, max(len(line) - _END_BYTES, 0))
    if begin is None or end is None:
        return None
    number, month, action = int(begin[1]), begin[2].decode(), begin[3].decode()
    return Line(number, month, action, end[1].decode(), end[2].decode())


def is_ours(key: bytes, line: bytes, mac: str) -> bool:
    """Tell whether the hash of a line is that of its bytes."""
    found = hmac.digest(key, line[:-_MAC_BYTES], hashlib.sha256).hex()
    return hmac.compare_digest(found, mac)
