"""What HubSpot calls the columns of a contact in other languages, as far as it was seen."""

# Field to labels; a label of two versions stands twice.
LABELS: dict[str, tuple[str, ...]] = {
    "hs_object_id": ("Record-ID", "ID de l'enregistrement", "ID d'enregistrement",
                     "ID do registro", "ID record"),
    "firstname": ("Prénom", "Nombre", "Voornaam", "Primeiro nome"),
    "lastname": ("Nom de famille", "Apellidos", "Cognome", "Achternaam", "Sobrenome"),
    "jobtitle": ("Jobbezeichnung", "Berufsbezeichnung", "Intitulé du poste", "Cargo"),
    "company": ("Nom de l'entreprise", "Nombre de la empresa", "Nome azienda", "Bedrijfsnaam",
                "Nome da empresa"),
    "email": ("Correo",),
    "phone": ("Numéro de téléphone", "Número de teléfono", "Numero di telefono",
              "Telefoonnummer", "Número de telefone"),
    "mobilephone": ("Numéro de téléphone portable", "Número de teléfono móvil",
                    "Numero di cellulare"),
    "hs_lead_status": ("Leadstatus", "Statut du lead", "Statut de lead", "Estado del lead",
                       "Stato del lead", "Status do lead"),
    "hubspot_owner_id": ("Für Kontakt zuständiger Mitarbeiter", "Propriétaire du contact",
                         "Propietario del contacto", "Proprietario del contatto",
                         "Eigenaar contactpersoon", "Proprietário do contato"),
    "createdate": ("Date de création", "Fecha de creación", "Data di creazione", "Aanmaakdatum",
                   "Data de criação"),
    "lifecyclestage": ("Levenscyclusfase", "Fase del ciclo di vita", "Fase do ciclo de vida"),
    "hs_email_optout": ("Von allen E-Mails abgemeldet", "Désinscrit de tous les e-mails",
                        "Suscripción cancelada de todos los correos",
                        "Suscripción cancelada de todos los correos electrónicos"),
}  # fmt: skip
# Of these nobody else's export is likely to have two.
_TELLING = ("hs_object_id", "hubspot_owner_id", "lifecyclestage", "hs_email_optout")
NEUTRAL: frozenset[str] = frozenset(
    label.casefold()
    for field, labels in LABELS.items()
    if field not in _TELLING
    for label in labels
)
