"""What a header that says no looks like, in the languages of the exports: words, not cells.

Read by `refusal_in`, which first takes case, marks, digits and signs away and parts
``HasOptedOutOfEmail`` into words. A blank in a pattern may be missing in the header.
"""

import re
import unicodedata
from functools import cache
from typing import Literal

from pipelines.load.meaning.plain_refusals import DEATH, STANDS_ALONE, UNDER_AGE
from pipelines.load.meaning.refusal_cells import NOT_YET, folded

# What a column speaks against. `ask`: it looks like a no, and nobody but its owner can tell.
Refused = Literal["email", "call", "both", "profiling", "processing", "ask", ""]
# What closes every channel, letters too.
Mark = Literal["deceased", "under_age"]

_SOMETHING = (
    r"(e ?mail|mail|newsletter|marketing|mailing|call|contact|phone|sms|text|advertis\w*|solicit"
    r"|campaign|kontakt|anruf|telefon|werbe|werbung|rundschreiben|whats ?app)"
)
_VERB = (
    r"(call|phone|ring|dial|contact|e ?mail|mail|text|sms|disturb|market|solicit|bulk|post|fax|send"
    r"|process|profil|track|message|approach|robo ?call|direct|advertis)"
)
_REFUSALS = "|".join(
    pattern.replace(" ", " ?").replace(" ??", " ?")
    for pattern in (
        r"\bopt(ed|s|ing)? out|(mail|call|phone|sms|text|has|is)opt(ed)? out",
        r"\bunsub",
        rf"(do|does|must) (not|n ?t) (allow )?(bulk )?{_VERB}",
        rf"\b(dont|not to( be)?|not for|(may|must|shall|should) not( be)?) {_VERB}",
        # "Never contacted" tells of leads that nobody has called yet.
        rf"\bnever {_VERB}(?!l?ed\b|t?ed\b)",
        rf"\b(do|does|did) ?(not|n ?t) (want|wish|like)(\s\w+){{0,4}} {_SOMETHING}",
        rf"\bno longer (to be )?{_SOMETHING}",
        # Of those whom nobody has called since, it is a date.
        rf"\b(no|no more|no further|not (allow|want)\w*) {_SOMETHING}s?\b(?! (of|since|days)\b)",
        r"\bdnc\b|\bc?tps\b",
        r"\b(removed?|take|taken|keep) (me )?(from|off) (the )?(all |mailing |call )?lists?\b",
        r"\bno solicit|\bcease (and )?desist",
        r"\b(consenso|consentement|consentimiento|consentimento) (negat|refus|retir|revoc|negad)",
        r"\brefus rgpd|\brgpd refus|\bnicht (be)?werben",
        r"\bdnd\b|\bclean(ed)? (time|campaign|mail)",
        r"\b(ej|inte|ikke|ingen) (reklam|reklame|post|sms|samtal)",
        r"\bblack list",
        r"\bblock list|\bexclusion list|\bausschlussliste|\blist\w* (de |di |d )(exclu|esclu)",
        r"\binfofilter\b",
        r"\bsuppress",
        r"\brobinson|\b(liste noire|lista nera|lista negra|zwarte lijst|czarna lista|sperrliste)",
        r"\bobject(s|ed|ion) to\b|\bgdpr object",
        r"\breport(s|ed)? (as )?spam\b|\bspam report",
        r"\b(spam|e mail) complain|\bmarked (\w+ )?(as )?spam",
        r"\b(consent|permission|gdpr|opt in|marketing) (was |is )?(revoked|withdr[ae]wn?|withdrawal"
        r"|refused|denied|declined)",
        r"\b(revoked|withdrawn|withdrew) consent",
        rf"\bstop {_SOMETHING}|\b(marketing|e ?mail) suspend",
        rf"\b{_SOMETHING}s? (block(ed)?$|bann?(ed)?$|stop(ped)?$|refus|declin|restrict|forbid"
        r"|prohibit|disallow|exclu)",
        rf"\b(exclud|remov|block|refus|banned)\w* (from )?(all )?{_SOMETHING}",
        r"\b(removal|deletion|delete|erasure) request|\bright to be forgotten|\bshould forget"
        r"|\bforget this individual|\bgdpr (delet|eras|object)",
        # German
        rf"\bkein(e|en|er|erlei)? (\w+ )?({_SOMETHING}|post|anschreiben)",
        r"\b(abgemeldet|abmeld|abbestell|widersp|widerruf|austragen|ausgetragen)",
        r"(werbe|anruf|mail|kontakt|telefon|marketing|newsletter) ?(sperr|verbot|stop|widersp)",
        rf"\b{_SOMETHING}\w* (unerwunscht|nicht (erlaubt|erwunscht|gewunscht))",
        r"\bloschung (gewunscht|verlangt|beantragt)|\bloschantrag",
        r"\bnicht (mehr )?(angerufen|anrufen|kontakt|mailen|anschreiben|stoeren|storen|erwunscht)",
        # French
        r"\b(desinscri|desabonn)",
        r"\bne (pas|plus) (\w+ )?(appel|contact|envoy|demarch|sollicit|emailer|recevoir|derang)",
        r"\b(interdi\w+|pas) (d |de )?appel|\bne (souhaite|veut|desire) (pas|plus) etre",
        r"\b(pas|plus) (de )?(mail|newsletter|appel|demarchage|prospection|e mail|courriel|sms"
        r"|contact"
        r"|sollicitation|publicite)",
        r"\brefus\w* (de |d |des |le |la )?(e mail|appel|newsletter|contact|prospection|sms|mail"
        r"|demarchage|sollicitation|publicite)",
        r"\b(opposition|oposicion)\b|\bbloctel\b|\bliste (rouge|noire)\b|\bstop pub",
        # Spanish, Portuguese
        r"\bno (llam|contact[aeo]|molest|envi|dese|quier|acept|publicidad|correo|recib)",
        r"\b(dad\w+ de |fecha de |de )?baja\b",
        r"\blista (negra|robinson)",
        r"\bnao (ligar|ligue|contact|contat|envi|perturb|chamar|telefon|incomod|deseja|quer|receb)",
        r"\b(descadastr|desinscr|cancelou (a )?(inscri|assinatura))",
        r"\b(cancel|annull|avsluta|anulowa|zrezygnowan|peruut)\w+(\s\w+){0,3} (la |l |el )?"
        r"(suscripc|iscriz|assinat|inscric|prenumerat|subskrypc|tilau|newsletter|boletin)",
        r"\b(suscripcion|iscrizione|assinatura|inscricao|prenumeration|subskrypcja)\w* "
        r"(cancel|annull|avslut|anulow)",
        # Italian
        r"\bnon (chiamare|contattare|inviare|disturbare|telefonare|desidera|vuole|ricevere)",
        r"\b(disiscri|opposizion|rifiut\w+ (e mail|chiamat|contatt|marketing|newsletter))",
        # Dutch
        r"\bniet (meer )?(bellen|mailen|benader|contact|storen|gebeld|emailen|aanschrijven)",
        r"\bbel me niet|\b(afgemeld|uitgeschreven|afmeld|uitschrijf|bezwaar)",
        rf"\bgeen ({_SOMETHING}|nieuwsbrief|telefon|reclame|contact)",
        # Polish, Czech
        r"\bnie (dzwon|kontakt|wysyl|mailow|wyraza)",
        r"\b(wypisan|rezygnacj|sprzeciw|brak zgody|bez zgody|nevolat|nekontakt|odhlasen)",
        # Swedish, Danish, Norwegian, Finnish
        r"\b(ring|ringa|kontakta|kontakt) (ej|inte|ikke)\b|\b(ej|inte|ikke) (ring|kontakt|mail)",
        r"\b(avregistrer|avprenumer|avmeldt|afmeldt|frameldt|reklamsparr|nix telefon)|\bnix\b",
        r"\breserv(ert|eret|erad|asjon|ation) (mot|mod|imod)\b",
        r"\bei saa (soittaa|lahettaa)|\b(suoramarkkinointi)?kielto\b",
        # Russian, Turkish, Japanese, Chinese
        r"не (звонить|беспокоить|писать|связываться)|отпис(ан|ка|ался)",
        r"\b(aramayin|abonelikten)",
        r"配信を?(停止|不要)|(登録|購読)を?解除|電話(禁止|不可)|連絡不可|メール(不要|不可)|退订|请勿",
    )
)
# Other than what is refused: these tell how, where or how often, of everybody.
_ABOUT = (
    r"\b(link|url|uri|token|page|count|number|num|rate|template|script|checked|screened|scrubbed"
    r"|lookup|register|registry|clicks?|form|total|anzahl|nombre|numero)\b"
)
# A no, to something that we cannot tell from here.
_DOUBT = (
    r"^(do not|does not|dont|don t|never(?! (been |\w+ed\b))|donot)\b|\bsperr|\bgesperrt\b"
    r"|\bno (phone|contact)s?$"
    # A no in these is a refusal, a yes is none.
    r"|\b(un|not )?contactable\b|\b(call|e ?mail|phone|sms|contact)(s|ing|ed)? (is |are )?"
    r"allowed\b"
    r"|\b(can|may|ok|okay|happy|willing|agree[sd]?|permission|allowed?) (to |us to |we |i |you )?"
    r"(be )?(call|contact|e ?mail|phone|text|sms|reach)"
    r"|\b(anruf|werbung|kontakt|anrufe|telefon|mail|e mail|newsletter|marketing)\w* (ist |sind )?"
    r"(erlaubt|gestattet|zulassig|erwunscht|gewunscht)\b"
    r"|\bdarf (\w+ ){0,2}(kontaktiert|angerufen|angeschrieben)"
    r"|\b(autoriz|autoris|permit|toegestaan|tillat|zezwal)\w* (\w+ ){0,3}"
    r"(llam|contact|publi|correo|e ?mail|marketing|telef|appel|kontakt|comunic|envi|chiam|ligar)"
    r"|\b(contact|publicidad|marketing|e ?mail|appel|mail)\w* (autoriz|autoris|permit|toegestaan)"
    r"|^(is )?blocked$|\bdo not\b|\bobject(ed|ion)\b|\b(revoked|withdrawn)\b"
    rf"|{STANDS_ALONE}"
)
# By letter or fax nobody is contacted here.
_ELSEWHERE = r"\b(bulk )?postal( mail)?s?\b|\bpostal ?mail|\bdirect ?mail|\bfax\w*|\bbulk ?mails?\b"
# "(Do Not Modify) Lead" is the id column of Dynamics 365.
_ELSEWHERE += r"|\bdo not modify\b"
_ELSEWHERE += r"|\bpost\b|\bpostalmail|bulkpostalmail|postalmail|donot(fax|postalmail)|\bletters?\b"
# The Data Loader of Salesforce writes HASOPTEDOUTOFFAX.
_ELSEWHERE += r"|outoffax\b"
_PROFILING = r"profil|geo track|track"
_PROCESSING = r"process|forget|forgotten|erasure|delet|widerruf|\bgdpr"
_CALLS = (
    r"call|phone|telef|tel\b|\bring|dial|sms|\btext|whats|mobile|mobil|voice|anruf|angeruf|llam"
    r"|\bc?tps\b|appel|chiam|ligar|ligue|chamar|dzwon|bell|gebeld|bel me|soitta|volat|звон|電話"
    r"|aramay|bloctel|demarch|\bnix"
)
_EMAILS = (
    r"mail|newsletter|nieuwsbrief|boletin|infolettre|correo|courriel|unsub|subscri|abonn|inscri"
    r"|suscripc|iscriz|assinat|prenumer|subskryp|登録|購読|abbestell|abgemeld|afgemeld|uitgeschr|descadastr|wypisan|disiscri|avregistr|avprenum|odhlas"
    r"|bulk|send|\bclean|配信|メール|退订|отпис|pub\b|spam"
)
# Columns whose cells may say no in words: "Unsubscribed", "Do not contact".
_TELLS = (
    r"\b(e ?mail|marketing|newsletter|mailing|subscription|subscriber|opt ?in|consent|gdpr|dsgvo"
    r"|rgpd|contact|communication|sms|phone|call|privacy|permission|kontakt|werbe\w*|mailing list"
    r"|list|abonnement|iscrizione|suscripcion|inscricao|prenumeration|subskrypcj\w+)\b.*"
    r"\b(status|state|statut|estado|stato|preferences?|permissions?|consent)\b"
    r"|^(estado|statut|stato|status) (de |d |di |do |da |della |del )?(la |l )?"
    r"(suscripcion|abonnement|iscrizione|inscricao|inscription|newsletter|subskrypcji)$"
    r"|^kontaktstatus$|^newsletter$|^(\w+ )?(consent|subscription|permission|(werbe)?einwilligung"
    r"|consentement|consentimiento|consenso|toestemming|consentimento|zgoda)$"
)
_DENIED = (
    r"^(denied|declined|refused|rejected|revoked|withdrawn|no consent|not consented|stop|cleaned"
    r"|none|removed|blocked|excluded|objected|opposed|prohibited|forbidden|not (allowed|permitted)"
    r"|gesperrt|widerrufen|verweigert|abgelehnt|untersagt|nicht (erlaubt|erteilt|erwunscht)"
    r"|(refuse|retire|revoque|oppose|bloque)e?|(rechazad|revocad|denegad|retirad|bloquead)[oa]|baja"
    r"|(rifiutat|revocat|negat|ritirat|bloccat)[oa]|(recusad|revogad|negad)[oa]"
    r"|ingetrokken|geweigerd|geblokkeerd|odmowa|wycofan[ay])$"
)
_YES = (
    r"^newsletter$|\b(acept[ao]|aceita|accett[ao]|accepte|akzeptiert|zustimmung|zugestimmt|samtycke|samtykke"
    r"|suostumus|souhlas|hozzajarulas|acord|onay|согласие|同意)\b"
    r"|\bopt(ed)? in\b|\bconsent\b|\bsubscrib(ed|er)\b|\bsubscription\b|\baccepts\b|\beinwilligung"
    r"|\bconsentement|\bconsentimiento|\bconsenso|\btoestemming|\bconsentimento|\bzgoda"
)
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# "No. of calls" is a number of them.
_NUMBER = re.compile(r"\bno\.", re.IGNORECASE)
# Dynamics 365: the column "Send Marketing Materials" holds "Do Not Send".
# A mail stop is where in a building the post goes, or somebody stops the mails.
_BY_NAME: dict[str, Refused] = {
    "send marketing materials": "both",
    "mail stop": "ask",
    "mailstop": "ask",
    "mail stop code": "ask",
}


@cache
def refusal_in(header: str) -> Refused:
    """Tell what a header speaks against; "": nothing that anybody is asked about.

    Doubt about the channel is a no on every one of them.
    """
    text = _bare(header)
    if text in _BY_NAME:
        return _BY_NAME[text]
    if _has(DEATH, text) or _has(UNDER_AGE, text):
        return "both"
    if not _has(_REFUSALS, text):
        return "ask" if _has(_DOUBT, text) and not _has(_ELSEWHERE, text) else ""
    if _has(_ABOUT, text):
        return "ask"
    rest = re.sub(_marked(_ELSEWHERE), " ", text)
    is_call, is_email = _has(_CALLS, rest), _has(_EMAILS, rest)
    if is_call or is_email:
        return "both" if is_call and is_email else "call" if is_call else "email"
    if rest != text:
        return ""
    if _has(_PROFILING, text):
        return "profiling"
    return "processing" if _has(_PROCESSING, text) else "both"


def mark_of(text: str) -> Mark | None:
    """Tell what a header or a cell says of a person beside a no; None: nothing."""
    bare = _bare(text)
    if _has(DEATH, bare):
        return "deceased"
    return "under_age" if _has(UNDER_AGE, bare) else None


def stands_alone(header: str) -> bool:
    """Tell whether a header is nothing but a word such as "Cancelled" or "Refused"."""
    return _has(STANDS_ALONE, _bare(header))


def tells_in_words(header: str) -> bool:
    """Tell whether the cells of a column may say no in words."""
    return _has(_TELLS, _bare(header))


def tells_a_yes(header: str) -> bool:
    """Tell whether a column says of each record whether its person agreed."""
    text = _bare(header)
    return _has(_YES, text) and not _has(_ABOUT, text)


def refusal_told(word: str, *, is_consent: bool) -> Refused:
    """Tell what a cell speaks against.

    Parameters
    ----------
    is_consent : bool
        The column is one of `tells_in_words`, so that "Denied" can mean nothing else.
    """
    if is_consent and _has(_DENIED, _bare(word)):
        return "both"
    if _has(NOT_YET, _bare(word)):
        return ""
    refused = refusal_in.__wrapped__(word)
    return "" if refused == "ask" else refused


def _bare(header: str) -> str:
    """Reduce a header to lower-case words without marks, digits and signs."""
    parted = _NUMBER.sub("number", unicodedata.normalize("NFKC", _WORDS.sub(" ", header)))
    plain = folded(parted.casefold())
    return re.sub(r"[\W\d_]+", " ", plain.replace("'", "").replace("\u2019", "")).strip()


@cache
def _marked(pattern: str) -> str:
    # Marks are gone from the header, so they go from the words.
    return folded(pattern)


def _has(pattern: str, text: str) -> bool:
    return re.search(_marked(pattern), text) is not None
