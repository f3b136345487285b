"""Fields that a header is named for, where neither a mapping nor a preset explains it."""

from collections.abc import Sequence

from pipelines.load.meaning.kinds import Kind
from pipelines.load.meaning.presets import Match
from pipelines.load.meaning.presets.aliases import ALIASES
from pipelines.load.meaning.presets.headers import joined, plain

_PERSON = frozenset({"full_name", "first_name", "last_name"})
_CONTACT_POINTS = frozenset({"email", "phone", "mobile"})


def by_name(
    headers: Sequence[str],
    kind: Kind,
    claims: dict[str, str],
    constants: dict[str, str],
    match: Match | None,
) -> dict[str, str]:
    """Add the fields that headers are named for: by our name first, then by what people say.

    Parameters
    ----------
    claims, constants : dict of str to str
        Fields that the mapping or the preset supplies; they stay as they are.
    match : Match or None
        The preset: a column that it knows has its meaning.
    """
    claims = dict(claims)
    names = [{h: plain(h).replace("-", " ").replace(" ", "_") for h in headers}]
    names += [{h: ALIASES.get(joined(h), "") for h in headers if plain(h) != "name"}]
    for header, name in (pair for one in names for pair in one.items()):
        is_free = name not in claims | constants and header not in claims.values()
        if name in kind.fields and is_free:
            claims[name] = header
    whose = next((h for h in headers if plain(h) == "name"), None)
    if kind.name == "leads" and whose is not None and not (match and whose in match.known):
        named = claims.keys() | constants.keys()
        # Of a person where the file has their address or number and nothing else names them. What
        # Odoo calls so is the title of an opportunity, and its preset knows it.
        if whose not in claims.values() and not named & _PERSON and named & _CONTACT_POINTS:
            claims["full_name"] = whose
    return claims
