"""What other CRMs and people call a field: for headers that no preset and no mapping explains.

Only words that can mean nothing else. A contact point that is not recognised as one is a contact
point that no opt-out reaches.
"""

from pipelines.load.meaning.presets.headers import joined

_WORDS = {
    "email": "e-mail, email address, e-mail address, primary email, work email, e-mail 1, "
    "person - email, emailaddress1",
    "phone": "phone number, telephone, telephone number, business phone, work phone, telefon, "
    "telefonnummer, person - phone, telephone1",
    "mobile": "mobile phone, mobile number, mobile phone number, cell phone, cell, mobiltelefon, "
    "mobilephone",
    "first_name": "firstname, given name, vorname",
    "last_name": "lastname, surname, family name, nachname",
    "company": "company name, organisation, organization, organization - name, account name, firma",
    "title": "job title, jobtitle",
    "postal_code": "zip, zip code, zip/postal code, postcode, plz",
    "street": "street address, address line 1",
    "lead_source": "original source",
    "status": "lead status",
    "owner_id": "lead owner, lead owner.id",
    "employees": "number of employees, no. of employees",
    "created_at": "created date, create date, created time, created on, date created, "
    "creation date, lead created, date entered",
    "modified_at": "modified date, modified time, modified on, last modified date, date modified",
}
# What an id may be called, spelt in any way; the first that a file has is asked.
ID_NAMES = ("id", "leadid", "contactid", "recordid", "prospectid", "externalid", "uuid", "guid")
OTHER_NAMES: dict[str, tuple[str, ...]] = {
    name: tuple(words.split(", ")) for name, words in _WORDS.items()
}
ALIASES: dict[str, str] = {
    joined(word): name for name, words in OTHER_NAMES.items() for word in words
}
