import polars as pl
import pytest

from pipelines.load.meaning.refusal_words import refusal_in, refusal_told, tells_in_words
from pipelines.load.rows.refusals import refused_in_words

HEADERS = {
    "email": (
        "HasOptedOutOfEmail, Email Opt Out, Opted out of email: Marketing Information,"
        " Portal Unsubscribe, Unsubscribed from all email, hs_email_optout, hs_email_optout_12345,"
        " donotemail, Do not allow Emails, Do not allow Bulk Emails, Kein Newsletter,"
        " Newsletter abbestellt, Von allen E-Mails abgemeldet, Désinscrit, Désabonné des e-mails,"
        " Ne pas envoyer de mail, Suscripción cancelada, No enviar correo, Disiscritto,"
        " Iscrizione annullata a tutte le e-mail, Geen nieuwsbrief, Uitgeschreven, Niet mailen,"
        " Cancelou a assinatura de todos os e-mails, Wypisany z newslettera, Avregistrerad,"
        " 配信停止, CLEAN_TIME, Marked email as spam,"
        " Nie wysy\u0142a\u0107 maili,"
        " Unsubscribed Time, DoNotEmail__c, Mailsperre, No Newsletter, E-Mail-Abmeldung,"
        " emailoptout, EMAILOPTOUT, HASOPTEDOUTOFEMAIL, Email Suspended, Pas de mail"
    ),
    "call": (
        "Do Not Call, DoNotCall, DONOTCALL, do_not_call, Do not allow Phone Calls, donotphone,"
        " No llamar, Nicht anrufen, Ne pas appeler, Non chiamare, Niet bellen, Bel-me-niet,"
        " Não ligar, Nie dzwonić, SMS Opt-Out, et4ae5__HasOptedOutOfMobile__c, Anrufsperre,"
        " Keine Anrufe, Ring ej, Не звонить, 電話禁止, Blacklisted Phone Is Mobile, Bloctel,"  # noqa: RUF001 - Russian
        " Doesn't want calls, May not call, Anrufe unerw\u00fcnscht, Interdit d'appeler,"
        " Pas d'appel, Never call"
    ),
    "both": (
        "Do Not Contact, DNC, opt_out, Opt-Out, Opt Out Date, is_blacklisted, Blacklist,"
        " Liste noire, Werbesperre, Kontaktsperre, Widerspruch, Robinson, Suppressed,"
        " Ne pas contacter, No contactar, Non contattare, Niet benaderen, Sprzeciw, Keine Werbung,"
        " HasOptedOutSolicit, Fecha de baja, Não contactar, Consent Withdrawn, Don't Contact,"
        " Send Marketing Materials, Marketing Suspended, Not for marketing, May not be contacted,"
        " Does not want to be contacted, Never contact, Werbung nicht erlaubt,"
        " Derecho de oposici\u00f3n, Removed from lists, Reservert mot salg, Ej reklam,"
        " Deceased, IsDeceased, Date of death, Verstorben am, Sterbedatum, D\u00e9c\u00e9d\u00e9,"
        " Fallecido, Fecha de defunci\u00f3n, Deceduto, Overleden, Falecido, Zmar\u0142y, Avliden"
    ),
    "": (
        "Email, Phone, Opt In, Email Opt-In, HasOptedOutOfFax, Fax Opt Out, Do not allow Faxes,"
        " donotpostalmail, hs_email_optimal_send_day_of_week, No. of Calls, No. of Employees,"
        " Complain, Phone No, hs_object_id, Object create date/time, (Do Not Modify) Lead,"
        " Subscribed, Call Stop Time, Bank Contact, Options, Baujahr, Marketing Consent,"
        " Nicht erreicht, Withdrawal Amount, Country, cons.price.idx,"
        " HASOPTEDOUTOFFAX, Cancelled orders, Removed stock, Dead line, Death rate,"
        " Stop date of trial,"
        " Never contacted, Never called, Never been called, No contact since, No Contact Days"
    ),
    "ask": "Unsubscribe link, Number of unsubscribes, DNC checked date, Do Not Route, Gesperrt,"
    " Contactable, Email allowed, Can be called, OK to email, Permission to call, Blocked,"
    " Mail Stop, Cancelled, Cancellato, Is Deleted, Gel\u00f6scht am, Revocado,"
    " Kunde gek\u00fcndigt,"
    " R\u00e9sili\u00e9, Bloqueado, Refus\u00e9, TCPA Litigator, Anulowany, GDPR,"
    " May we contact you?, Autoriza llamadas, Darf kontaktiert werden",
    "profiling": "HasOptedOutProfiling, HasOptedOutTracking, Don't Profile",
    "processing": "HasOptedOutProcessing, ShouldForget, Right to be forgotten",
}


@pytest.mark.parametrize(
    ("header", "against"),
    [(header, against) for against, listed in HEADERS.items() for header in listed.split(", ")],
)
def test_what_a_header_speaks_against(header, against):
    assert refusal_in(header) == against


@pytest.mark.parametrize(
    ("word", "is_consent", "against"),
    [
        ("Unsubscribed", True, "email"),
        ("Do Not Contact", False, "both"),
        ("Do not call", False, "call"),
        ("Denied", True, "both"),
        # Of a lead, it is what somebody thought of an offer.
        ("Denied", False, ""),
        ("Subscribed", True, ""),
        ("Open - Not Contacted", False, ""),
        ("Closed - Not Converted", False, ""),
        ("Nicht erreicht", False, ""),
        ("Stop", True, "both"),
    ],
)
def test_what_the_word_of_a_status_speaks_against(word, is_consent, against):
    assert refusal_told(word, is_consent=is_consent) == against


@pytest.mark.parametrize("word", ["cancelled", "do not want", "ne pas", "keine"])
def test_a_long_run_of_letters_is_looked_at_once(word):
    # With a blank that may be missing, a run is divided in n**3 ways: this never ended.
    assert refusal_told(f"{word} {'x' * 20_000}", is_consent=False) == ""


@pytest.mark.parametrize(
    "word",
    [
        "Offen - Nicht kontaktiert",
        "Abierto - No contactado",
        "Aberto - Não contatado",
        "Öppen - Ej kontaktad",
        "Open - Niet benaderd",
        "Ikke kontaktet",
        "Pas encore contacté",
        "Never contacted",
        "Not yet called",
        "Noch nicht angerufen",
        "Nog niet gebeld",
        "No contact made",
        "Kein Kontakt hergestellt",
    ],
)
def test_whom_nobody_has_called_yet_has_not_refused(word):
    """Salesforce's own status for a lead that nobody has worked on, in other languages."""
    assert refusal_told(word, is_consent=False) == ""
    assert refusal_told(word, is_consent=True) == ""
    assert refused_in_words(pl.Series([word])).item() is None


@pytest.mark.parametrize(
    "word",
    [
        "Nicht kontaktieren",
        "Soll nicht kontaktiert werden",
        "Nicht mehr angerufen werden",
        "Nicht kontaktiert werden",
        "No contactar",
        "Never contact",
        "Never call again",
        "Niet bellen",
        "Wil niet gebeld worden",
        "Ej kontakt",
        "Do not contact",
        "Not to be contacted",
        "Kein Kontakt",
        "Não contatar",
        "Ne pas contacter",
    ],
)
def test_whoever_must_not_be_called_has(word):
    is_told = refusal_told(word, is_consent=False) != ""
    assert is_told or refused_in_words(pl.Series([word])).item() == "opted_out"


def test_columns_that_tell_of_consent_in_words():
    told = ("Email Marketing Status", "Person - Marketing status", "Consent", "GDPR Status")
    others = ("Lead Status", "Status", "State", "Email", "Contact", "Marital Status", "Stage")
    assert [tells_in_words(header) for header in told + others] == [True] * 4 + [False] * 7
