"""What an AI row leaves with: an open window and a text that says all that must be said."""

import re
from datetime import datetime

import pytest

from pipelines.outreach.clearing import Clearing
from pipelines.settings.channels import CHANNELS
from pipelines.settings.disclosures import Disclosures, Sender, default_disclosures
from pipelines.settings.policy import load_policy

SENDER = Sender(
    name="Acme Example BV",
    contact="+31 20 794 0000",
    privacy_url="https://acme.example/privacy",
    postal_address="1 Example Street, Exampleton",
    source="a trade fair list",
)
TUESDAY = datetime(2026, 6, 9, 14)


def row(**given: object) -> dict[str, object]:
    base: dict[str, object] = {
        "channel": "email",
        "handler": "ai",
        "country": "NL",
        "state_code": None,
        "timezone": None,
        "timezone_source": None,
        "party_type": "organisation",
        "language": None,
        "number_zones": (),
    }
    return base | given


def clearing(disclosures: Disclosures | None = None, sender: Sender = SENDER) -> Clearing:
    return Clearing(load_policy(), disclosures or default_disclosures(), sender)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("country", ["US", "GB", "NL", "DE", "CA"])
def test_every_ai_row_of_the_policy_has_a_text_that_says_it_all(country: str, channel: str) -> None:
    found = clearing().disclosure(row(country=country, channel=channel))
    texts = {text.disclosure_id: text for text in default_disclosures().told(SENDER)}
    text = texts[str(found)].text
    assert re.search(r"\b(AI|KI|IA)\b|KI-|intelligence artificielle", text)
    for words in (SENDER.name, SENDER.contact, SENDER.privacy_url, SENDER.source):
        assert str(words) in text
    assert "{" not in text
    assert channel not in {"email", "mail"} or str(SENDER.postal_address) in text


def test_ids_tell_texts_apart() -> None:
    told = list(default_disclosures().told(SENDER))
    assert len(told) == 16
    assert len({text.disclosure_id for text in told}) == 16
    other = SENDER.model_copy(update={"contact": "+31 20 794 0001"})
    changed = {text.disclosure_id for text in default_disclosures().told(other)}
    assert changed.isdisjoint(text.disclosure_id for text in told)


@pytest.mark.parametrize(
    ("language", "country", "state", "expected"),
    [
        (None, "DE", None, "de"),
        ("en-US", "DE", None, "en"),
        ("Deutsch", "NL", None, "de"),
        ("nl_BE", "NL", None, "nl"),
        ("tlh", "NL", None, "nl"),
        ("es", "US", None, "en"),  # no text in Spanish: the chain of the place
        (None, "CA", None, "en"),
        (None, "CA", "CA-QC", "fr"),
        (None, "GB", "GB-SCT", "en"),
    ],
)
def test_the_language_of_a_text(
    language: str | None, country: str, state: str | None, expected: str
) -> None:
    found = clearing().disclosure(row(language=language, country=country, state_code=state))
    assert str(found).startswith(f"{expected}-email-")


def test_no_text_no_ai_row() -> None:
    empty = Disclosures.model_validate({"fallback": {"NL": []}})
    assert clearing(empty)(row(), TUESDAY) is None
    assert clearing(empty)(row(language="pl"), TUESDAY) is None
    assert clearing(empty)(row(language="nl"), TUESDAY) is not None
    assert clearing(empty)(row(handler="human"), TUESDAY) is not None
    assert clearing()(row(country="SE"), TUESDAY) is None  # no chain for Sweden
    for key in ("name", "contact", "privacy_url", "source"):
        lacking = SENDER.model_copy(update={key: None})
        assert default_disclosures().lacking(lacking, "voice") == (key,)
        for channel in CHANNELS:
            assert clearing(sender=lacking)(row(channel=channel), TUESDAY) is None
    no_address = SENDER.model_copy(update={"postal_address": None})
    assert clearing(sender=no_address)(row(), TUESDAY) is None
    assert clearing(sender=no_address)(row(channel="sms"), TUESDAY) is not None


def test_an_ai_voice_is_an_ai_whoever_the_handler_is() -> None:
    found = clearing()(row(channel="ai_voice", handler="human"), TUESDAY)
    assert found is not None
    assert found.disclosure_id is not None
    person = clearing()(row(channel="phone", handler="human"), TUESDAY)
    assert person is not None
    assert person.disclosure_id is None
    assert (person.not_before, person.not_after) == (
        datetime(2026, 6, 9, 7),
        datetime(2026, 6, 9, 16),
    )


def test_a_source_by_language_leaves_out_the_others() -> None:
    sender = SENDER.model_copy(update={"source": {"en": "a fair", "nl": "een beurs"}})
    assert str(clearing(sender=sender).disclosure(row())).startswith("nl-")
    assert clearing(sender=sender).disclosure(row(country="DE")) is None
    told = {text.language for text in default_disclosures().told(sender)}
    assert told == {"en", "nl"}
    assert default_disclosures().lacking(sender, "email") == ()


def test_outside_of_its_window_a_row_stays() -> None:
    sunday = datetime(2026, 6, 7, 14)
    assert clearing()(row(channel="sms"), sunday) is None
    assert clearing()(row(channel="email"), sunday) is not None
