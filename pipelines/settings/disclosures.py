"""What an AI tells the person it writes to or calls: versioned texts, by language and channel.

The shipped texts are `disclosures_default.toml`; a home overrides single ones. Not legal advice.
"""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from pipelines.settings.channels import Channel, Place
from pipelines.settings.layers import merged

Form = Literal["voice", "email", "sms", "mail"]
"""In what form a text reaches a person: spoken, or written in so many words."""
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


def _one_line(text: str) -> str:
    if not text.strip() or not text.isprintable() or len(text) > 300:
        raise ValueError("expected some words on one line, at most 300 characters")
    return text.strip()


Words = Annotated[str, AfterValidator(_one_line)]

FORM_OF: Final[Mapping[Channel, Form]] = {
    "phone": "voice",
    "ai_voice": "voice",
    "email": "email",
    "sms": "sms",
    "mail": "mail",
}
_KEYS: Final = ("name", "contact", "privacy_url", "source", "postal_address")
_ALWAYS: Final = frozenset({"name", "contact", "privacy_url", "source"})
# Languages as people write them in a CRM, beside ISO 639-1 codes and locales.
_NAMED: Final[Mapping[str, str]] = {
    "english": "en",
    "german": "de",
    "deutsch": "de",
    "dutch": "nl",
    "nederlands": "nl",
    "french": "fr",
    "français": "fr",
    "francais": "fr",
    "spanish": "es",
    "español": "es",
    "italian": "it",
    "italiano": "it",
}


class Sender(BaseModel):
    """Who contacts people; while it is not told, no AI row is handed out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Words | None = None
    """The company, as it introduces itself."""
    contact: Words | None = None
    """Where a person of the company answers: an address or a number."""
    privacy_url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=300)] | None = None
    """Page on how data is used and on the rights of the person."""
    postal_address: Words | None = None
    """Needed in e-mails and letters (CAN-SPAM, CASL)."""
    source: Words | dict[Language, Words] | None = None
    """Where the data came from, in words that follow "from"; one text, or one per language."""

    def words(self, language: str) -> dict[str, str]:
        """Return what is told of the sender in one language, by key."""
        told = {key: getattr(self, key) for key in _KEYS}
        if isinstance(self.source, dict):
            told["source"] = self.source.get(language)
        return {key: value for key, value in told.items() if value is not None}


class Text(BaseModel):
    """One text with the words of the sender left open."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9.\-]{1,20}$")]
    """Version of the text; change it with the text."""
    text: str
    """The text; {name}, {contact}, {privacy_url} and {source} must stand in it."""

    @field_validator("text")
    @classmethod
    def _tells_all(cls, text: str) -> str:
        try:
            found = {key for _, key, form, how in Formatter().parse(text) if key is not None}
            plain = all(not form and not how for _, _, form, how in Formatter().parse(text))
        except ValueError as error:
            raise ValueError(f"a brace that names nothing ({error})") from None
        unknown = sorted(found - set(_KEYS))
        if unknown or not plain:
            named = ", ".join(f"{{{key}}}" for key in _KEYS)
            raise ValueError(f"{{{', '.join(unknown)}}} is not known; expected {named}")
        missing = sorted(_ALWAYS - found)
        if missing:
            raise ValueError(f"the text does not say {{{missing[0]}}}; a disclosure must")
        return text.strip()

    def needs(self) -> frozenset[str]:
        """Return the keys of the sender that it needs."""
        return frozenset(key for _, key, _, _ in Formatter().parse(self.text) if key is not None)


@dataclass(frozen=True)
class Disclosure:
    """One text as it is told, with the words of the sender in it.

    Attributes
    ----------
    disclosure_id : str
        Language, form, version and a hash of the words: other words, another id.
    """

    disclosure_id: str
    language: str
    form: Form
    version: str
    text: str


class Disclosures(BaseModel):
    """All texts, and which language is tried where a person's own is not known or has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fallback: dict[Place, tuple[Language, ...]]
    """Region of the policy, or state of one -> languages in order."""
    texts: dict[Language, dict[Form, Text]]

    @model_validator(mode="before")
    @classmethod
    def _over_shipped(cls, data: object) -> object:
        return merged(_shipped(), data) if isinstance(data, Mapping) else data

    def told(self, sender: Sender) -> Iterator[Disclosure]:
        """Yield every text that has all words of the sender that it needs."""
        for language, forms in self.texts.items():
            words = sender.words(language)
            for form, text in forms.items():
                if text.needs() <= words.keys():
                    yield _told(language, form, text, words)

    def drafts(self, sender: Sender) -> Iterator[Disclosure]:
        """Yield every text that waits for words of the sender, with its holes; told to nobody."""
        for language, forms in self.texts.items():
            for form, text in forms.items():
                if not text.needs() <= sender.words(language).keys():
                    name = f"{language}-{form}-{text.version}-draft"
                    yield Disclosure(name, language, form, text.version, text.text)

    def languages(self, language: str | None, region: str, state: str | None) -> tuple[str, ...]:
        """Return the languages to try, in order: the person's own, then those of the place."""
        own = language_code(language)
        places = [place for place in (state, region) if place in self.fallback]
        rest = self.fallback[places[0]] if places else ()
        return tuple(dict.fromkeys((own, *rest) if own else rest))

    def lacking(self, sender: Sender, form: Form) -> tuple[str, ...]:
        """Return the keys of [sender] that every text of one form waits for; empty: one is whole.

        Where several texts wait, the keys of the one that lacks the fewest.
        """
        waits = [
            tuple(key for key in _KEYS if key in text.needs() - sender.words(language).keys())
            for language, forms in self.texts.items()
            for own, text in forms.items()
            if own == form
        ]
        return min(waits, key=len, default=())


def is_told_by_ai(channel: str, handler: str) -> bool:
    """Tell whether an AI contacts the person, so that a disclosure must go with the row."""
    return handler == "ai" or channel == "ai_voice"


def _told(language: str, form: Form, text: Text, words: Mapping[str, str]) -> Disclosure:
    said = text.text.format_map({key: words[key] for key in text.needs()})
    digest = hashlib.sha256(said.encode()).hexdigest()[:8]
    told_as = f"{language}-{form}-{text.version}-{digest}"
    return Disclosure(told_as, language, form, text.version, said)


def language_code(language: str | None) -> str | None:
    """Return the ISO 639-1 code of a language as CRMs write it: en-US, DE_at, Deutsch."""
    bare = (language or "").strip().lower()
    if bare in _NAMED:
        return _NAMED[bare]
    first = bare.replace("_", "-").split("-")[0]
    return first if len(first) == 2 and first.isascii() and first.isalpha() else None


@cache
def _shipped() -> Mapping[str, object]:
    folder = files("pipelines.settings")
    text = folder.joinpath("disclosures_default.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def default_disclosures() -> Disclosures:
    """Return the shipped texts."""
    return Disclosures.model_validate({})
