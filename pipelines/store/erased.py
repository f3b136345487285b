"""Rows that name an erased person, found by keyed hashes: nothing else is left to find them by.

A row names somebody by a contact point that nobody else had, by the id of a lead, by a shared point
together with a name, or in running text by an address or the end of a number. The texts are made in
SQL alone, both of whom to erase and of what is looked through, so that they cannot differ.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from pipelines.settings.contact_keys import hmac_pads, tag_prefix
from pipelines.store.duck import Database
from pipelines.store.sqltext import quoted, sql

CONTACT_MACROS: Final = sql("pipelines.store", "contact_macros.sql")

_POINTS: Final = ("email_key", "phone_e164", "mobile_e164", "contact_key", "point", "key")
_IDS: Final = ("source_id", "lead_source_id", "absorbed_id", "master_id")
_NAMES: Final = ("first_name", "last_name", "full_name")
# Text that is no running text: what of it names somebody is looked up as a whole, or is ours.
_WHOLE: Final = frozenset(
    {*_POINTS, *_IDS, "email", "email_domain", "merged_into_id", "source_system", "batch_id"}
    | {"run_id", "model_id", "key_hmac", "suppression_id", "claim_id", "customer_id", "domain"}
    | {"activity_id", "outcome_id", "consent_id", "attempt_id", "registry_id", "rule", "kind"}
    | {"country", "state_code", "timezone", "line_type", "channel", "handler", "language"}
    | {"email_local", "own_email", "own_email_key", "activity_id_shape", "own_activity_id"}
    | {"known_until", "changed", "region", "packed_reasons", "match_rule", "sha256", "row_id"}
    | {"tag", "digest"}
)


@dataclass(frozen=True)
class Erased:
    """The keys of all erased persons of a home.

    Attributes
    ----------
    secret : bytes
        Of the home: what the keys are made with.
    keys : pl.DataFrame
        key_hmac, tag, kind (String).
    """

    secret: bytes
    keys: pl.DataFrame

    @property
    def is_empty(self) -> bool:
        """Tell whether nobody was ever erased: then there is nothing to look for."""
        return self.keys.is_empty()

    def attach(self, db: Database) -> None:
        """Make the keys and the macros known to a connection, for `rows`."""
        db.run(CONTACT_MACROS + sql(__package__, "erased_macros.sql"))
        db.run(
            "CREATE OR REPLACE TEMP TABLE erased_key (key_hmac VARCHAR, tag VARCHAR, kind VARCHAR)"
        )
        if not self.is_empty:
            db.insert("erased_key", self.keys)

    def rows(self, db: Database, candidates: str, **params: object) -> pl.Series:
        """Return the ids of the rows that name somebody erased, each once.

        Parameters
        ----------
        candidates : str
            SELECT of ``row_id`` and ``text``, as `naming` or `mentioning` gives it.
        params
            Its own.
        """
        inner, outer = hmac_pads(self.secret)
        statement = sql(__package__, "erased_rows.sql").replace("__candidates__", candidates)
        return db.frame(
            statement,
            tag_prefix=tag_prefix(self.secret),
            inner_pad=inner,
            outer_pad=outer,
            **params,
        )["row_id"]


def naming(relation: str, columns: Collection[str], row_id: str) -> str | None:
    """Return the SELECT of everything that names somebody in the rows; None: no column does.

    Parameters
    ----------
    relation : str
        What stands behind FROM.
    columns : collection of str
        Its columns; their names say what they hold.
    row_id : str
        SQL expression.
    """
    parts = [
        f"SELECT {row_id} AS row_id, {_point(name, columns)} AS text FROM {relation}"
        f" WHERE {name} IS NOT NULL"
        for name in _POINTS
        if name in columns
    ]
    for name in _IDS:
        if name in columns and "source_system" in columns:
            parts += [
                f"SELECT {row_id} AS row_id, 'lead:' || source_system || ':' || {name} AS text"
                f" FROM {relation}"
                f" WHERE {name} IS NOT NULL",
                f"SELECT {row_id}, point_text({name}) FROM {relation} WHERE contains({name}, '@')",
            ]
    if "email" in columns and "email_key" in columns:
        parts.append(
            f"SELECT {row_id}, unnest(addresses_in(email)) FROM {relation}"
            " WHERE email_key IS NULL AND contains(email, '@')"
        )
    if {"email_key", *_NAMES} <= set(columns):
        parts += [
            f"SELECT {row_id}, {pair_text(name)} FROM {relation} WHERE {name} IS NOT NULL"
            for name in ("email_key", "phone_e164", "mobile_e164")
        ]
    return " UNION ALL ".join(parts) or None


def pair_text(point: str) -> str:
    """Return the SQL text of a contact point with the name beside it; null without a name."""
    return f"'pair:' || folded_key({point}) || '|' || name_key({', '.join(_NAMES)})"


def running_text(columns: Mapping[str, str], *, is_custom: bool = False) -> list[str]:
    """Return the columns, of name -> type, in which somebody may be mentioned.

    Parameters
    ----------
    is_custom : bool
        The columns are those of a file: what one is called tells nothing.
    """
    return [
        name
        for name, kind in columns.items()
        if kind == "VARCHAR" and (is_custom or name not in _WHOLE)
    ]


def mentioning(relation: str, column: str, row_id: str) -> str:
    """Return the SELECT of every address and number in a column of running text."""
    text = quoted(column)
    return (
        f"SELECT {row_id} AS row_id, unnest(addresses_in({text})) AS text FROM {relation}"
        f" WHERE contains({text}, '@')"
        f" UNION ALL SELECT {row_id}, unnest(numbers_in({text})) FROM {relation}"
        f" WHERE has_number({text})"
    )


def _point(name: str, columns: Collection[str]) -> str:
    if name == "key" and "kind" in columns:
        return "CASE WHEN kind = 'hash' THEN 'hash:' || lower(key) ELSE point_text(key) END"
    return f"point_text({name})"
