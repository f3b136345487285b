"""`dsar`: the two files of an access request."""

import json
from pathlib import Path

from pipelines.console.access_page import page
from pipelines.console.screen import as_json_text, emit_json, say
from pipelines.runs.dsar import folder_for, gather
from pipelines.settings.home import Home
from pipelines.store.files import whole_file


def show_dsar(who: str, *, out: Path, as_json: bool) -> None:
    """Write everything held about one person."""
    held = gather(Home.locate(), who)
    folder = folder_for(out)
    text = as_json_text(held)
    for name, content in (("dsar.json", text), ("dsar.html", page(json.loads(text)))):
        with whole_file(folder / name) as stream:
            stream.write(content.encode("utf-8"))
    tables = {table: len(found["rows"]) for table, found in held["tables"].items()}
    if as_json:
        emit_json({"folder": str(folder), "leads": len(held["leads"]), "rows": tables})
        return
    say(
        f"{len(held['leads'])} lead(s), {sum(tables.values())} rows in {len(tables)} tables,"
        f" {len(held['files'])} file(s)."
    )
    say(f"  {folder / 'dsar.html'}   to read")
    say(f"  {folder / 'dsar.json'}   for programs")
    say("Both are readable by you alone; hand them over by a safe way, and delete them after.")
