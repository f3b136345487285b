"""A refusal in a sentence: what a call came to, where it is none of the words of `words`."""

import polars as pl

# What the stages after this one take for a no as it is written; see `merging.children.SAYS_NO`.
_KNOWN = r"^(opted[_ ]out|opt_out|unsubscribed?|(spam )?complaint|do[_ ]not[_ ]call)$"
_SAYS_NO = "|".join(
    (
        r"\b(do not|don ?t|never|not to( be)?) (re)?"
        r"(call|contact|phone|ring|e ?mail|mail|text|sms|disturb)",
        r"\bopt(ed|s|ing)? ?out",
        r"\bunsub",
        r"\bdnc\b",
        r"\b(remove|take|delete) (me|us|him|her|them|my|our|from|off)\b",
        r"\b(removal|deletion) requested|\brequest(s|ed)? (removal|deletion|no)\b",
        r"\bno (more|further) (call|contact|e ?mail|mail|text|message)",
        r"\bcomplain|\bspam (report|complaint)|\b(reported|marked) (as )?spam",
        r"\bnicht (mehr |wieder )?(anrufen|kontaktieren|anschreiben)",
        r"\bkein(e|en)? (weiter\w+ )?(anruf|kontakt|werbung)",
        r"\bwiderspr|\babgemeldet|\babbestellt",
    )
)
REFUSED = "opted_out"


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
    bare = known.str.to_lowercase()
    spelt = bare.str.replace_all(r"[^\p{L}\p{N}]+", " ")
    says_no = spelt.str.contains(_SAYS_NO) & ~bare.str.strip_chars().str.contains(_KNOWN)
    refused = known.filter(says_no)
    return (
        results.to_frame("r")
        .select(pl.when(pl.col("r").is_in(refused.implode())).then(pl.lit(REFUSED)))
        .to_series()
        .alias(results.name)
    )
