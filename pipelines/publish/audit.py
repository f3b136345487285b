"""Audit a staged store file in a process of its own: ``python -m pipelines.publish.audit``.

Every column that is stored is decoded, the row counts are compared with what the writer meant to
write, and every audit under ``audits/`` must find nothing. The last audit, that nobody suppressed
is listed, is made in Python from the raw contact points, sharing no code with the eligibility SQL.
"""

import argparse
import json
import sys
from importlib.resources import files
from pathlib import Path

import polars as pl

from pipelines.errors import LeadTriageError
from pipelines.settings.contact_keys import hmac_hex, lookup_keys
from pipelines.store import Database, quoted

_FOLDERS = {"load": ("lead",), "nightly": ("lead", "night")}


def audit(path: Path, *, kind: str, secret: bytes, expected_rows: dict[str, int]) -> dict[str, int]:
    """Return the violations by audit name; all zero when the file may be published.

    Parameters
    ----------
    kind : str
        ``load`` audits what was loaded, ``nightly`` also tonight's decisions.
    secret : bytes
        Key of the hashes in `suppression`.
    expected_rows : dict of str to int
        Rows of each table as the writer counted them.
    """
    with Database.open(path, read_only=True) as db:
        found = {name: _decode(db, name) for name in db.tables()}
        violations = {"rows_as_written": int(found != expected_rows)}
        for folder in _FOLDERS[kind]:
            for file in sorted(
                files(__package__).joinpath("audits", folder).iterdir(), key=lambda f: f.name
            ):
                statement = file.read_text(encoding="utf-8")
                violations[file.name.removesuffix(".sql")] = int(db.scalar(statement) or 0)
        if kind == "nightly":
            violations["nobody_suppressed_is_listed"] = _suppressed_listed(db, secret)
    return violations


def row_counts(db: Database) -> dict[str, int]:
    """Return the number of rows of every table."""
    return {name: db.scalar(f"SELECT count(*) FROM {quoted(name)}") for name in db.tables()}


def _decode(db: Database, table: str) -> int:
    # What is read from other columns has no bytes of its own that could be damaged.
    written = db.written_columns(table)
    hashes = ", ".join(f"bit_xor(hash({quoted(column)}))" for column in written)
    return int(db.frame(f"SELECT count(*) AS n, {hashes} FROM {quoted(table)}")["n"][0])


def _suppressed_listed(db: Database, secret: bytes) -> int:
    """Count listed persons of whom any contact point is suppressed for the listed channel.

    Also one that they had before: a no is the person's, not the address's.
    """
    if not db.scalar("SELECT count(*) FROM suppression"):
        return 0
    listed = db.frame(
        "WITH own AS (SELECT decision.person_key, decision.channel, dedupe_link.lead_key"
        " FROM decision JOIN dedupe_link USING (person_key) WHERE verdict = 'listed'),"
        " point AS (SELECT lead_key, email_key, phone_e164, mobile_e164, email_domain,"
        " email, phone, mobile FROM lead UNION ALL"
        " SELECT lead_key, email_key, phone_e164, mobile_e164, email_domain, NULL, NULL, NULL"
        " FROM lead_snapshot"
        " WHERE coalesce(email_key, phone_e164, mobile_e164, email_domain) IS NOT NULL)"
        " SELECT person_key, channel, email_key, phone_e164, mobile_e164, email_domain,"
        " email, phone, mobile FROM own JOIN point USING (lead_key)"
    )
    # A list is some thousand rows whatever the backlog, so plain Python is the honest twin here.
    rows = [
        (person, channel, hmac_hex(secret, text))
        for person, channel, email, phone, mobile, domain, *as_given in listed.rows()
        for text in lookup_keys(email, (phone, mobile), domain, tuple(as_given))
    ]
    keys = pl.DataFrame(
        rows,
        schema={"person_key": pl.Int64, "channel": pl.String, "key_hmac": pl.String},
        orient="row",
    )
    db.register("listed_keys", keys)
    return int(
        db.scalar(
            "SELECT count(DISTINCT person_key) FROM listed_keys JOIN suppression USING (key_hmac)"
            " WHERE (suppression.channel IS NULL OR suppression.channel = listed_keys.channel"
            " OR (suppression.channel = 'phone' AND listed_keys.channel IN ('ai_voice', 'sms')))"
            " AND (suppression.until IS NULL OR suppression.until >"
            " (SELECT as_of FROM run WHERE run_id ="
            " (SELECT value FROM meta WHERE key = 'nightly_run_id')))"
        )
    )


def main() -> int:
    """Print the report as JSON; exit 0 when nothing is violated."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--kind", choices=sorted(_FOLDERS), required=True)
    parser.add_argument("--key-file", type=Path, required=True)
    parser.add_argument("--rows", type=json.loads, required=True)
    arguments = parser.parse_args()
    secret = bytes.fromhex(arguments.key_file.read_text(encoding="ascii").strip())
    try:
        violations = audit(
            arguments.file, kind=arguments.kind, secret=secret, expected_rows=arguments.rows
        )
    except LeadTriageError as error:
        sys.stdout.write(json.dumps({"violated": error.found}))
        return 1
    violated = ", ".join(f"{name} ({count})" for name, count in violations.items() if count)
    sys.stdout.write(json.dumps({"violations": violations, "violated": violated}))
    return 1 if violated else 0


if __name__ == "__main__":
    sys.exit(main())
