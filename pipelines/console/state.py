"""`status` and `config show`."""

from typing import Any

from pipelines.console.pausing import show_paused
from pipelines.console.screen import emit_json, say, show_table
from pipelines.runs.registry import DATED, FULL
from pipelines.runs.status import read_status
from pipelines.score.stated_order import IN_WORDS
from pipelines.settings.config import Settings
from pipelines.settings.home import Home


def show_status(*, as_json: bool) -> None:
    """Show the state of the home."""
    found = read_status(Home.locate())
    if as_json:
        emit_json(found)
        return
    say(f"home       {found['home']}")
    say(f"store      {found['snapshot'] or 'nothing published yet'}")
    say(f"writer     {'a run is writing now' if found['is_locked'] else 'idle'}")
    say(f"last night {found['nightly_run_id'] or 'none'}")
    say(f"pending    {found['pending_batches']} batches landed, not merged")
    aside = found["quarantine"]
    say(f"set aside  {aside['open']:,} records open, {aside['unreviewed']:,} repaired unreviewed")
    say(f"suppressed {found['suppressions']:,} contact points")
    told = found["attempts"]
    say(
        f"attempts   {told['attempts']:,} reported, {told['for_the_next_night']:,} for the next"
        f" night, {told['without_lead']:,} without a lead we know, {told['unclaimed']:,} unclaimed"
    )
    _show_waits("came to us", found["speed_to_lead"])
    _show_waits("passed on", found["passed_on"])
    show_paused(found["paused"])
    show_table(
        "Last runs",
        ("run", "kind", "status", "started", "error"),
        [
            (run["run_id"], run["kind"], run["status"], run["started_at"][:19], run["error"] or "")
            for run in found["runs"]
        ],
    )
    show_table(
        "Models in force",
        ("population", "variant", "id", "why"),
        [(m["population"], m["variant"], m["model_id"], m["reason"]) for m in found["champions"]],
    )
    if not any(m["population"] == DATED and m["variant"] == FULL for m in found["champions"]):
        say(f"No model for the nightly: the list is ordered by {IN_WORDS}.")


def _show_waits(name: str, waits: dict[str, Any]) -> None:
    if waits["came"]:
        tried = ""
        if waits["answered"]:
            tried = (
                f", tried after {waits['median_minutes']:,.0f} minutes (median),"
                f" {waits['p90_minutes']:,.0f} (p90)"
            )
        say(f"{name:<10} {waits['came']:,} lately, {waits['waiting']:,} wait still{tried}")


_LONGEST_LIST = 500


def show_config(*, as_json: bool) -> None:
    """Print the settings in force."""
    settings = Settings.load(Home.locate().settings_file)
    data = settings.model_dump(mode="json", exclude_none=True)
    if as_json:
        emit_json(data)
        return
    for line in _flat("", data):
        say(line)


def _flat(prefix: str, value: Any) -> list[str]:  # noqa: ANN401 - a JSON value
    if isinstance(value, dict):
        return [
            line
            for key, inner in value.items()
            for line in _flat(f"{prefix}.{key}" if prefix else str(key), inner)
        ]
    if isinstance(value, list) and len(value) > _LONGEST_LIST:
        return [f"{prefix} = {len(value):,} entries, listed by --json"]
    return [f"{prefix} = {value!r}"]
