-- purpose: gather what is said of the leads that share an address or a number, as it was given
-- grain: one row per lead
-- reads: scoped_lead, trusted_email, trusted_number    writes: temp table shared_lead
-- All leads are read once here, and spelling and comparing is left to those of whom it matters.
CREATE OR REPLACE TEMP TABLE shared_lead AS
SELECT
    lead.lead_key, anchor_key, phone.number_id AS phone_id, mobile.number_id AS mobile_id,
    lead.email_key, lead.mobile_e164, lead.company, lead.city,
    first_text(lead.first_name, lead.full_name) AS first_text,
    last_text(lead.last_name, lead.full_name) AS last_text,
    generation_of(lead.first_name, lead.last_name, lead.full_name) AS generation
FROM scoped_lead AS lead
LEFT JOIN trusted_email AS email ON lead.email_key = email.email_key
LEFT JOIN trusted_number AS phone ON lead.phone_e164 = phone.number
LEFT JOIN trusted_number AS mobile ON lead.mobile_e164 = mobile.number
WHERE anchor_key IS NOT NULL OR phone.number_id IS NOT NULL OR mobile.number_id IS NOT NULL
