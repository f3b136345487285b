"""Look in a home for anybody listed or open who is on the suppression list: plain Python and SQL.

    python benchmarks/check_floor.py HOME

Nothing of the product is imported. The entries are read from the ledger with SQLite, the leads from
the published file with DuckDB, and every contact point is spelt and hashed here, by RFC 2104 and
the rules that the README states. Prints what was compared, and how many persons are listed, or open
on a channel, though one of their leads is suppressed there; 0 is the only good number (exit 1).
"""

import argparse
import hashlib
import hmac
import json
import resource
import sqlite3
import sys
import time
from pathlib import Path

import duckdb

CHANNELS = ("email", "phone", "ai_voice", "sms", "mail")
EVERY = frozenset(CHANNELS)
CLOSED_BY = {"": EVERY, "phone": frozenset({"phone", "ai_voice", "sms"})}


def entries(ledger: Path, at: str) -> dict[bytes, frozenset[str]]:
    """Return the keyed hashes in force and the channels that each closes."""
    known: dict[bytes, frozenset[str]] = {}
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as db:
        for key, channel, until in db.execute("SELECT key_hmac, channel, until FROM suppression"):
            if until and until <= at:
                continue
            key = key if isinstance(key, bytes) else bytes.fromhex(key)
            closed = CLOSED_BY.get(channel or "", frozenset({channel}))
            known[key] = known.get(key, frozenset()) | closed
    return known


def mailbox(address: str) -> str:
    """Fold an address: no plus-tag, and for Gmail no dots."""
    local, _, host = address.lower().rpartition("@")
    local = local.split("+", 1)[0] or local
    if host in ("gmail.com", "googlemail.com"):
        return (local.replace(".", "") or local) + "@gmail.com"
    return f"{local}@{host}"


def texts(email, phone, mobile, given) -> set[str]:
    """Everything under which a suppression may name a lead."""
    found, plain = set(), set()
    if email:
        plain |= {email, mailbox(email), email.upper()}
        found |= {f"email:{email}", f"email:{mailbox(email)}"}
        labels = email.rpartition("@")[2].split(".")
        found |= {"domain:" + ".".join(labels[n:]) for n in range(max(len(labels) - 1, 1))}
    for number in {phone, mobile} - {None}:
        found.add(f"phone:{number}")
        plain |= {number, number[1:]}
    plain |= {text for one in given if one for text in (one, one.lower())}
    for text in plain:
        for make in (hashlib.md5, hashlib.sha1, hashlib.sha256):
            found.add("hash:" + make(text.encode()).hexdigest())
    return found


def open_people(db: duckdb.DuckDBPyConnection):
    """Yield the channels open to a person and one of its leads, batch by batch."""
    masks = ", ".join(f"{channel}_reasons = 0" for channel in CHANNELS)
    columns = {row[0] for row in db.execute("DESCRIBE lead").fetchall()}
    given = ", ".join(name if name in columns else "NULL" for name in ("email", "phone", "mobile"))
    db.execute(
        f"""
        CREATE TEMP TABLE person_open AS
        SELECT person_key, [{masks}] AS open
        FROM eligibility
        WHERE list_contains([{masks}], true)
        """
    )
    cursor = db.execute(
        f"""
        SELECT person_open.person_key, person_open.open, email_key, phone_e164, mobile_e164, {given}
        FROM person_open
        JOIN dedupe_link USING (person_key)
        JOIN lead ON lead.lead_key = dedupe_link.lead_key
        """
    )
    while rows := cursor.fetchmany(50_000):
        yield from rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("--no-hashes", action="store_true", help="no plain hashes are on the list")
    arguments = parser.parse_args()
    home, began = arguments.home, time.monotonic()
    secret = bytes.fromhex((home / "secrets/hmac.key").read_text().strip())
    key = hmac.new(secret, None, hashlib.sha256)

    def keyed(text: str) -> bytes:
        made = key.copy()
        made.update(text.encode())
        return made.digest()

    with duckdb.connect(str((home / "store/leads.duckdb").resolve()), read_only=True) as db:
        db.execute("SET enable_progress_bar = false")
        as_of = db.execute(
            "SELECT as_of FROM run WHERE run_id ="
            " (SELECT value FROM meta WHERE key = 'nightly_run_id')"
        ).fetchone()[0]
        known = entries(home / "store/ledger.sqlite", as_of.isoformat())
        listed = dict(
            db.execute(
                "SELECT person_key, channel FROM decision WHERE verdict = 'listed'"
            ).fetchall()
        )
        leads, wrong_open, wrong_listed = 0, set(), set()
        for person, is_open, email, phone, mobile, *given in open_people(db):
            leads += 1
            channels = {name for name, is_one in zip(CHANNELS, is_open, strict=True) if is_one}
            found = texts(email, phone, mobile, given)
            if arguments.no_hashes:
                found = {text for text in found if not text.startswith("hash:")}
            for text in found:
                closed = known.get(keyed(text))
                if closed is None:
                    continue
                if closed & channels:
                    wrong_open.add(person)
                if listed.get(person) in closed:
                    wrong_listed.add(person)
    told = {
        "suppressions": len(known),
        "leads_of_open_persons": leads,
        "listed_persons": len(listed),
        "open_though_suppressed": len(wrong_open),
        "listed_though_suppressed": len(wrong_listed),
        "seconds": round(time.monotonic() - began, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(told))
    return int(bool(wrong_open or wrong_listed))


if __name__ == "__main__":
    sys.exit(main())
