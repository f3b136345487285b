"""Who the lead works for and as what.

Title, company, industry and head count count as immutable: forms fill them at creation and they
move slowly. That is an approximation, because enrichment tools fill them later; the leakage checks
of training look at their fill rate. ``annual_revenue`` and ``rating`` are filled and changed by the
people who work the lead, so only today's value is known.
"""

from typing import Final

import polars as pl

from features.expressions import folded, has_text, log_of
from features.spec import Feature, Known

# Levels are read top down: the first pattern that matches decides. Own list, built from common
# English, German, French, Spanish, Dutch and Italian titles.
_SENIORITY: Final[tuple[tuple[int, tuple[str, ...]], ...]] = (
    (1, (" intern ", " trainee ", " apprentice ", " student ", " praktikant", " werkstudent",
         " stagiaire ", " becari", " azubi ", " retired ", " unemployed ", " rentner",
         " pensioner ", " retraité", " jubilad")),
    (2, (" assistant to ", " executive assistant ", " personal assistant ", " secretary ",
         " receptionist ", " junior ", " jr ", " sekretär", " secrétaire ")),
    (4, (" business partner ", " partner manager ", " partner account ")),
    (7, (" vice president ", " vp ", " svp ", " evp ", " avp ", " vice président ")),
    (8, (" chief ", " ceo ", " cfo ", " coo ", " cto ", " cio ", " cmo ", " cro ", " cpo ",
         " ciso ", " founder ", " cofounder ", " owner ", " president ", " managing director ",
         " partner ", " proprietor ", " geschäftsführer", " inhaber", " vorstand",
         " pdg ", " gérant", " fondateur ", " propietari", " eigenaar ", " titolare ")),
    (6, (" director ", " head of ", " head ", " directeur ", " directrice ", " directora ",
         " direktor", "bereichsleiter", " direttore ")),
    (5, ("manager ", " mgr ", " supervisor ", " team lead", "leiter ", "leiterin ",
         " responsable ", " gerente ", " jefe ", " chef ", " foreman ")),
    (4, (" senior ", " sr ", " lead ", " principal ", " specialist ", " expert ", " architect ",
         " consultant ")),
)  # fmt: skip
_STAFF: Final = 3

# The first function that matches decides; stems on purpose ("engineer", "engineering").
_FUNCTIONS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("sales", (" sales ", " vertrieb", " business development ", " account executive ",
               " account manager ", " commercial ", " ventas ", " verkoop ")),
    ("marketing", (" marketing ", " brand ", " communication", " growth ", " digital ")),
    ("people", (" hr ", " human resources ", " people ", " talent ", " recruit", " personal ",
                " payroll ")),
    ("finance", (" financ", " cfo ", " account", " controller ", " treasur", " audit",
                 " buchhalt", " finanz")),
    ("procurement", (" procurement ", " purchas", " buyer ", " einkauf", " sourcing ", " achats ",
                     " supply chain ")),
    ("technology", (" it ", " software ", " develop", " data ", " cto ", " cio ", " ciso ",
                    " security ", " technolog", " systems ", " informati", " network")),
    ("engineering", (" engineer", " technical ", " r d ", " research", " ingenieur", " product ",
                     " quality ")),
    ("operations", (" operation", " coo ", " logistic", " production ", " plant ", " facilit",
                    " warehouse ", " manufacturing ")),
    ("legal", (" legal ", " counsel ", " lawyer ", " compliance ", " attorney ")),
    ("education and health", (" teacher ", " professor ", " student ", " nurse ", " doctor ",
                              " physician ", " school ")),
    ("administration", (" admin", " office ", " assistant ", " secretary ", " clerk ")),
    ("general management", (" ceo ", " founder ", " cofounder ", " owner ", " president ",
                            " managing ", " general manager ", " geschäftsführer", " inhaber")),
)  # fmt: skip

# Blanks around every word let plain substring search see word boundaries: one Aho-Corasick pass
# per level, several times faster than a regular expression with boundaries.
_words = pl.concat_str(
    pl.lit(" "), folded(pl.col("title").str.replace_all(r"[^\p{L}]+", " ")), pl.lit(" ")
)


def _seniority() -> pl.Expr:
    level: pl.Expr = pl.when(_words.is_not_null()).then(_STAFF)
    for value, words in reversed(_SENIORITY):
        level = pl.when(_words.str.contains_any(list(words))).then(value).otherwise(level)
    return level


def _function() -> pl.Expr:
    found: pl.Expr = pl.when(_words.is_not_null()).then(pl.lit("other"))
    for value, words in reversed(_FUNCTIONS):
        found = pl.when(_words.str.contains_any(list(words))).then(pl.lit(value)).otherwise(found)
    return found


FEATURES: Final[tuple[Feature, ...]] = (
    Feature(
        "seniority_level",
        "firmographic",
        "number",
        "1 = trainee, 3 = staff, 5 = manager, 6 = director, 7 = vice president, 8 = chief or owner",
        ("title",),
        Known.IMMUTABLE,
        "no title",
        "seniority in the job title",
        _seniority(),
    ),
    Feature(
        "job_function",
        "firmographic",
        "category",
        "code",
        ("title",),
        Known.IMMUTABLE,
        "no title, or a function too rare to know",
        "function in the job title",
        _function(),
    ),
    Feature(
        "has_company",
        "firmographic",
        "flag",
        "0/1",
        ("company",),
        Known.IMMUTABLE,
        "never",
        "company name is known",
        has_text("company"),
    ),
    Feature(
        "employees_log",
        "firmographic",
        "number",
        "log(1 + employees)",
        ("employees",),
        Known.IMMUTABLE,
        "head count unknown",
        "employees of the company",
        log_of("employees"),
    ),
    Feature(
        "annual_revenue_log",
        "firmographic",
        "number",
        "log(1 + currency units)",
        ("annual_revenue",),
        Known.EXPORT_ONLY,
        "revenue unknown",
        "annual revenue of the company",
        log_of("annual_revenue"),
    ),
    Feature(
        "industry",
        "firmographic",
        "category",
        "code",
        ("industry",),
        Known.IMMUTABLE,
        "industry unknown or too rare to know",
        "industry",
        pl.col("industry"),
    ),
    Feature(
        "company_lead_log_count",
        "firmographic",
        "number",
        "log(1 + leads)",
        ("company_lead_count",),
        Known.EVENT,
        "no company e-mail domain",
        "leads known of the same company",
        log_of("company_lead_count"),
    ),
    Feature(
        "rating",
        "firmographic",
        "category",
        "code",
        ("rating",),
        Known.EXPORT_ONLY,
        "no rating, or one too rare to know",
        "rating in the CRM",
        pl.col("rating"),
    ),
)
