"""The disclosure texts of a home: those in force, and every one that was ever told."""

from typing import Any

from pipelines.errors import UsageError
from pipelines.settings.config import Settings
from pipelines.settings.disclosures import FORM_OF, Disclosure
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, disclosures


def disclosure_texts(home: Home, disclosure_id: str | None = None) -> dict[str, Any]:
    """Return the texts in force and those kept from before, or one of them by its id.

    Returns
    -------
    dict
        JSON values: `texts`, each with disclosure_id, language, form, channels, version, text,
        `is_in_force` (a draft, with holes, is not) and `since` (UTC; null: nothing has been handed
        out with it); `fallback`, languages tried by place; and `lacking`: form -> keys of [sender]
        without which no AI row of that form is handed out.

    Raises
    ------
    UsageError
        No text has that id.
    """
    settings = Settings.load(home.settings_file)
    in_force = {text.disclosure_id: text for text in settings.disclosures.told(settings.sender)}
    since: dict[str, str] = {}
    drafts = settings.disclosures.drafts(settings.sender)
    texts = in_force | {text.disclosure_id: text for text in drafts}
    if home.exists() and home.ledger.exists():
        with Ledger(home.ledger) as ledger:
            for one in disclosures.kept(ledger):
                texts.setdefault(one.disclosure.disclosure_id, one.disclosure)
                since[one.disclosure.disclosure_id] = one.since.isoformat()
    if disclosure_id is not None:
        if disclosure_id not in texts:
            raise UsageError(
                "no disclosure has this id",
                expected="one of `lead-triage config disclosures`",
            )
        texts = {disclosure_id: texts[disclosure_id]}
    lacking = {
        form: list(settings.disclosures.lacking(settings.sender, form))
        for form in dict.fromkeys(FORM_OF.values())
    }
    return {
        "texts": [
            _told(text, since, is_in_force=text.disclosure_id in in_force)
            for text in texts.values()
        ],
        "fallback": {place: list(own) for place, own in settings.disclosures.fallback.items()},
        "lacking": {form: keys for form, keys in lacking.items() if keys},
    }


def _told(text: Disclosure, since: dict[str, str], *, is_in_force: bool) -> dict[str, Any]:
    return {
        "disclosure_id": text.disclosure_id,
        "language": text.language,
        "form": text.form,
        "channels": [channel for channel, form in FORM_OF.items() if form == text.form],
        "version": text.version,
        "text": text.text,
        "is_in_force": is_in_force,
        "since": since.get(text.disclosure_id),
    }
