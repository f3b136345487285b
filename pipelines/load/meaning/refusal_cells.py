"""Cells that say no, or only seem to, as a whole: "Baja", "黑名单", "Offen - nicht kontaktiert".

Words that are about something else within a sentence, a name or a product, and can mean nothing
else where they are the whole cell. All patterns are for text that `folded` has reduced in the same
way: lower case, no marks, no strokes through letters, one blank for any other sign.
"""

import unicodedata
from typing import Final

# Letters that are no letter and a mark to Unicode.
STROKES: Final = {"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "ð": "d"}
_TABLE: Final = str.maketrans(dict(STROKES))
# As they are written: without marks, "DoD" would be dead.
MARKED: Final = r"^(d[öø]d|ölü)$"
_FULL: Final = "|".join(
    (
        r"no contacts?|no contact (requested|wanted|please)|no further contact|hard no|forget me"
        r"|off limits",
        r"block(ed|list|listed| list)|suppress(ed|ion)( list)?|removed|opposed|objected",
        r"(gdpr|dsgvo|rgpd|rodo|lgpd|avg) (eras\w+|delet\w+|remov\w+|geloscht|loschung|supprime"
        r"|borrad\w|usuniet\w)|litigator|tcpa litigator|spam complaint|complain(t|ed|er)",
        r"cancel+ed (the )?(subscription|newsletter)|(subscription|newsletter) cancel+ed",
        # German
        r"tot|gesperrt|sperre|gesperrter kontakt|widerrufen|einwilligung widerrufen"
        r"|kontakt unerwunscht|kein interesse an kontakt|nicht mehr erwunscht|austragung",
        r"(loschung|loschen|daten loschen) (beantragt|gewunscht|verlangt)|sperrliste",
        # French
        r"mort|morte|opposee?|opposition|liste noire|pas de (contact|demarchage|prospection)"
        r"|refus( de| tout| de tout)? contact|refuse tout contact|a supprimer rgpd",
        # Spanish
        r"(de |en )?baja( (voluntaria|definitiva|solicitada|newsletter|boletin))?|dad[oa] de baja"
        r"|desuscrit[oa]s?|desuscripcion|muert[oa]|bloquead[oa]|oposicion|lista negra"
        r"|cancel\w+ (de )?(la )?suscripcion|suscripcion cancelada"
        r"|no (desea|quiere)( mas| ser| que| le| la| lo| se| nos| recibir)* (contact|llam|correo"
        r"|comunicacion|publicidad)\w*",
        # Italian
        r"mort[oa]|bloccat[oa]|lista nera|revocato|consenso revocato|opposizione"
        r"|non (desidera|vuole)( piu| essere| ricevere)* (contatt|chiam|comunicazion|pubblicit)\w*",
        # Dutch
        r"dood|afgemeld|afmelding|uitschrijving|geen contact|zwarte lijst|bezwaar|geblokkeerd"
        r"|(wil|wenst)( niet| geen| meer)+( contact| gebeld| benaderd| gemaild| worden)+",
        # Portuguese
        r"obito|nao (contatar|contactar|perturbe|quer contato|deseja contato)"
        r"|cancelou (a )?(inscricao|assinatura)|(inscricao|assinatura) cancelada",
        # Polish, Czech, Slovak, Hungarian, Romanian
        r"wypisan[aey]|wypisala? sie|czarna lista|rezygnacja|sprzeciw|brak zgody|zablokowan[aey]",
        r"odhlasen[aey]?|odhlasila? se|zesnul[aey]|nekontaktovat|nevolat|neoslovovat|mrtv[aey]"
        r"|nevola[tť]|cerna listina",
        r"leiratkozott|meghalt|ne (keresd|hivja|hivd)|nem (hivhato|keresheto)|tiltolista"
        r"|letiltva",
        r"dezabonata?|a nu se (contacta|suna)|nu (contactati|sunati|deranjati)|lista neagra",
        # Swedish, Danish, Norwegian, Finnish
        r"avregistrerad|avanmald|sparrad|far ej kontaktas|ej kontakt|svarta listan",
        r"afmeldt|avmeldt|frameldt|(ikke|ingen) kontakt|kontakt ikke"
        r"|(ma|skal|vil|onsker) ikke (bli |at blive )?(kontaktes|kontaktet|kontakt|ringes)",
        r"ei saa (soittaa|ottaa yhteytta|kontaktoida)|\w*kielto|ei yhteydenottoja|estolistalla",
        # Greek, Russian, Ukrainian, Turkish
        r"απεγγραφη|αποβιωσας|μην (καλειτε|επικοινωνειτε)|διαγραφηκε|θανων",
        r"не (звонить|беспокоить|писать|связываться|контактировать|турбувати|дзвонити)"
        r"|(больше|просил[аи]?) не звонить|отпис(ан|ана|ка|ался|алась)|черный список|чс|мертв\w*"
        r"|умер\w*|скончал\w*|відписа\w+|помер\w*|чорнии список",
        r"abonelikten cikti|aramayin(iz)?|arama istemiyor|aranmak istemiyor"
        r"|iletisime gecmeyin(iz)?|iletisim istemiyor|kara liste",
        # Japanese, Chinese, Korean, Hebrew, Arabic
        r"(メール)?配信(停止|拒否)|連絡(不要|不可|拒否|禁止)|電話(不可|禁止|拒否)|営業(不可|拒否)"
        r"|解約|ブラックリスト|退会",
        r"已?退订|已?取消订阅|请勿(联系|打扰|致电)|不要(联系|打扰)|勿扰|免打扰|黑名单|拒绝(联系|营销|来电)",
        r"수신 ?거부|연락 ?(금지|거부)|전화 ?(금지|거부)|사망|탈퇴|블랙리스트",
        r"לא ליצור קשר|אין להתקשר|הוסר מרשימה|נפטרה?",
        r"لا تتصل|عدم الاتصال|متوفى|متوفاة|الغاء الاشتراك",
    )
)
PLAIN: Final = rf"^(?:{_FULL})$"
# Nobody has called yet, which is no refusal: the status that most leads of a backlog have.
_ALREADY: Final = (
    r"open|offene?[rs]?|opened|abiert[oa]|abert[oa]|apert[oa]|ouverte?|otwart[aey]|apen|oppen|aben"
    r"|new|neu|nuev[oa]|nouveau|nouvelle|nov[oa]|nuov[oa]|nieuw|ny|leads?|status|contact|kontakt"
    r"|still|noch|nog|encore|todavia|aun|ainda|ancora|yet|endnu|enna|jeszcze"
)
_REACHED: Final = (
    r"(?:re)?contacted|called|e ?mailed|phoned|reached|messaged|approached"
    r"|kontaktiert|angerufen|angeschrieben|angesprochen|contact[ae]d[oa]s?|contatad[oa]s?"
    r"|llamad[oa]s?|contattat[aeio]|chiamat[aeio]|contactee?s?|appelee?s?|gecontacteerd"
    r"|gebeld|benaderd|gemaild|kontaktad|kontaktat|kontaktet|oppringt|ringt|skontaktowan\w*"
)
NOT_YET: Final = (
    rf"^(?:(?:{_ALREADY}) )*(?:not|never|nicht|niet|no|non|nao|pas|ikke|inte|ej|nie)"
    rf"(?: (?:{_ALREADY}|been))* (?:{_REACHED})(?: yet)?$"
    r"|^(?:no|kein|geen|aucun|nessun|sin|sem|ingen) (?:successful )?(?:kontakt|contact|contacto"
    r"|contato|contatto) (?:made|yet|established|so far|attempted|hergestellt|aufgenommen"
    r"|moglich|gehad|gelegd|mogelijk|etabli|stabilito|realizado|establecido)$"
)


# Where a column grades something, "baja" is low.
LOW: Final = r"(?i)^\s*baja\s*$"
GRADES: Final = (
    r"(?i)^\s*(media|medio|medium|normal|regular|muy (alta|baja)|cr[ií]tica|urgente)\s*$"
)
GRADED: Final = (
    r"(?i)priori|nivel|calid|importan|inter[eé]s|probab|temperat|rating|urgen|grado|puntua|score"
    r"|calific|valor|potencial|severi"
)


def folded(text: str) -> str:
    """Return a word or a pattern without case, marks and strokes; signs stay."""
    letters = unicodedata.normalize("NFKD", text)
    plain = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return plain.translate(_TABLE)
