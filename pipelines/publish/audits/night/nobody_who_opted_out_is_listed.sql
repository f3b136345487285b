-- purpose: no listed person has, by any of their leads or contact points, refused the channel
-- grain: one number, the violations
-- reads: decision, dedupe_link, bound_lead, lead, lead_snapshot, consent_event
-- Written from the events alone, so that a fault of the eligibility stage cannot hide in it.
WITH listed AS (
    SELECT dedupe_link.lead_key, decision.channel
    FROM decision
    JOIN dedupe_link USING (person_key)
    WHERE decision.verdict = 'listed'
),
listed_point AS (
    SELECT listed.channel, unnest([email_key, phone_e164, mobile_e164]) AS contact_key
    FROM listed
    JOIN lead USING (lead_key)
    UNION
    -- what names an address still means who had it
    SELECT listed.channel, unnest([email_key, phone_e164, mobile_e164])
    FROM listed
    JOIN lead_snapshot USING (lead_key)
),
refused AS (
    SELECT lead_key, contact_key,
        -- one who died, or is under age, is so on every channel
        CASE
            WHEN coalesce(lower(trim(purpose)), '') NOT IN ('deceased', 'under_age') THEN channel
        END AS channel
    FROM consent_event
    WHERE status IN ('opt_out', 'objected_profiling')
),
-- Two joins by equality: one join by either would compare every listed person with every refusal.
met AS (
    SELECT listed.channel AS listed_channel, refused.channel AS refused_channel
    FROM listed
    JOIN refused USING (lead_key)
    UNION ALL
    SELECT listed.channel, refused.channel
    FROM listed
    JOIN bound_lead AS own USING (lead_key)
    JOIN bound_lead AS other ON other.reason = own.reason AND other.group_key = own.group_key
    JOIN refused ON refused.lead_key = other.lead_key
    UNION ALL
    SELECT listed_point.channel, refused.channel
    FROM listed_point
    JOIN refused USING (contact_key)
)
SELECT count(*)
FROM met
WHERE refused_channel IS NULL
   OR refused_channel = listed_channel
   OR (refused_channel = 'phone' AND listed_channel IN ('ai_voice', 'sms'))
