"""Where people are: countries, how exports spell them, cities, and how postcodes look."""

from dataclasses import dataclass
from typing import Final

from pipelines.generate.words import CULTURES


@dataclass(frozen=True)
class Place:
    """One country of the world: its share over the years and how its data looks.

    Parameters
    ----------
    code : str
        ISO 3166-1 alpha-2.
    culture : str
        Which names its people carry (``words.CULTURES``).
    early, late : float
        Share of new leads in 2000 and in 2026; linear between.
    spellings : tuple of str
        What the country column of an export says; the first is the most frequent.
    cities : tuple of str
        ``"City/State"``; no state where the country has none in addresses.
    postcode : str
        ``9`` is a digit, ``A`` a letter, anything else itself.
    legal : tuple of str
        Legal forms after a company's name.
    """

    code: str
    culture: str
    early: float
    late: float
    spellings: tuple[str, ...]
    cities: tuple[str, ...]
    postcode: str
    legal: tuple[str, ...]


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


PLACES: Final[tuple[Place, ...]] = (
    Place(
        "US",
        "english",
        0.52,
        0.36,
        _split("United States|USA|US|U.S.A.|United States of America|us"),
        _split(
            "New York/NY|Chicago/IL|Houston/TX|Phoenix/AZ|Philadelphia/PA|San Diego/CA|Dallas/TX|"
            "Austin/TX|Columbus/OH|Charlotte/NC|Seattle/WA|Denver/CO|Boston/MA|Portland/OR|"
            "Las Vegas/NV|Atlanta/GA|Miami/FL|Minneapolis/MN|Cleveland/OH|Raleigh/NC"
        ),
        "99999",
        _split("Inc|LLC|Corp|Inc."),
    ),
    Place(
        "GB",
        "english",
        0.20,
        0.21,
        _split("United Kingdom|UK|GB|Great Britain|England|U.K."),
        _split("London|Manchester|Birmingham|Leeds|Glasgow|Bristol|Liverpool|Edinburgh|Cardiff"),
        "AA9 9AA",
        _split("Ltd|Limited|PLC|LLP"),
    ),
    Place(
        "NL",
        "dutch",
        0.08,
        0.11,
        _split("Netherlands|The Netherlands|NL|Nederland|Holland"),
        _split("Amsterdam|Rotterdam|Den Haag|Utrecht|Eindhoven|Groningen|Tilburg|Breda|Zwolle"),
        "9999 AA",
        _split("BV|B.V.|NV|VOF"),
    ),
    Place(
        "DE",
        "german",
        0.06,
        0.12,
        _split("Germany|DE|Deutschland|GERMANY|Bundesrepublik Deutschland"),
        _split("Berlin|Hamburg|München|Köln|Frankfurt am Main|Stuttgart|Düsseldorf|Leipzig|Bremen"),
        "99999",
        _split("GmbH|AG|GmbH & Co. KG|UG"),
    ),
    Place(
        "CA",
        "english",
        0.08,
        0.08,
        _split("Canada|CA|CAN|canada"),
        _split("Toronto/ON|Montreal/QC|Vancouver/BC|Calgary/AB|Ottawa/ON|Winnipeg/MB|Halifax/NS"),
        "A9A 9A9",
        _split("Inc|Ltd|Corp"),
    ),
    Place(
        "FR",
        "french",
        0.03,
        0.04,
        _split("France|FR|FRANCE"),
        _split("Paris|Lyon|Marseille|Toulouse|Nantes|Lille"),
        "99999",
        _split("SARL|SA|SAS"),
    ),
    Place(
        "BE",
        "dutch",
        0.01,
        0.03,
        _split("Belgium|BE|België|Belgique"),
        _split("Brussel|Antwerpen|Gent|Leuven"),
        "9999",
        _split("BV|NV|SA"),
    ),
    Place(
        "ES",
        "spanish",
        0.01,
        0.02,
        _split("Spain|ES|España"),
        _split("Madrid|Barcelona|Valencia|Sevilla"),
        "99999",
        _split("SL|SA"),
    ),
    Place(
        "AU",
        "english",
        0.01,
        0.03,
        _split("Australia|AU|AUS"),
        _split("Sydney/NSW|Melbourne/VIC|Brisbane/QLD|Perth/WA"),
        "9999",
        _split("Pty Ltd|Ltd"),
    ),
)
COUNTRY_CODES: Final[tuple[str, ...]] = tuple(place.code for place in PLACES)
CULTURE_OF_COUNTRY: Final[tuple[int, ...]] = tuple(CULTURES.index(p.culture) for p in PLACES)
EUROPE: Final[tuple[bool, ...]] = tuple(
    p.code in {"GB", "NL", "DE", "FR", "BE", "ES"} for p in PLACES
)
