-- purpose: what is asked about those who may come on tonight's list
-- grain: one row per person of picked
-- reads: picked, candidate, lead, mailed    writes: nothing
-- parameters: those of {sending_domain}, the domain that mail to the lead is sent from
-- weighed_value is what the order goes by, gross_value what is expected.
SELECT
    candidate.person_key,
    candidate.lead_key,
    candidate.rank,
    candidate.probability,
    candidate.gross_value,
    candidate.gross_value * candidate.weight AS weighed_value,
    candidate.open_bits,
    candidate.must,
    candidate.region,
    lead.country,
    lead.language,
    lead.owner_id AS owner,
    lead.source_system,
    lead.lead_source,
    lead.industry,
    lead.email_domain,
    folded_email(lead.email_key) AS mailbox,
    lead.phone_e164,
    lead.mobile_e164,
    lead.company,
    lead.street,
    lead.postal_code,
    lead.last_name,
    {sending_domain} AS sending_domain,
    mailed.person_key IS NULL AS is_unmailed,
    pick.lot,
    pick.is_best
FROM (
    SELECT person_key, max(lot) AS lot, bool_or(lot IS NULL) AS is_best
    FROM picked GROUP BY person_key
) AS pick
JOIN candidate USING (person_key)
JOIN lead ON lead.lead_key = candidate.lead_key
LEFT JOIN mailed ON mailed.person_key = candidate.person_key
ORDER BY candidate.rank
