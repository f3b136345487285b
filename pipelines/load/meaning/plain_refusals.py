"""Words that say no only where they stand alone, and words of death, as `refusal_words` folds them.

"Cancelled" over a column may mean the newsletter or an order, "Deleted" the address or a copy of
it: nobody but its owner can tell, so the owner is asked. In a longer header such a word is about
what stands beside it.
"""

# Nobody calls the dead, and their family least of all.
DEATH = "|".join(
    (
        r"\bdeceas\w*|\bdied\b|\bpassed away\b|\bdeath (date|flag|indicator|notice)\b"
        r"|\b(date|day|year|time) of death\b|^death$",
        r"\bverstorben|\bgestorben|\b(todes|sterbe)(tag|datum|fall)",
        r"\bdecede|\bdeces\b",
        r"\bfallecid|\bfallecimiento|\bdifunt|\bdefuncion|\bfalecid|\bfalecimento|\bobito\b",
        r"\bdecedut|\bdefunt|\bdecesso\b|^mort[oa]$|^muert[oa]$",
        r"\boverleden|\boverlijden",
        r"\bzmar[lł]|\bzgon\b|\bzemrel|\bumrti\b|\belhunyt|\bdecedat",
        r"\bavlid(en|na)\b|\bavdod|\bafdød|\b(dødsdato|dødsfall)|\bdodsdatum|^d[oø]d$|\bkuollut"
        r"|\bkuolin",
        r"\bvefat|^умер|\b(скончал|покойн)|дата смерти",
        r"死亡|故人|逝去|去世",
    )
)
# Nor children.
UNDER_AGE = (
    r"\bunder ?aged?\b|\bis ?minor\b|\blegal minor\b|\bbelow (the )?(legal |minimum )?age\b"
    r"|\bminderjahrig\w*|\b(nicht|noch nicht) volljahrig|\bmineure?s?\b|\bmenor(es)? (de )?"
    r"(edad|idade)\b|\bminorenn[ei]\b|\bminderjarig\w*|\bniepelnoletni\w*|\bmindrearig\w*"
    r"|\bunder ?arig\w*|\balaikai\w*|\bnezletil\w*|未成年"
)
_STEMS = "|".join(
    (
        r"cancel+(ed|lation|ation)|revo(ked|cation)|refus(ed|al)|declined|denied|rejected"
        r"|withdrawn?|withdrawal|forbidden|prohibited|banned|barred|excluded|exclusion|erased"
        r"|removed|deleted|(anonymi|pseudonymi)[sz]ed|(tcpa )?litigat(or|ion)|litigious"
        r"|complain(er|ant|t|ed)|off limits|hands off|stop(ped)?|quit|gone ?away|ex ?directory"
        r"|suspended|opposed|disallowed|not allowed|legal hold|deny ?list|kill ?list|dead"
        r"|exempt(ed)?|no go",
        r"storniert|gekundigt|kundigung|abgelehnt|ablehnung|verweigert|ausgeschlossen|geloscht"
        r"|verboten|untersagt|anonymisiert|gestoppt|blockiert|beschwerde",
        r"(annule|resilie|refuse|rejete|revoque|retire|supprime|bloque|exclu|oppose|radie|efface"
        r"|interdit)e?s?|resiliation|revocation",
        r"(cancelad|revocad|rechazad|denegad|negad|retirad|eliminad|borrad|bloquead|excluid"
        r"|prohibid|suprimid|opuest|anulad|revogad|recusad|rejeitad|removid|apagad|proibid"
        r"|desistid)[oa]s?",
        r"(cancellat|revocat|rifiutat|negat|ritirat|rimoss|eliminat|bloccat|esclus|vietat|disdett"
        r"|annullat|oppost|rigettat)[oaie]|rifiuto|disdetta|revoca|cancellazione",
        r"geannuleerd|opgezegd|ingetrokken|geweigerd|afgewezen|verwijderd|geblokkeerd"
        r"|uitgesloten|verboden|herroepen",
        r"(anulowan|cofniet|odwolan|odrzucon|usuniet|zablokowan|wykluczon|odmow)\w*|odmowa"
        r"|(zrusen|odvolan|blokovan|smazan|zakazan|odmitnut)\w*",
        r"sparrad|sparr|spærret|sperret|slettet|borttagen|raderad|uppsagd|opsagt|oppsagt"
        r"|aterkallad|nekad|avvist|afvist|avslag|trukket|estetty|kielletty|peruttu|peruutettu"
        r"|poistettu",
        r"torolt|letiltva|visszavont|anulat|sters|retras|blocat|refuzat|iptal( edildi)?|engelli"
        r"|silindi",
        r"отказ\w*|отменен\w*|отозван\w*|заблокирован\w*|удален\w*|запрет\w*",
        r"解約|取消|拒否|停止|削除|拒绝|拒絕|黑名单",
        # The name of a law over a yes or no: given or refused, nobody can tell.
        r"gdpr|dsgvo|rgpd|lopd|rodo|lgpd|ccpa|privacy|datenschutz|permission|permiso|permesso"
        r"|autorizacion|autorizacao|autorizzazione|autorisation|erlaubnis|toelating",
    )
)
_BESIDE = (
    r"(is|has|was|been|be|on|at|by|am|le|il|el|em|op|flag|date|time|datum|fecha|data|dato|dia|tag"
    r"|status|yn|y n|lead|leads|contact|person|customer|kunde|client|cliente|user|member|kontakt"
    r"|klant|record|ist|wurde|est|es|esta|e|si|s)"
)
STANDS_ALONE = rf"^({_BESIDE} )*({_STEMS})( {_BESIDE})*$"
