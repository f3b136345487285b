"""`config policy` and `config disclosures`."""

from textwrap import fill
from typing import Any, Final

from pipelines.console.screen import emit_json, say, show_table
from pipelines.runs.disclosures import disclosure_texts
from pipelines.runs.policy import explain_policy
from pipelines.settings.channels import Channel, PartyClass
from pipelines.settings.home import Home

_WIDTH: Final = 96
# Of a row, in the order in which they are said; numbers of 0 and what is false go without saying.
_MORE: Final = {
    "purchase_months": "a purchase counts for {} months",
    "inquiry_months": "an inquiry counts for {} months",
    "exempt_purchase_months": "a purchase lifts the registers for {} months",
    "exempt_inquiry_months": "an inquiry lifts the registers for {} months",
    "is_mobile_as_consumer": "a mobile number is judged by the consumer's row",
    "is_proof_required": "consent counts only with a reference to its proof",
}


def show_policy(
    *,
    country: str | None,
    channel: Channel | None,
    party: PartyClass | None,
    state: str | None,
    as_json: bool,
) -> None:
    """Explain the rows in force."""
    found = explain_policy(
        Home.locate(), country=country, channel=channel, party=party, state=state
    )
    if as_json:
        emit_json(found)
        return
    if found["note"]:
        say(found["note"])
        return
    if country is None or channel is None:
        _overview(found)
    else:
        for row in found["rows"]:
            _one_row(row, found["windows"])
    for name, values in found["general"].items():
        _say_pair("general", f"{name.replace('_', ' ')}: {_general(values)}")
    say("Not legal advice: have counsel sign the rows of your markets.")


def _overview(found: dict[str, Any]) -> None:
    show_table(
        f"Policy {found['policy_version']}",
        ("region", "channel", "party", "basis", "rule", "from"),
        [
            (
                row["region"],
                row["channel"],
                row["party"],
                row["basis"],
                row["rule"] + (" (contested)" if row["is_contested"] else ""),
                row["origin"],
            )
            for row in found["rows"]
        ],
    )
    say("Name --country and --channel for windows, registers and ages of consent.")


def _one_row(row: dict[str, Any], windows: dict[str, Any]) -> None:
    say(f"{row['region']}, {row['channel']}, {row['party']}")
    _say_pair("rule", f"{row['rule']} (version {row['version']})")
    _say_pair("basis", f"{row['basis']}: {row['basis_in_words']}")
    _say_pair("consent", f"counts for {row['consent_max_age_months']} months")
    for key, words in _MORE.items():
        if row[key]:
            _say_pair("", words.format(row[key]))
    for register in row["registries"]:
        newest = f", data of {register['newest'][:10]}" if register["newest"] else ""
        said = f"{register['name']}, at most {register['max_age_days']} days old"
        _say_pair("register", f"{said}: {register['state']}{newest}")
    for name in row["windows"]:
        _say_pair("window", _window(name, windows[name]))
    if not row["windows"]:
        _say_pair("window", "none: at any time")
    if row["retention_months"]:
        said = f"no own contact for {row['retention_months']} months: retention review instead"
        _say_pair("retention", said)
    _say_pair("contested", "yes: counsel must look at it first" if row["is_contested"] else "no")
    _say_pair("from", _origin(row))
    say()


def _window(name: str, window: dict[str, Any]) -> str:
    where = f" in {', '.join(window['places'])}" if window["places"] else ""
    holidays = "" if window["holidays"] == "open" else ", no public holidays"
    contested = " Contested." if window["is_contested"] else ""
    changed = f" From {_origin(window)}." if window["origin"] == "home" else ""
    hours = "; ".join(window["open"]) or "never"
    return f"{name}{where}: {hours}{holidays}. {window['rule']}.{contested}{changed}"


def _general(values: dict[str, Any]) -> str:
    said = ", ".join(
        f"{key.replace('_', ' ')} {value}"
        for key, value in values.items()
        if key not in {"origin", "overridden"} and not isinstance(value, (list, dict))
    )
    return f"{said} ({_origin(values)})"


def _origin(values: dict[str, Any]) -> str:
    if values["origin"] == "shipped":
        return "the shipped table"
    return f"this home's lead-triage.toml: {', '.join(values['overridden'])}"


def _say_pair(name: str, text: str) -> None:
    say(fill(text, _WIDTH, initial_indent=f"  {name:<12}", subsequent_indent=" " * 14))


def show_disclosures(disclosure_id: str | None, *, as_json: bool) -> None:
    """Show every disclosure text, or one of them in full."""
    found = disclosure_texts(Home.locate(), disclosure_id)
    if as_json:
        emit_json(found)
        return
    if disclosure_id is not None:
        text = found["texts"][0]
        standing = "in force" if text["is_in_force"] else "not in force"
        used = f", kept since {text['since'][:10]}" if text["since"] else ""
        say(f"{text['disclosure_id']}: {', '.join(text['channels'])}, {standing}{used}")
        say(fill(text["text"], _WIDTH))
        return
    show_table(
        "Disclosures",
        ("id", "channels", "in force", "kept since"),
        [
            (
                text["disclosure_id"],
                ", ".join(text["channels"]),
                "yes" if text["is_in_force"] else "no",
                (text["since"] or "")[:10],
            )
            for text in found["texts"]
        ],
    )
    for form, keys in found["lacking"].items():
        say(f"No AI row by {form}: [sender] lacks {', '.join(keys)} in lead-triage.toml.")
