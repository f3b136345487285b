-- purpose: no listed person has, by any of their leads or contact points, refused the channel
-- grain: one number, the violations
-- reads: decision, dedupe_link, lead, consent_event
-- Written from the events alone, so that a fault of the eligibility stage cannot hide in it.
WITH listed AS (
    SELECT dedupe_link.lead_key, decision.person_key, decision.channel
    FROM decision
    JOIN dedupe_link USING (person_key)
    WHERE decision.verdict = 'listed'
),
refused AS (
    SELECT lead_key, contact_key, channel
    FROM consent_event
    WHERE status IN ('opt_out', 'objected_profiling')
)
SELECT count(*)
FROM listed
JOIN lead USING (lead_key)
JOIN refused ON (refused.lead_key = lead.lead_key OR refused.contact_key IN (
    lead.email_key, lead.phone_e164, lead.mobile_e164))
WHERE refused.channel IS NULL
   OR refused.channel = listed.channel
   OR (refused.channel = 'phone' AND listed.channel IN ('ai_voice', 'sms'))
