"""What lists teach: `learnt`, and `ai-share`, which a person sets."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pipelines.cli.options import Json


def learnt(
    *,
    campaign: Annotated[
        Path | None, Parameter(help="A file of people who were treated by lot, or not.")
    ] = None,
    mapping: Annotated[
        Path | None, Parameter(help="A TOML file with [campaign]: which columns are what.")
    ] = None,
    json: Json = False,
) -> None:
    """Show what lists have taught: lift, effect of contact, AI against people; with intervals.

    With --campaign: what treating by ranking, by lot, everybody or nobody would bring there.
    """
    if campaign is not None:
        from pipelines.console.campaigns import show_campaign

        show_campaign(campaign, mapping=mapping, as_json=json)
        return
    from pipelines.console.learning import show_learnt

    show_learnt(as_json=json)


def ai_share(
    share: float | None = None,
    /,
    *,
    reason: Annotated[str, Parameter(help="Why; needed with a share, and kept.")] = "",
    json: Json = False,
) -> None:
    """Show which share of its capacity the AI has, or set it: 1 gives all back.

    A night halves it where the AI does worse than people beyond doubt.
    """
    from pipelines.console.learning import show_ai_share

    show_ai_share(share, reason=reason, as_json=json)


# Commands of the program itself, in the order of `--help`.
LEARNING = (learnt, ai_share)
