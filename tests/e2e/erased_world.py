"""A small home that holds one person in every kind of file, and a search through all its bytes."""

import gzip
import re
import sqlite3
from pathlib import Path

import duckdb
import polars as pl

from pipelines.runs.landing import resolve_mapping
from pipelines.runs.load import LoadRequest, run_load
from pipelines.runs.nightly import run_nightly
from pipelines.runs.outreach import run_claim, run_suppress
from pipelines.settings.home import Home
from tests.e2e.conftest import AS_OF

SETTINGS = """
[feeds]
customers = "none"
[identify]
fuzzy = false
[capacity.email]
ai = 50
[sender]
name = "Acme"
contact = "hello@acme.example"
privacy_url = "https://acme.example/privacy"
source = "our own records"
postal_address = "1 Main Street, Springfield"
"""
# Whatever is left of her under any of these is a trace.
CANARIES = (
    "jane.canary",
    "zaphodia",
    "canaryson",
    "old-jane",
    "5552671",
    "5552673",
    "quietquail street",
    "crm-jane",
)
FAMILY = "+14155552672"

HEADER = (
    "source_id,email,first_name,last_name,phone,mobile,company,street,country,created_at,"
    "modified_at,do_not_call,note\n"
)
JANE = (
    "crm-jane1,Jane.Canary@own.example,Zaphodia,Canaryson,+1 415 555 2671,+1 415 555 2672,Nest,"
    "Quietquail Street 1,US,2026-05-01,{day},,likes seeds\n"
)
LEADS = [
    JANE.format(day="2026-05-02"),
    # the same person again, under another number
    "crm-jane2,jane.canary@own.example,Zaphodia,Canaryson,+1 415 555 2673,,Nest,,US,2026-05-01,"
    "2026-05-02,,\n",
    # shares her second number
    "crm-rob,rob@else.example,Rob,Relative,+1 415 555 2672,,Nest,,US,2026-05-01,2026-05-02,,\n",
    "crm-kim,kim@firm.example,Kim,Kurz,,,Firm,,US,2026-05-01,2026-05-02,,"
    "referred by JANE.CANARY@own.example (415) 555-2671\n",
    *(
        f"crm-{n},ann{n}@firm{n}.example,Ann,Lee{n},,,Firm {n},,US,2026-05-01,2026-05-02,,\n"
        for n in range(6)
    ),
]
# A record that cannot be read.
BROKEN = "crm-jane3,jane.canary@own.example,Zaphodia\n"
FILES = {
    "activities": (
        "activity_id,lead_source_id,contact,at,channel,direction,subject\n"
        "a1,crm-jane1,,2026-05-03,call,out,talked to Zaphodia\n"
        "a2,,jane.canary@own.example,2026-05-04,email,out,hello Zaphodia Canaryson\n"
        "a3,crm-1,,2026-05-04,email,out,hello Ann\n"
    ),
    "consent": (
        "email,channel,status,captured_at\n"
        "JANE.CANARY@own.example,email,opt_in,2026-05-05\n"
        "ann1@firm1.example,email,opt_in,2026-05-05\n"
    ),
    "attempts": (
        "attempt_id,lead_source_id,at,channel,disposition,note\n"
        "t1,crm-jane2,2026-05-06,phone,no_answer,left Zaphodia a message\n"
        "t2,crm-2,2026-05-06,phone,no_answer,none\n"
    ),
    "outcomes": (
        "lead_source_id,milestone,occurred_at,reason\n"
        "crm-jane1,qualified,2026-05-07,Canaryson asked\ncrm-2,qualified,2026-05-07,asked\n"
    ),
    "customers": "email,status\nboss@other.example,customer\n",
    "registry": "phone,registry,screened_at\n+14155552673,us_dnc,2026-09-20\n",
}


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def load(home: Home, path: Path, kind: str, *, defer: bool = False):
    return run_load(home, [LoadRequest([path], kind, resolve_mapping("auto"), "crm")], defer=defer)[
        0
    ]


def fill(folder: Path) -> Home:
    """Load everything, an export that changes her address, publish a night, hand her out."""
    home = Home(folder / "home").ensure()
    home.settings_file.write_text(SETTINGS)
    older = JANE.format(day="2026-05-01").replace("Jane.Canary@", "old-jane@")
    load(home, write(folder, "first.csv", HEADER + older + LEADS[2]), "leads")
    auto = resolve_mapping("auto")
    files = [("leads", "leads.csv", HEADER + "".join(LEADS))]
    files += [(kind, f"{kind}.csv", text) for kind, text in FILES.items()]
    run_load(
        home,
        [LoadRequest([write(folder, name, text)], kind, auto, "crm") for kind, name, text in files],
    )
    run_suppress(home, ["someone@gone.example"], channel=None, reason="asked")
    run_nightly(home, as_of=AS_OF)
    rows = run_claim(home, channel="email", handler="ai", count=100).rows
    assert "crm-jane" in str(rows.to_dicts()), "she is handed out before she is forgotten"
    load(home, write(folder, "broken.csv", HEADER + BROKEN + LEADS[3]), "leads")
    return home


def traces(home: Home, canaries: tuple[str, ...] = CANARIES) -> list[str]:
    """Return ``file: canary`` for everything of her that any file of the home still holds."""
    found = []
    for path in sorted(home.root.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        text = _opened(path).lower()
        raw = path.read_bytes().lower()
        for canary in canaries:
            digits = re.sub(r"\D", "", canary)
            if (
                canary in text
                or canary.encode() in raw
                or (len(digits) > 6 and digits in re.sub(r"[ ()./-]", "", text))
            ):
                found.append(f"{path.relative_to(home.root)}: {canary}")
    return found


def _opened(path: Path) -> str:
    if path.suffix == ".parquet":
        return "\n".join(map(str, pl.read_parquet(path).rows()))
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as db:
            tables = [
                row[0] for row in db.execute("SELECT table_name FROM duckdb_tables()").fetchall()
            ]
            return "\n".join(str(db.execute(f'SELECT * FROM "{t}"').fetchall()) for t in tables)
    if path.suffix == ".sqlite":
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            return "\n".join(db.iterdump())
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
    return path.read_bytes().decode("utf-8", "replace")
