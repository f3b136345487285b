"""Settings of a home over those that are shipped."""

from collections.abc import Mapping


def merged(base: Mapping[str, object], over: Mapping[str, object]) -> dict[str, object]:
    """Return `base` with the keys of `over` in it, table by table; anything else is replaced."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        is_table = isinstance(old, Mapping) and isinstance(value, Mapping)
        result[key] = merged(old, value) if is_table else value  # type: ignore[arg-type]
    return result
