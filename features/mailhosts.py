"""Kinds of e-mail address, in own short lists: common providers and usual role names.

They need not be complete: an unlisted free host looks like a company of its own, which costs a
little accuracy and nothing else. Whether a lead may be written to never depends on them.
"""

from typing import Final

FREE_MAIL_DOMAINS: Final[tuple[str, ...]] = (
    "163.com", "126.com", "aim.com", "alice.it", "aol.com", "arcor.de", "att.net",
    "bellsouth.net", "bigpond.com", "bluewin.ch", "bol.com.br", "bt.com", "btinternet.com",
    "charter.net", "comcast.net", "cox.net", "earthlink.net", "fastmail.com", "free.fr",
    "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net",
    "googlemail.com", "hanmail.net", "home.nl", "hotmail.be", "hotmail.co.uk", "hotmail.com",
    "hotmail.de", "hotmail.es", "hotmail.fr", "hotmail.it", "hotmail.nl", "icloud.com",
    "interia.pl", "kpnmail.nl", "laposte.net", "libero.it", "live.co.uk", "live.com", "live.de",
    "live.fr", "live.nl", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com", "naver.com",
    "ntlworld.com", "o2.pl", "optonline.net", "orange.fr", "outlook.com", "outlook.de",
    "outlook.es", "outlook.fr", "planet.nl", "posteo.de", "proton.me", "protonmail.com", "qq.com",
    "rediffmail.com", "rogers.com", "sbcglobal.net", "seznam.cz", "sfr.fr", "shaw.ca", "sky.com",
    "skynet.be", "sympatico.ca", "t-online.de", "telenet.be", "telia.com", "tiscali.it",
    "tutanota.com", "uol.com.br", "verizon.net", "videotron.ca", "virgilio.it", "virginmedia.com",
    "wanadoo.fr", "web.de", "wp.pl", "xs4all.nl", "yahoo.ca", "yahoo.co.in", "yahoo.co.jp",
    "yahoo.co.uk", "yahoo.com", "yahoo.com.au", "yahoo.com.br", "yahoo.de", "yahoo.es",
    "yahoo.fr", "yahoo.it", "yandex.ru", "ymail.com", "ziggo.nl", "zoho.com",
)  # fmt: skip

DISPOSABLE_DOMAINS: Final[tuple[str, ...]] = (
    "10minutemail.com", "33mail.com", "byom.de", "dispostable.com", "emailondeck.com",
    "fakeinbox.com", "getairmail.com", "getnada.com", "guerrillamail.com", "guerrillamail.net",
    "inboxkitten.com", "mail-temp.com", "mailcatch.com", "maildrop.cc", "mailinator.com",
    "mailnesia.com", "mailsac.com", "mintemail.com", "moakt.com", "mohmal.com", "sharklasers.com",
    "spamgourmet.com", "temp-mail.org", "tempail.com", "tempmail.com", "tempr.email",
    "throwawaymail.com", "trash-mail.com", "trashmail.com", "wegwerfmail.de", "yopmail.com",
    "yopmail.fr",
)  # fmt: skip

ROLE_LOCAL_PARTS: Final[tuple[str, ...]] = (
    "abuse", "accounting", "accounts", "admin", "administration", "billing", "bookings",
    "buchhaltung", "career", "careers", "commercial", "compras", "contact", "contacto", "contato",
    "customerservice", "einkauf", "enquiries", "enquiry", "feedback", "finance", "frontdesk",
    "hello", "help", "helpdesk", "hr", "info", "information", "inquiries", "invoice", "invoices",
    "it", "jobs", "kontakt", "legal", "mail", "marketing", "media", "news", "no-reply", "noreply",
    "office", "orders", "post", "postmaster", "press", "privacy", "purchasing", "reception",
    "recepcion", "sales", "secretary", "service", "shop", "support", "team", "vendas", "ventas",
    "verkauf", "vertrieb", "webmaster", "zentrale",
)  # fmt: skip

SHARED_DOMAINS: Final = FREE_MAIL_DOMAINS + DISPOSABLE_DOMAINS
"""Domains that say nothing about a company."""
