"""`pause` and `resume`: what is not handed out at present."""

from collections.abc import Mapping, Sequence

from pipelines.console.screen import emit_json, say
from pipelines.runs.outreach import run_pause, run_resume
from pipelines.settings.home import Home


def show_pause(*, channel: str | None, handler: str | None, reason: str, as_json: bool) -> None:
    """Stop handing out."""
    paused = run_pause(Home.locate(), channel=channel, handler=handler, reason=reason)
    if as_json:
        emit_json({"paused": paused})
        return
    say("Nothing of it is handed out from now on; what is out already stays out.")
    show_paused(paused)


def show_resume(*, channel: str | None, handler: str | None, as_json: bool) -> None:
    """Go on handing out."""
    lifted, paused = run_resume(Home.locate(), channel=channel, handler=handler)
    if as_json:
        emit_json({"resumed": lifted, "paused": paused})
        return
    say(f"{lifted} pause(s) undone." if lifted else "No pause was of that channel and handler.")
    show_paused(paused)


def show_paused(paused: Sequence[Mapping[str, str | None]]) -> None:
    """Print a line for each pause in force."""
    for found in paused:
        what = " ".join(part for part in (found["channel"], found["handler"]) if part)
        why = f": {found['reason']}" if found["reason"] else ""
        say(f"paused     {what or 'everything'} since {found['since']}{why}")
