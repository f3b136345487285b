"""Who says no in a record: by a flag, or by the word of a status."""

from functools import reduce
from operator import or_

import polars as pl

from pipelines.load.meaning.kinds import CONSENT_FLAGS
from pipelines.load.meaning.opt_out_columns import FLAGS
from pipelines.load.meaning.refusal_words import mark_of, refusal_told
from pipelines.load.normalise.few_words import read_once
from pipelines.load.normalise.text import boolean, clean, opt_out
from pipelines.load.rows.context import Context
from pipelines.load.rows.overheard import overheard
from pipelines.load.rows.refusals import refused_in_words

# More different cells in one block of records are no words of a list that people pick from.
_MAX_WORDS = 2_000


def says_no(good: pl.DataFrame, context: Context) -> dict[str, tuple[pl.Series, str]]:
    """Find the records that say no.

    Parameters
    ----------
    good : pl.DataFrame
        The raw columns as Utf8.

    Returns
    -------
    dict of str to (pl.Series, str)
        Consent flag, or ``deceased`` or ``under_age``, to Boolean, never null, and the column that
        is named as the reason; flags that no column can set are left out.
    """
    plan = context.plan
    told = {h: _told(good[h], is_consent=yes) for h, yes in plan.worded.items()}
    for header, is_no in overheard(good, plan.overheard).items():
        # Against what, it need not tell: then against all.
        told[header] = dict.fromkeys(FLAGS["both"], is_no)
        context.overheard[header] += int(is_no.sum())
    found = {}
    for flag in CONSENT_FLAGS:
        columns = plan.opt_outs.get(flag, ())
        read = [_read_flag(good[c]) for c in columns]
        by_word = {h: parts[flag] for h, parts in told.items() if flag in parts}
        if read:
            strange = int(reduce(or_, (is_odd for _, is_odd in read)).sum())
            if strange:
                context.unreadable[flag] += strange
        parts = [is_no for is_no, _ in read] + list(by_word.values())
        if parts:
            found[flag] = (reduce(or_, parts), (*columns, *by_word)[0])
    return found | _marked(good, context, told)


def _marked(
    good: pl.DataFrame, context: Context, told: dict[str, dict[str, pl.Series]]
) -> dict[str, tuple[pl.Series, str]]:
    """Return mark to its records and column: of whom more is said than a no."""
    found: dict[str, list[tuple[pl.Series, str]]] = {}
    for header in dict.fromkeys(h for of in context.plan.opt_outs.values() for h in of):
        mark = mark_of(header)
        if mark is not None:
            found.setdefault(mark, []).append((_read_flag(good[header])[0], header))
    # A status of which no word says no is there with nothing.
    for header, parts in ((h, each) for h, each in told.items() if each):
        words = good[header].filter(reduce(or_, parts.values())).unique()
        marks = {word: mark for word in words.drop_nulls() if (mark := mark_of(word))}
        for mark in sorted(set(marks.values())):
            some = [word for word, meant in marks.items() if meant == mark]
            is_some = good[header].is_in(some).fill_null(value=False)
            found.setdefault(mark, []).append((is_some, header))
    return {
        mark: (reduce(or_, (is_no for is_no, _ in parts)), parts[0][1])
        for mark, parts in found.items()
    }


def _read_flag(cells: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Tell which cells are an opt-out, and which of them hold no word we know.

    A flag holds few words, so each is read once and not once for every record.
    """
    is_odd = clean("t").is_not_null() & boolean("t").is_null() & opt_out("t")
    mark = pl.when(is_odd).then(2).when(opt_out("t")).then(1).otherwise(0).cast(pl.UInt8)
    marks = read_once(cells, lambda words: words.alias("t").to_frame().select(mark).to_series())
    marks = marks.fill_null(0)
    return marks > 0, marks == 2


def _told(cells: pl.Series, *, is_consent: bool) -> dict[str, pl.Series]:
    """Return consent flag -> which cells set it, for the flags that any of them sets."""
    words = cells.drop_nulls().unique()
    sentences = words.filter(refused_in_words(words).is_not_null())
    if len(words) > _MAX_WORDS:
        words = sentences
    refused = set(sentences)
    meant: dict[str, list[str]] = {}
    for word in words:
        # A sentence need not tell against what: then against all.
        against = refusal_told(word, is_consent=is_consent) or ("both" if word in refused else "")
        for flag in FLAGS.get(against, ()):
            meant.setdefault(flag, []).append(word)
    return {flag: cells.is_in(some).fill_null(value=False) for flag, some in meant.items()}
