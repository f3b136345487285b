"""People found several times, with mistakes of many kinds: exports and truth made from a seed.

Two worlds that share nothing with the generator: people with addresses, dates of birth and numbers,
as Febrl makes them, and leads of firms in five countries and three scripts. Namesakes, colleagues,
families, and fathers and sons of one name are among them.
"""

import random
from collections.abc import Callable, Sequence

import polars as pl

Row = dict[str, str | None]
# ruff: noqa: RUF001, SIM905 - letters of other scripts, and many short ones
_LATIN = (
    "mar an jo el ka lu be ri to sa ni da fe gu ha is le mo pe ro si ta vi wi ya zo bren cor dam"
).split()
_CYRILLIC = "ма ни ко ла ре ти во са пе до ан ге ле бо ви".split()
_GREEK = "μα νι κο λα ρε τι σα πε δο αν γε λε βο".split()
_NEAR_KEYS = {"a": "qs", "e": "wr", "i": "uo", "n": "bm", "r": "et", "s": "ad", "o": "ip", "l": "k"}
_SOUNDS = (("ph", "f"), ("ck", "k"), ("c", "k"), ("y", "i"), ("th", "t"), ("w", "v"), ("ss", "s"))
_SCANNED = (("m", "rn"), ("l", "1"), ("o", "0"), ("d", "cl"), ("g", "q"), ("5", "s"), ("8", "6"))


def corrupted_people(
    seed: int, originals: int, at_most: int = 4, *, sons: bool = True
) -> pl.DataFrame:
    """Return people with up to `at_most` duplicates each, most with few; truth: `entity`."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    first = [_word(rng, _LATIN, 2) for _ in range(400)]
    last = [_word(rng, _LATIN, 3) for _ in range(1500)]
    streets = [f"{_word(rng, _LATIN, 3)} {rng.choice(('street', 'road', 'place'))}"
               for _ in range(900)]  # fmt: skip
    towns = [_word(rng, _LATIN, 3) for _ in range(300)]
    rows: list[Row] = []
    for entity in range(originals):
        row: Row = {
            "given": _common(rng, first),
            "family": _common(rng, last),
            "address": f"{rng.randrange(1, 300)} {_common(rng, streets)}",
            "town": _common(rng, towns),
            "postcode": f"{rng.randrange(1000, 9999)}",
            "born": f"{rng.randrange(1925, 2005)}"
            f"{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}",
            "national_id": f"{rng.randrange(10**7):07}",
        }
        if sons and entity % 20 == 1 and rows:  # a son, with his father's name and address
            row |= {name: rows[-1][name] for name in ("given", "family", "address", "town")}
            row["postcode"] = rows[-1]["postcode"]
        rows += _copies(rng, row, str(entity), at_most, fields=3, mistakes=2)
    return _shuffled(rng, rows)


def corrupted_leads(seed: int, originals: int, at_most: int = 3) -> pl.DataFrame:
    """Return leads of firms in several scripts, up to `at_most` times again; truth: `entity`."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    rows: list[Row] = []
    scripts = (("de", "+49", _LATIN), ("us", "+1", _LATIN), ("br", "+55", _LATIN),
               ("bg", "+359", _CYRILLIC), ("gr", "+30", _GREEK))  # fmt: skip
    words = [([_word(rng, part, 2) for _ in range(250)], [_word(rng, part, 3) for _ in range(900)])
             for _, _, part in scripts]  # fmt: skip
    for entity in range(originals):
        number = rng.randrange(len(scripts))
        country, dial, part = scripts[number]
        firm = rng.randrange(originals // 4)
        first, last = (_common(rng, names) for names in words[number])
        host = f"firm{firm}.{country}"
        row: Row = {
            "given": first,
            "family": last,
            "firm": f"{_word(random.Random(firm), part, 4)} {firm % 7} "  # noqa: S311
            f"{rng.choice(('gmbh', 'ltd', 'inc', 'sa'))}",
            "job": rng.choice(("buyer", "head of it", "owner", "engineer", "chief accountant")),
            "mail": f"p{rng.randrange(10**6)}@{rng.choice((host, host, 'gmail.com'))}",
            "telephone": f"{dial}{rng.randrange(10**8, 10**9)}",
            "cell": None if rng.random() < 0.5 else f"{dial}{rng.randrange(10**8, 10**9)}",
            "town": _common(rng, words[number][1]),
        }
        if entity % 15 == 1 and rows:  # a namesake in the same firm
            row |= {name: rows[-1][name] for name in ("given", "family", "firm", "town")}
        if rng.random() < 0.4:
            row["mail"] = None
        rows += _copies(rng, row, str(entity), at_most, fields=2, mistakes=1, is_moving=True)
    return _shuffled(rng, rows)


def _word(rng: random.Random, parts: Sequence[str], length: int) -> str:
    return "".join(rng.choice(parts) for _ in range(length))


def _common(rng: random.Random, words: Sequence[str]) -> str:
    """Draw a word, the first ones far more often than the last."""
    return words[int(len(words) * rng.random() ** 2.5)]


def _copies(
    rng: random.Random,
    row: Row,
    entity: str,
    at_most: int,
    *,
    fields: int,
    mistakes: int,
    is_moving: bool = False,
) -> list[Row]:
    count = min(int(1 / (rng.random() + 1e-9)) - 1, at_most)
    found = [row | {"entity": entity}]
    for _ in range(count):
        copy = dict(row)
        for name in rng.sample(sorted(row), rng.randint(1, fields)):
            text = copy[name]
            for _ in range(rng.randint(1, mistakes)):
                text = None if not text else rng.choice(_MISTAKES)(rng, text)
            copy[name] = text
        if rng.random() < 0.05:
            copy["given"], copy["family"] = copy["family"], copy["given"]
        if is_moving and rng.random() < 0.5:
            copy["mail"] = None
        if is_moving and rng.random() < 0.3:
            copy["telephone"] = None
        found.append(copy | {"entity": entity})
    return found


def _shuffled(rng: random.Random, rows: list[Row]) -> pl.DataFrame:
    rng.shuffle(rows)
    return pl.DataFrame(rows).with_row_index("row").with_columns(pl.col("row").cast(pl.String))


def _typed(rng: random.Random, text: str) -> str:
    place = rng.randrange(len(text))
    return text[:place] + rng.choice(_NEAR_KEYS.get(text[place], text[place])) + text[place + 1 :]


def _dropped(rng: random.Random, text: str) -> str:
    place = rng.randrange(len(text))
    return text[:place] + text[place + 1 :]


def _swapped(rng: random.Random, text: str) -> str:
    place = rng.randrange(len(text))
    return text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :]


def _replaced(pairs: Sequence[tuple[str, str]]) -> Callable[[random.Random, str], str]:
    def replace(rng: random.Random, text: str) -> str:
        held = [pair for pair in pairs if pair[0] in text]
        return text.replace(*rng.choice(held), 1) if held else _typed(rng, text)

    return replace


def _gone(rng: random.Random, text: str) -> str | None:
    return None if rng.random() < 0.5 else text


_MISTAKES: tuple[Callable[[random.Random, str], str | None], ...] = (
    _typed, _dropped, _swapped, _replaced(_SOUNDS), _replaced(_SCANNED), _gone,
)  # fmt: skip
