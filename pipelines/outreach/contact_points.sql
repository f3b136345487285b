-- purpose: what the listed people are known by, to look them up among the suppressions
-- grain: one row per lead of each listed person or bound with it, and one per contact points that
--        a lead had before; these have no lead_key, because they are looked up and never handed out
-- reads: kin, lead, lead_snapshot    writes: nothing
SELECT
    kin.listed_lead_key,
    lead.lead_key,
    lead.rowid AS lead_rowid,
    lead.email,
    lead.email_key,
    lead.email_domain,
    lead.phone_e164,
    lead.mobile_e164,
    lead.phone,
    lead.mobile,
    concat_ws(', ', lead.street, lead.postal_code, lead.city, lead.country) AS address
FROM kin
JOIN lead USING (lead_key)
UNION ALL
SELECT
    kin.listed_lead_key,
    NULL,
    NULL,
    NULL,
    former.email_key,
    former.email_domain,
    former.phone_e164,
    former.mobile_e164,
    NULL,
    NULL,
    NULL
FROM kin
JOIN lead_snapshot AS former USING (lead_key)
WHERE coalesce(former.email_key, former.phone_e164, former.mobile_e164) IS NOT NULL
ORDER BY ALL
