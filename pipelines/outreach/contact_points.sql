-- purpose: everything needed to re-check listed leads at the moment they are handed out
-- grain: one row per lead of each listed person
-- reads: listed_frame (lead_key), dedupe_link, lead    writes: nothing
SELECT
    listed_frame.lead_key AS listed_lead_key,
    mine.person_key,
    lead.lead_key,
    lead.email,
    lead.email_key,
    lead.email_domain,
    lead.phone_e164,
    lead.mobile_e164,
    concat_ws(', ', lead.street, lead.postal_code, lead.city, lead.country) AS address,
    lead.language
FROM listed_frame
JOIN dedupe_link AS mine USING (lead_key)
JOIN dedupe_link AS others USING (person_key)
JOIN lead ON lead.lead_key = others.lead_key
ORDER BY listed_lead_key, lead.lead_key
