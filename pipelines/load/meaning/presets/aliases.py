"""What other CRMs and people call a field: for headers that no preset and no mapping explains.

Only words that can mean nothing else. A contact point that is not recognised as one is a contact
point that no opt-out reaches.
"""

from pipelines.load.meaning.presets.headers import joined

_WORDS = {
    "email": "e-mail, email address, e-mail address, primary email, work email, e-mail 1, person "
    "- email, person - email - work, emailaddress1, e-mail-adresse, adresse e-mail, courriel, "
    "correo electrónico, correo electronico, correo, e-mailadres, endereço de e-mail, contact "
    "email, contact e-mail, lead email, customer email, client email, work e-mail, business email, "
    "personal email, private email, main email, home email, email 1, email (work), email id, "
    "mail, e-mail 1 - value",
    "phone": "phone number, telephone, telephone number, business phone, work phone, telefon, "
    "telefonnummer, rufnummer, person - phone, person - phone - work, telephone1, téléphone, "
    "teléfono, telefono, telefone, telefoon, telefoonnummer, contact phone, contact number, "
    "contact no, contact no., lead phone, customer phone, client phone, primary phone, main phone, "
    "home phone, office phone, phone 1, phone no, phone no., telephone no, tel, tel., "
    "phone 1 - value",
    "mobile": "mobile phone, mobile number, mobile no, mobile no., cellphone, cell number, mobile "
    "phone number, cell phone, cell, mobiltelefon, mobilephone, handy, handynummer, mobilnummer, "
    "téléphone portable, teléfono móvil, móvil, cellulare, celular, telemóvel, mobiel, person - "
    "phone - mobile",
    "first_name": "firstname, given name, vorname, prénom, voornaam, primer nombre",
    "last_name": "lastname, surname, family name, nachname, familienname, nom de famille, "
    "apellidos, apellido, cognome, achternaam, sobrenome, apelido",
    # The last of them only where nothing else names the person; see `by_name`.
    "full_name": "fullname, contact name, contact person, lead name, person - name, "
    "ansprechpartner, kontaktname, nom du contact, nombre del contacto, nome contatto, nom "
    "complet, nombre completo, nome completo, volledige naam, name",
    "company": "person - organization, company name, organisation, organization, organization - "
    "name, account name, firma, firmenname, unternehmensname, unternehmen, nom de l'entreprise, "
    "nom de la société, nombre de la empresa, nome azienda, nome da empresa, entreprise, "
    "société, empresa, azienda, bedrijf, bedrijfsnaam, organization 1 - name",
    "country": "country/region, address1_country, land, pays, país, paese, business "
    "country/region, primary address country, mailing country, address country, país/región, "
    "pays/région, país/região, paese/area geografica, land/regio",
    "title": "job title, jobtitle",
    "postal_code": "zip, zip code, zip/postal code, postcode, plz",
    "street": "street address, address line 1",
    "lead_source": "original source",
    "status": "lead status",
    "owner_id": "lead owner, lead owner.id",
    "employees": "number of employees, no. of employees",
    "created_at": "created date, create date, created time, created on, date created, creation "
    "date, lead created, date entered, person - person created, erstellt am, angelegt am, "
    "erstellungsdatum, signed up (utc), signed up, signup date, submitted at, submitted on, "
    "submission date, créé le, date de création, creado el, fecha de creación, creato il, data "
    "creazione, aangemaakt op, criado em, data di creazione, data de criação, aanmaakdatum, "
    "lead created at, creation log",
    "is_deleted": "isdeleted",
    "is_confirmed": "double opt in, double opt-in, doi, doi confirmed, opt in confirmed, "
    "opt-in confirmed, confirmed",
    "modified_at": "modified date, modified time, modified on, last modified date, date "
    "modified, (do not modify) modified on",
}
# What an id may be called, spelt in any way; the first that a file has is asked.
ID_NAMES = ("id", "leadid", "lead-id", "person-id", "contactid", "recordid", "prospectid",
            "datensatz-id", "idderegistro", "iddel'enregistrement", "subscriberid", "profileid",
            "klaviyoid", "externalid", "idexterne", "externeid", "idexterno", "idesterno", "uuid",
            "guid", "userid", "(donotmodify)lead", "(donotmodify)contact", "record-id",
            "idrecord", "iddoregistro", "idd'enregistrement", "post-id", "tietueentunnus",
            "identyfikatorrekordu", "レコードid", "记录id", "leid", "copperid",
            "itemid")  # fmt: skip
OTHER_NAMES: dict[str, tuple[str, ...]] = {
    name: tuple(words.split(", ")) for name, words in _WORDS.items()
}
ALIASES: dict[str, str] = {
    joined(word): name for name, words in OTHER_NAMES.items() for word in words
}
