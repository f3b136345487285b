-- purpose: listed leads whose person has refused the channel since the list was made
-- grain: one row per listed lead
-- reads: listed_frame (lead_key), dedupe_link, lead, consent_event    writes: nothing
-- parameters: $channel
WITH person_lead AS (
    SELECT listed_frame.lead_key AS listed_lead_key, lead.*
    FROM listed_frame
    JOIN dedupe_link AS mine USING (lead_key)
    JOIN dedupe_link AS others USING (person_key)
    JOIN lead ON lead.lead_key = others.lead_key
),
refused AS (
    SELECT lead_key, contact_key
    FROM consent_event
    WHERE status IN ('opt_out', 'objected_profiling')
      AND (channel IS NULL OR channel = $channel
          OR (channel = 'phone' AND $channel IN ('ai_voice', 'sms')))
)
SELECT DISTINCT listed_lead_key
FROM person_lead
WHERE coalesce(is_deleted, false)
   OR lead_key IN (SELECT lead_key FROM refused)
   OR email_key IN (SELECT contact_key FROM refused)
   OR phone_e164 IN (SELECT contact_key FROM refused)
   OR mobile_e164 IN (SELECT contact_key FROM refused)
