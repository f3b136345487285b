"""`lead-triage config`: settings, policy and disclosure texts in force."""

from typing import Annotated, Literal

from cyclopts import App, Parameter

from pipelines.cli.options import Channel, Json

config_app = App(name="config", help="Show the settings, the policy and the texts in force.")
Party = Literal["organisation", "sole_trader", "consumer"]


@config_app.command(name="show")
def config_show(*, json: Json = False) -> None:
    """Print every setting with its value in force, the policy table included."""
    from pipelines.console.state import show_config

    show_config(as_json=json)


@config_app.command(name="policy")
def config_policy(
    *,
    country: Annotated[str | None, Parameter(help="ISO 3166-1 alpha-2, such as NL.")] = None,
    channel: Channel | None = None,
    party: Party | None = None,
    state: Annotated[str | None, Parameter(help="A state of it, such as CA or US-CA.")] = None,
    json: Json = False,
) -> None:
    """Explain who may be contacted where: rule, basis, consent, registers, call windows, caps."""
    from pipelines.console.policies import show_policy

    show_policy(country=country, channel=channel, party=party, state=state, as_json=json)


@config_app.command(name="routing")
def config_routing(*, json: Json = False) -> None:
    """Explain the rules that say who must serve whom, the share of people and their queues."""
    from pipelines.console.routing import show_routing

    show_routing(as_json=json)


@config_app.command(name="disclosures")
def config_disclosures(disclosure: str | None = None, *, json: Json = False) -> None:
    """List what an AI must tell first, or show one text in full.

    Parameters
    ----------
    disclosure
        A disclosure_id, as every AI row carries one.
    """
    from pipelines.console.policies import show_disclosures

    show_disclosures(disclosure, as_json=json)
