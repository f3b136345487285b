"""Match the own suppression list, which holds keyed hashes only, with every lead.

An HMAC of every contact point of every lead would be most of a night. So each entry has a cheap
second hash, its tag; only texts of a known tag get an HMAC, and that decides. So a wrong tag can
make nobody suppressed, but it can hide its entry: the ledger notes what made its tags, and gives
only those of the present scheme and key. Entries without a tag are matched without this short cut.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pipelines.errors import RefusedError
from pipelines.settings.contact_keys import hmac_pads, tag_prefix
from pipelines.store import Database, sql

_STATEMENTS: Final = {
    "suppressed_domain.sql": ("domain",),
    "suppressed_hash.sql": ("hash",),
    "suppressed.sql": ("email", "phone"),
}
_DIGESTS: Final = ("md5", "sha1", "sha256")


def match_suppressions(db: Database, as_of: datetime, secrets: Sequence[bytes]) -> None:
    """Append what is suppressed to the temporary table `eligible_lead_fact`.

    Parameters
    ----------
    db : Database
        Holds `suppression` and `lead`, and the macros of this stage.
    as_of : datetime
        Entries that ended before it bind no more.
    secrets : sequence of bytes
        Each may have made any of the entries.
    """
    rows = db.frame(sql(__package__, "suppressed_kinds.sql"), as_of=as_of).rows()
    is_tagged: dict[str, bool] = {}
    for kind, _, tagged in rows:
        is_tagged[kind] = tagged and is_tagged.get(kind, True)
    made_by = {digest for kind, digest, _ in rows if kind == "hash"}
    digests = [name for name in _DIGESTS if name in made_by or None in made_by]
    for secret in secrets:
        for name, wanted in _STATEMENTS.items():
            present = [kind for kind in wanted if kind in is_tagged]
            if present:
                all_tagged = all(is_tagged[kind] for kind in present)
                _match(db, name, as_of, secret, digests, is_tagged=all_tagged)


def check_suppressions(db: Database, secrets: Sequence[bytes]) -> None:
    """Refuse a list that could not be matched.

    Raises
    ------
    RefusedError
        There is no key, or an entry is of no kind or has no hash.
    """
    entries = db.scalar("SELECT count(*) FROM suppression")
    if entries and not secrets:
        raise RefusedError(
            f"{entries} suppressions and no key to match them with",
            expected="the HMAC key they were made with",
            fix="restore secrets/hmac.key of this home",
        )
    unknown = db.scalar(
        "SELECT count(*) FROM suppression WHERE key_hmac IS NULL OR kind IS NULL"
        " OR kind NOT IN ('email', 'phone', 'domain', 'hash')"
    )
    if unknown:
        raise RefusedError(
            f"{unknown} suppressions that no contact point could ever match",
            expected="kind email, phone, domain or hash, and a key",
            fix="rebuild table suppression from the ledger",
        )


def _match(
    db: Database,
    name: str,
    as_of: datetime,
    secret: bytes,
    digests: Sequence[str],
    *,
    is_tagged: bool,
) -> None:
    inner, outer = hmac_pads(secret)
    made = ", ".join(f"{digest}(plain)" for digest in digests)
    db.run(
        sql(__package__, name).replace("__digests__", made),
        as_of=as_of,
        inner_pad=inner,
        outer_pad=outer,
        tag_prefix=tag_prefix(secret),
        is_tagged=is_tagged,
    )
