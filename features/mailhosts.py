"""Kinds of e-mail address: free mail, throw-away domains, names of a role. The one place for each.

The loader, identity, eligibility and the features all ask here. Free mail and roles are own lists;
throw-away domains are those of the package ``disposable-email-domains`` and a few more. No list can
be complete: an unlisted free host looks like a company of its own.
"""

from typing import Final

from disposable_email_domains import blocklist

# Providers that have a domain in most countries.
_FAMILIES: Final[dict[str, str]] = {
    "yahoo": (
        "at be ca ch cl cn co.id co.il co.in co.jp co.kr co.nz co.th co.uk co.za com "
        "com.ar com.au com.br com.cn com.co com.hk com.mx com.my com.pe com.ph com.sg "
        "com.tr com.tw com.ve com.vn cz de dk es fi fr gr hu ie in it nl no pl pt ro ru "
        "se "
    ),
    "hotmail": (
        "at be ca ch cl co.il co.in co.jp co.kr co.nz co.th co.uk co.za com com.ar com.au "
        "com.br com.hk com.tr com.tw cz de dk es fi fr gr hu it jp my nl no ph pt rs se "
        "sg "
    ),
    "live": (
        "at be ca ch cl cn co.kr co.uk co.za com com.ar com.au com.mx com.my com.ph "
        "com.pt com.sg de dk fi fr hk ie in it jp nl no ru se "
    ),
    "outlook": (
        "at be cl co.id co.il co.th com com.ar com.au com.br com.gr com.tr com.vn cz de "
        "dk es fr hu ie in it jp kr lv my ph pt sa sg sk "
    ),
    "gmx": ("at ch co.uk com com.br com.mx de es fr info it net org us "),
    "msn": ("cn co.uk com "),
}

DISPOSABLE_DOMAINS: Final[tuple[str, ...]] = tuple(
    sorted(
        {
            *blocklist,
            "33mail.com",
            "mail-temp.com",
            "spamgourmet.com",
            "temp-mail.io",
            "tempmail.com",
            "tempmail.net",
        }
    )
)
"""Where a mailbox lives for minutes, and anybody may read it."""

FREE_MAIL_DOMAINS: Final[tuple[str, ...]] = (
    *(f"{name}.{top}" for name, tops in _FAMILIES.items() for top in tops.split()),
    "012.net.il", "126.com", "139.com", "163.com", "189.cn", "a1.net", "abv.bg", "aim.com",
    "alice-dsl.net", "alice.de", "alice.it", "aliceadsl.fr", "aliyun.com", "ameritech.net",
    "aol.co.uk", "aol.com", "aol.de", "aol.fr", "aon.at", "arcor.de", "atlas.cz", "att.net",
    "azet.sk", "bbox.fr", "bell.net", "bellsouth.net", "bigpond.com", "bk.ru", "bluemail.ch",
    "bluewin.ch", "blueyonder.co.uk", "bol.com.br", "bredband.net", "broadpark.no", "bt.com",
    "btinternet.com", "btopenworld.com", "cableone.net", "casema.nl", "cegetel.net", "centrum.cz",
    "centrum.sk", "centurylink.net", "centurytel.net", "charter.net", "chello.at", "chello.nl",
    "citromail.hu", "clix.pt", "club-internet.fr", "cogeco.ca", "comcast.net", "comhem.se",
    "compuserve.com", "cox.net", "cs.com", "daum.net", "drei.at", "duck.com", "earthlink.net",
    "eastlink.ca", "eircom.net", "elisanet.fi", "email.com", "email.cz", "email.de", "email.it",
    "embarqmail.com", "emirates.net.ae", "ewe.net", "excite.com", "fastmail.com", "fastmail.fm",
    "fastmail.net", "fastwebnet.it", "firemail.de", "forthnet.gr", "foxmail.com", "free.fr",
    "freemail.de", "freemail.hu", "freenet.de", "freeserve.co.uk", "frontier.com",
    "frontiernet.net", "gazeta.pl", "globo.com", "gmail.com", "gmail.de", "go2.pl",
    "googlemail.com", "hanmail.net", "hetnet.nl", "hey.com", "hispeed.ch", "home.nl",
    "hushmail.com", "hushmail.me", "i.ua", "icloud.com", "ig.com.br", "iinet.net.au", "in.gr",
    "inbox.com", "inbox.lv", "inbox.ru", "indiatimes.com", "inode.at", "interia.eu", "interia.pl",
    "inwind.it", "iol.it", "iol.pt", "juno.com", "kabelbw.de", "kabsi.at", "keemail.me",
    "kolumbus.fi", "kpnmail.nl", "laposte.net", "libero.it", "list.ru", "luukku.com", "lycos.com",
    "mac.com", "mail.bg", "mail.com", "mail.de", "mail.dk", "mail.ru", "mailbox.org",
    "mailfence.com", "mailo.com", "mchsi.com", "me.com", "mindspring.com", "movistar.es",
    "mts.net", "mweb.co.za", "mynet.com", "nate.com", "naver.com", "neostrada.pl", "netcabo.pt",
    "netcologne.de", "netscape.com", "netscape.net", "netvision.net.il", "netzero.com",
    "netzero.net", "neuf.fr", "ntlworld.com", "numericable.fr", "o2.co.uk", "o2.pl", "oi.com.br",
    "onet.eu", "onet.pl", "online.de", "online.nl", "online.no", "ono.com", "op.pl",
    "optonline.net", "optusnet.com.au", "orange.fr", "osnanet.de", "otenet.gr", "ozemail.com.au",
    "pacbell.net", "pandora.be", "passport.com", "peoplepc.com", "planet.nl", "pm.me",
    "poczta.fm", "poczta.onet.pl", "post.cz", "post.sk", "posteo.de", "posteo.net", "pp.inet.fi",
    "prodigy.net", "proton.me", "protonmail.ch", "protonmail.com", "qq.com", "quicknet.nl",
    "r7.com", "rambler.ru", "rediff.com", "rediffmail.com", "roadrunner.com", "rocketmail.com",
    "rogers.com", "rr.com", "runbox.com", "sapo.pt", "sasktel.net", "sbcglobal.net", "scarlet.be",
    "seznam.cz", "sfr.fr", "shaw.ca", "sina.cn", "sina.com", "sky.com", "skynet.be", "snet.net",
    "sohu.com", "spray.se", "startmail.com", "stofanet.dk", "suddenlink.net", "sunrise.ch",
    "suomi24.fi", "superonline.com", "swbell.net", "swipnet.se", "sympatico.ca", "t-online.de",
    "t-online.hu", "talk21.com", "talktalk.net", "tds.net", "tele2.nl", "tele2.se",
    "telefonica.net", "telenet.be", "telfort.nl", "telia.com", "telkomsa.net", "telus.net",
    "terra.com.br", "terra.es", "tin.it", "tiscali.co.uk", "tiscali.fr", "tiscali.it", "tlen.pl",
    "tom.com", "tuta.com", "tuta.io", "tutanota.com", "tutanota.de", "ukr.net", "unity-mail.de",
    "unitybox.de", "uol.com.br", "upcmail.hu", "upcmail.nl", "usa.net", "utanet.at",
    "verizon.net", "versanet.de", "videotron.ca", "vip.qq.com", "virgilio.it", "virgin.net",
    "virginmedia.com", "vodafone.de", "vodafonemail.de", "volny.cz", "voo.be", "vp.pl",
    "walla.co.il", "walla.com", "wanadoo.fr", "web.de", "webmail.co.za", "westnet.com.au",
    "windowslive.com", "windstream.net", "wowway.com", "wp.pl", "xs4all.nl", "xtra.co.nz",
    "ya.com", "ya.ru", "yandex.by", "yandex.com", "yandex.kz", "yandex.ru", "yandex.ua",
    "yeah.net", "ymail.com", "zeelandnet.nl", "ziggo.nl", "zoho.com", "zoho.eu", "zohomail.com",
    "zonnet.nl", "zoznam.sk",
)  # fmt: skip
"""Free-mail and access providers: the domain says nothing about a company."""

ROLE_LOCAL_PARTS: Final[tuple[str, ...]] = (
    "abuse", "accounting", "accounts", "accueil", "achats", "acquisti", "admin", "administracion",
    "administratie", "administration", "administrativo", "administrator", "algemeen", "all",
    "amministrazione", "anfrage", "anfragen", "asiakaspalvelu", "assistenza", "atencion",
    "atencionalcliente", "atendimento", "auftrag", "bestellung", "bestellungen", "bewerbung",
    "bewerbungen", "bilgi", "billing", "biuro", "boekhouding", "bonjour", "booking", "bookings",
    "buchhaltung", "buero", "büro", "career", "careers", "clientes", "comercial", "commercial",
    "commerciale", "compliance", "compras", "comptabilite", "comptabilité", "contact", "contacto",
    "contato", "customer", "customer-service", "customercare", "customers", "customerservice",
    "customersupport", "daemon", "datenschutz", "demo", "destek", "directie", "direction",
    "do-not-reply", "donotreply", "dpo", "einkauf", "einkaufsabteilung", "ekonomi", "empfang",
    "enquiries", "enquiry", "events", "everyone", "facturacion", "facturation", "faktura", "fax",
    "feedback", "finance", "financeiro", "frontdesk", "ftp", "gdpr", "general", "hallo", "hello",
    "help", "help-desk", "helpdesk", "hiring", "hostmaster", "hr", "iletisim", "info",
    "informacion", "information", "informazioni", "inkoop", "inquiries", "inquiry", "investors",
    "invoice", "invoices", "ir", "iroda", "it", "jobs", "kanzlei", "klantenservice", "kontakt",
    "kontor", "ksiegowosc", "kundendienst", "kundenservice", "kundeservice", "kundtjanst",
    "legal", "logistics", "mail", "mailbox", "mailer-daemon", "management", "marketing", "media",
    "muhasebe", "myynti", "news", "newsletter", "no-reply", "no_reply", "noc", "noreply",
    "notification", "notifications", "obchod", "objednavky", "office", "operations", "order",
    "orders", "ordini", "payroll", "personalabteilung", "post", "postmaster", "pr", "praxis",
    "press", "presse", "privacy", "procurement", "purchase", "purchasing", "recepcion",
    "recepcja", "receptie", "reception", "rechnung", "rechnungen", "recruiting", "recruitment",
    "redaktion", "reklamacje", "reservation", "reservations", "reservierung", "rh", "root", "sac",
    "sales", "salg", "satis", "secretariaat", "secretariat", "secretary", "security",
    "segreteria", "sekretariat", "service", "shipping", "shop", "soporte", "sprzedaz", "staff",
    "suporte", "support", "support-team", "sysadmin", "system", "team", "tech", "technical",
    "technik", "test", "tests", "toimisto", "usenet", "user", "vanzari", "vendas", "vendite",
    "ventas", "ventes", "verkauf", "verkoop", "vertrieb", "verwaltung", "warehouse", "web",
    "webadmin", "webmaster", "welcome", "www", "zakaz", "zamowienia", "zentrale",
)  # fmt: skip
"""Mailboxes of a desk or of nobody: never one person's, in the languages of the policy."""

SHARED_DOMAINS: Final = FREE_MAIL_DOMAINS + DISPOSABLE_DOMAINS
"""Domains that say nothing about a company."""
