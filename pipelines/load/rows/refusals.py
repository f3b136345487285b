"""A refusal in a sentence: what a call came to, where it is none of the words of `words`."""

from functools import lru_cache

import polars as pl

from pipelines.load.meaning.plain_refusals import DEATH, UNDER_AGE
from pipelines.load.meaning.refusal_cells import (
    MARKED,
    NOT_YET,
    PLAIN,
    STROKES,
    folded,
)

# What the stages after this one take for a no as it is written; see `merging.children.SAYS_NO`.
_KNOWN = r"^(opted[_ ]out|opt_out|unsubscribed?|(spam )?complaint|do[_ ]not[_ ]call)$"
_REACH = r"(?:call|contact|phone|ring|e ?mail|mail|messag|text|sms|disturb|market|solicit)"
_SAYS_NO = "|".join(
    (
        DEATH,
        UNDER_AGE,
        PLAIN,
        rf"\b(do not|don ?t|never|not to( be)?) (re)?{_REACH}",
        rf"\b(do|does|did) ?(not|n ?t) (want|wish|like)( \w+){{0,4}} {_REACH}",
        rf"\bwants? no( \w+){{0,2}} {_REACH}|\bno (contact|calls|e ?mails) please\b",
        rf"\bstop {_REACH}|^stop$|\b(said|says|replied|answered|texted|wrote) stop\b",
        r"\bopt(ed|s|ing)? ?out",
        r"\bunsub",
        r"\bdnc\b",
        r"\b(remove|take|delete) (me|us|him|her|them|my|our|from|off)\b",
        r"\b(remove|delete) (the |this |his |their )?(number|phone|name|contact|e ?mail|data)",
        r"\btake(n)? (\w+ )?off( \w+){0,2} lists?\b|\bremoved? from( \w+){0,2} lists?\b",
        r"\b(ask|request|want|demand)\w*( us)? to be (remov|delet|taken off|forgotten)",
        r"\bplease (remove|delete)\b|\bleave (me|us|him|her|them) alone\b|\bnever again\b",
        r"\b(removal|deletion|erasure) request|\bright to be forgotten",
        r"\b(removal|deletion) requested|\brequest(s|ed)? (removal|deletion|no)\b",
        r"\bno (more|further) (call|contact|e ?mail|mail|text|message)",
        rf"\b(refus|object)\w* (to |any |all |further |more |being )*{_REACH}",
        r"\bcomplain|\bspam (report|complaint)|\b(reported|marked) (as )?spam",
        r"\bblack ?list|\bcease and desist|\brobinson ?list",
        # German
        r"\bnicht (mehr |wieder |noch ?mal |erneut )?(anrufen|kontaktieren|anschreiben)",
        r"\bnicht (mehr|wieder|noch ?mal|erneut) (angerufen|kontaktiert|angeschrieben) werden",
        r"\b(will|mochte|wunscht|darf|soll)( \w+){0,2} nicht( mehr| wieder)?"
        r" (angerufen|kontaktiert)",
        r"\bkein(e|en)? (weiter\w+ )?(anruf|kontakt|werbung)",
        r"\bwiderspr|\babgemeldet|\babbestellt|werbewiderspr|(kontakt|anruf|werbe)(sperre|verbot)",
        r"\b(bitte|daten|nummer) loschen\b|\bloschung (gewunscht|verlangt|beantragt)",
        # French
        r"\b(plus|pas) (r?appeler|(re)?contacter|demarcher|solliciter|relancer)\b",
        r"\bne (souhaite|veut|desire) (pas|plus) etre \w+|\brefuse d etre\b",
        r"\bdesinscri|\bdesabonn|\bliste rouge\b|\bbloctel\b",
        # Spanish, Portuguese, Italian
        r"\bno (volver a |quiere( \w+){0,3} )?(llam(ar|en|adas)|contactar|molestar)\b",
        r"\b(darse|dado|dar|solicita)( \w+)? baja\b|\blista robinson",
        r"\bnao (ligar|contact?ar|perturbar|incomodar|chamar)\b|\bdescadastr",
        r"\bnon (ri)?(chiamare|contattare|disturbare)\b",
        r"\bnon vuole( \w+){0,3} (chiam|contatt|ricev)",
        r"\bdisiscri|\bopposizion",
        # Dutch, Polish, Swedish
        r"\bniet (meer |opnieuw )?(bellen|benaderen|contacteren|mailen|gebeld worden)\b",
        r"\bbel me niet\b|\buitgeschreven\b|\bnie (dzwonic|kontaktowac)\b",
        r"\b(ring|kontakta) (inte|ej|ikke)\b",
    )
)
_PATTERN = folded(_SAYS_NO)
_NOT_YET = folded(NOT_YET)
REFUSED = "opted_out"
_FEW = 200


def refused_in_words(results: pl.Series) -> pl.Series:
    """Tell refusals, however they are worded. Utf8 -> Utf8.

    Returns
    -------
    pl.Series
        ``opted_out`` where the text says no in words that no later stage knows, else null. Doubt
        is a no: "not opted out" counts as one.
    """
    # Few results are different, and a pattern costs a hundred times what a look-up does.
    known = results.drop_nulls().unique()
    if len(known) <= _FEW:
        # Every block of a file holds the same few, and to make a pattern costs most.
        refused = pl.Series(sorted(_refusing_few(frozenset(known))), dtype=pl.String)
    else:
        refused = _refusing(known)
    if refused.is_empty():
        return results.clear(len(results))
    return (
        results.to_frame("r")
        .select(pl.when(pl.col("r").is_in(refused.implode())).then(pl.lit(REFUSED)))
        .to_series()
        .alias(results.name)
    )


@lru_cache(maxsize=256)
def _refusing_few(words: frozenset[str]) -> frozenset[str]:
    return frozenset(_refusing(pl.Series(sorted(words), dtype=pl.String)))


def _refusing(known: pl.Series) -> pl.Series:
    """Return those of different texts that say no."""
    bare = known.str.to_lowercase()
    # "DoNotCall" is three words, and marks are written or not.
    parted = known.str.replace_all(r"(\p{Ll})(\p{Lu})", "$1 $2").str.normalize("NFKD")
    spelt = parted.str.replace_all(r"\p{M}", "").str.to_lowercase()
    spelt = spelt.str.replace_many(list(STROKES), list(STROKES.values()))
    spelt = spelt.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars(" ")
    bare = bare.str.strip_chars()
    says_no = spelt.str.contains(_PATTERN) | bare.str.contains(MARKED)
    says_no &= ~bare.str.contains(_KNOWN)
    return known.filter(says_no & ~spelt.str.contains(_NOT_YET))
