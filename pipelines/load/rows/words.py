"""Closed vocabularies of the child tables, and what exports call their members."""

import polars as pl

from pipelines.load.normalise.few_words import read_once

ACTIVITY_CHANNELS = {
    "call": "call phone telephone phone_call inbound_call outbound_call telefon anruf",
    "email": "email e_mail mail_out emailed list_email listemail outbound_email",
    "sms": "sms text text_message whatsapp",
    "meeting": "meeting event appointment demo visit",
    "form": "form form_submission webform web_form",
    "web": "web page_view website visit_web pageview chat",
    "task": "task to_do todo other",
    "note": "note notes comment",
    "campaign": "campaign campaign_member",
}
CONTACT_CHANNELS = {
    "email": "email e_mail",
    "phone": "phone call telephone voice",
    "sms": "sms text text_message",
    "mail": "mail direct_mail post letter mailing_address",
    "ai_voice": "ai_voice voice_ai ai_call robocall",
}
DIRECTIONS = {
    "in": "in inbound incoming received incoming_email",
    # HubSpot calls what it has sent an EMAIL, and nothing else that.
    "out": "out outbound outgoing sent internal email forwarded_email",
}
ACTORS = {"human": "human person rep user agent", "ai": "ai bot ai_agent", "system": "system auto"}
MILESTONES = {
    "qualified": "qualified mql sql",
    "converted": "converted conversion customer",
    "opportunity": "opportunity",
    "won": "won closed_won",
    "disqualified": "disqualified unqualified junk not_converted",
    "lost": "lost closed_lost",
}
CONSENT_STATUSES = {
    "opt_in": "opt_in optin optedin opted_in granted subscribed yes true 1",
    "opt_out": "opt_out optout optedout opted_out revoked withdrawn unsubscribed denied no false 0"
    " n f off nein non nee unsubscribe declined refused rejected stop do_not_contact dnc complaint",
    "objected_profiling": "objected_profiling objection art21 art_21",
    "unknown": "unknown not_seen notseen pending",
}
# What a record of consent can only close.
BINDING = ("opt_out", "objected_profiling")
HANDLERS = {"ai": "ai bot ai_agent", "human": "human person rep agent"}
DISPOSITIONS = {
    word: word
    for word in [
        "sent",
        "delivered",
        "opened",
        "bounced",
        "no_answer",
        "answered",
        "replied",
        "meeting",
        "callback_at",
        "escalated",
        "opted_out",
        "complaint",
        "wrong_number",
        "left_company",
    ]
}
# Of these words a no is known, whoever has exported them: activities, attempts.
DISPOSITIONS |= {
    "opted_out": "opted_out opt_out optout optedout unsubscribed unsubscribe do_not_call"
    " do_not_email do_not_contact dnc stop",
    "complaint": "complaint spam_complaint spam spam_report spamreport",
    "callback_at": "callback_at callback call_back callback_requested call_back_later",
}
REFUSAL_WORDS = {word: DISPOSITIONS[word] for word in ("opted_out", "complaint")}
CUSTOMER_STATUSES = {
    "customer": "customer active client",
    "open_opportunity": "open_opportunity opportunity open open_deal",
}
REGISTRIES = {
    name: name
    for name in ("us_dnc", "uk_tps", "uk_ctps", "ca_dncl", "uk_mps", "de_robinson", "us_rnd")
}


def word_of(text: pl.Series, vocabulary: dict[str, str]) -> pl.Series:
    """Translate words of an export. Utf8 -> Utf8; null: blank or not in the vocabulary.

    Such words are few, so each is read once and not once for every record.
    """
    table = {alias: word for word, aliases in vocabulary.items() for alias in aliases.split()}

    def read(given: pl.Series) -> pl.Series:
        bare = given.str.to_lowercase().str.replace_all(r"[\s\-/]+", "_")
        return bare.replace_strict(table, default=None, return_dtype=pl.String)

    return read_once(text, read)
