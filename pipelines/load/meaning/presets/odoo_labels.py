"""What Odoo calls the columns of a lead in German, French, Spanish, Italian, Dutch, Portuguese."""

# Field to labels; a label of two versions stands twice.
LABELS: dict[str, tuple[str, ...]] = {
    "id": ("Externe ID", "ID externe", "ID externo", "ID. externa", "ID esterno"),
    "name": ("Verkaufschance", "Chance", "Opportunité", "Oportunidad", "Opportunità",
             "Verkoopkans", "Oportunidade"),
    "contact_name": ("Kontaktname", "Nom du contact", "Nombre del contacto", "Nombre de contacto",
                     "Nome contatto", "Naam contactpersoon", "Contactnaam", "Nome do contato",
                     "Nome do contacto"),
    "partner_name": ("Unternehmensname", "Firmenname", "Nom de l'entreprise", "Nom de la société",
                     "Nombre de la empresa", "Nombre de la compañía", "Nome azienda",
                     "Bedrijfsnaam", "Nome da empresa"),
    "email_from": ("E-Mail", "Courriel", "Correo electrónico"),
    "phone": ("Telefon", "Téléphone", "Teléfono", "Telefono", "Telefoon", "Telefone"),
    "mobile": ("Mobil", "Mobiltelefon", "Portable", "Móvil", "Cellulare", "Mobiel", "Celular",
               "Telemóvel"),
    "street": ("Straße", "Rue", "Calle", "Via", "Straat", "Rua"),
    "city": ("Ort", "Stadt", "Ville", "Ciudad", "Città", "Plaats", "Cidade"),
    "zip": ("PLZ", "Code postal", "Código postal", "C.P.", "CAP", "Postcode", "CEP"),
    "country_id": ("Land", "Pays", "País", "Paese", "Nazione"),
    "stage_id": ("Phase", "Stufe", "Étape", "Etapa", "Fase", "Estágio"),
    "user_id": ("Verkäufer", "Vertriebsmitarbeiter", "Vendeur", "Comercial", "Vendedor",
                "Addetto vendite", "Verkoper"),
    "team_id": ("Verkaufsteam", "Vertriebsteam", "Équipe commerciale", "Equipo de ventas",
                "Team di vendita", "Verkoopteam", "Equipe de vendas", "Equipa de vendas"),
    "create_date": ("Erstellt am", "Angelegt am", "Créé le", "Creado el", "Creado en",
                    "Data creazione", "Creato il", "Aangemaakt op", "Criado em"),
    "write_date": ("Zuletzt aktualisiert am", "Zuletzt geändert am", "Dernière mise à jour le",
                   "Mis à jour le", "Última actualización el", "Actualizado el",
                   "Ultimo aggiornamento il", "Laatst bijgewerkt op", "Última atualização em"),
    "is_blacklisted": ("Blacklist", "Sperrliste", "Liste noire", "Lista negra", "Lista nera",
                       "Zwarte lijst"),
    "probability": ("Wahrscheinlichkeit", "Probabilité", "Probabilidad", "Probabilità",
                    "Slagingskans", "Probabilidade"),
    "active": ("Aktiv", "Actif", "Activo", "Attivo", "Actief", "Ativo"),
    "lost_reason_id": ("Verlustgrund", "Motif de la perte", "Raison de la perte",
                       "Motivo de pérdida", "Motivo de la pérdida", "Motivo perdita",
                       "Verliesreden", "Reden van verlies", "Motivo da perda"),
}  # fmt: skip
# Of these nobody else's export is likely to have two.
_TELLING = ("name", "team_id", "is_blacklisted", "lost_reason_id")
NEUTRAL: frozenset[str] = frozenset(
    label.casefold()
    for field, labels in LABELS.items()
    if field not in _TELLING
    for label in labels
)
