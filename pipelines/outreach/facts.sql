-- purpose: what is told about a listed lead to whoever is to contact it, and what its account is
-- grain: one row per listed lead
-- reads: listed_frame (lead_key), lead    writes: nothing
SELECT
    lead.lead_key,
    lead.rowid AS lead_rowid,
    lead.language,
    lead.owner_id AS owner,
    lead.country,
    lead.state_code,
    lead.timezone,
    lead.timezone_source,
    lead.party_type,
    lead.line_type,
    lead.company,
    lead.email_domain,
    lead.street,
    lead.postal_code
FROM listed_frame
JOIN lead USING (lead_key)
