-- purpose: everything needed to re-check listed leads at the moment they are handed out
-- grain: one row per lead of each listed person or bound with it, and one per contact points that
--        a lead had before; these have no lead_key, because they are looked up and never handed out
-- reads: listed_frame (lead_key), dedupe_link, bound_lead, lead, lead_snapshot    writes: nothing
WITH own AS (
    SELECT listed_frame.lead_key AS listed_lead_key, mine.person_key, others.lead_key
    FROM listed_frame
    JOIN dedupe_link AS mine USING (lead_key)
    JOIN dedupe_link AS others USING (person_key)
),
together AS (
    SELECT * FROM own
    UNION
    -- who was one person with them once, or may be
    SELECT own.listed_lead_key, own.person_key, other.lead_key
    FROM own
    JOIN bound_lead AS bound USING (lead_key)
    JOIN bound_lead AS other ON other.reason = bound.reason AND other.group_key = bound.group_key
)
SELECT
    together.listed_lead_key,
    together.person_key,
    lead.lead_key,
    lead.email,
    lead.email_key,
    lead.email_domain,
    lead.phone_e164,
    lead.mobile_e164,
    lead.phone,
    lead.mobile,
    concat_ws(', ', lead.street, lead.postal_code, lead.city, lead.country) AS address,
    lead.language
FROM together
JOIN lead USING (lead_key)
UNION ALL
SELECT
    together.listed_lead_key,
    together.person_key,
    NULL,
    NULL,
    former.email_key,
    former.email_domain,
    former.phone_e164,
    former.mobile_e164,
    NULL,
    NULL,
    NULL,
    NULL
FROM together
JOIN lead_snapshot AS former USING (lead_key)
WHERE coalesce(former.email_key, former.phone_e164, former.mobile_e164) IS NOT NULL
ORDER BY ALL
