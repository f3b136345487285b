"""Objects within the records of a JSON file, as columns: ``{"Owner": {"Name": ...}}``.

Interfaces of CRMs put the fields of a record into an object of its own (HubSpot ``properties``),
and the record it is linked to into another (Salesforce ``Owner``). Fields of the first kind are
columns under their own names; the others are ``Owner.Name``, as query tools write it.
"""

from collections.abc import Callable, Iterable, Sequence

# Keys of one object, in order; None: what stands there is no object.
Names = list[str] | None
Look = Callable[[Sequence[str], str], Iterable[tuple[int, Names]]]

# What CRMs and search engines call the object that holds the fields of the record itself.
_RECORD = ("properties", "fields", "_source")
# An object of more different keys is a table of its own.
_MAX_KEYS = 512
_OBJECT = r":\s*\{"
_VALUE = r'"(value|associations)"\s*:'


def lifted(keys: Sequence[str], look: Look, most: int) -> list[tuple[str, str]]:
    """Return column and JSON pointer of each key, those of objects one level below included.

    Parameters
    ----------
    keys : sequence of str
        Keys of the records.
    look : callable
        Takes pointers, and a pattern without which no line has any; gives (number of the pointer,
        keys of an object found there), each list of keys once.
    most : int
        Columns that there may be; beyond it an object stays JSON text.
    """
    pointers = ["/" + _escaped(key) for key in keys]
    inner = _objects(pointers, look, _OBJECT)
    values = _values(
        [f"{p}/{_escaped(n)}" for p in pointers for n in inner.get(p, ((), 0))[0]], look
    )
    own = set(keys)
    found: list[tuple[str, str]] = []
    bare: set[str] = set()
    for key, pointer in zip(keys, pointers, strict=True):
        names, is_mixed = inner.get(pointer, ((), True))
        if len(found) + len(names) + len(keys) > most:
            names, is_mixed = (), True
        if is_mixed or not names:
            found.append((key, pointer))
        for name in names:
            is_bare = key in _RECORD and name not in own | bare
            if is_bare:
                bare.add(name)
            below = f"{pointer}/{_escaped(name)}"
            found.append((name if is_bare else f"{key}.{name}", below + values.get(below, "")))
    return found


def _objects(
    pointers: Sequence[str], look: Look, pattern: str
) -> dict[str, tuple[tuple[str, ...], bool]]:
    """Return, for pointers to objects, their keys and whether anything else stands there too."""
    lists: dict[str, list[list[str]]] = {}
    others = set()
    for number, names in look(pointers, pattern):
        if names is None:
            others.add(pointers[number])
        else:
            lists.setdefault(pointers[number], []).append(names)
    found = {}
    for pointer, several in lists.items():
        keys = dict.fromkeys(name for names in several for name in names)
        # A key twice in one object would lose a value.
        is_whole = all(len(set(names)) == len(names) for names in several)
        if is_whole and len(keys) <= _MAX_KEYS:
            found[pointer] = (tuple(keys), pointer in others)
    return found


def _values(pointers: Sequence[str], look: Look) -> dict[str, str]:
    """Return what to add to pointers at which the value stands in an object of its own.

    HubSpot's older interface writes ``{"email": {"value": ...}}``, its newer one
    ``{"associations": {"contacts": {"results": [{"id": ...}]}}}``.
    """
    if not pointers:
        return {}
    found = {}
    for pointer, (names, is_mixed) in _objects(pointers, look, _VALUE).items():
        if "value" in names and not is_mixed:
            found[pointer] = "/value"
        elif pointer.startswith("/associations/") and "results" in names:
            found[pointer] = "/results/0/id"
    return found


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
