-- purpose: what whoever contacts a listed lead begins with: where they stand with us
-- grain: one row per listed lead
-- reads: kin, lead, activity, contact_attempt, outcome    writes: nothing
-- parameters: $at, now
WITH own AS (
    SELECT listed_lead_key, lead_key FROM kin WHERE is_own
),
touch AS (
    SELECT own.listed_lead_key, activity."at"::TIMESTAMP AS "at", activity.channel,
        coalesce(activity.direction = 'in'
            AND activity.channel IN ('call', 'email', 'sms', 'meeting', 'form'), false) AS is_in,
        coalesce(activity.channel = 'meeting' OR (activity.channel = 'call'
            AND (activity.duration_s >= 60 OR lower(trim(activity.result)) IN (
                'answered', 'connected', 'meeting', 'callback_at'))), false) AS is_talk,
        activity.campaign_id
    FROM own JOIN activity USING (lead_key)
    WHERE activity.channel IN ('call', 'email', 'sms', 'meeting', 'form', 'campaign')
    UNION ALL
    SELECT own.listed_lead_key, attempt."at", attempt.channel, attempt.disposition = 'replied',
        attempt.disposition IN ('answered', 'meeting', 'callback_at'), NULL
    FROM own JOIN contact_attempt AS attempt USING (lead_key)
),
touched AS (
    SELECT
        listed_lead_key,
        max("at") FILTER (WHERE is_in) AS last_in_at,
        arg_max(channel, "at") FILTER (WHERE is_in) AS last_in_channel,
        max("at") FILTER (WHERE is_talk) AS spoke_at,
        arg_max(campaign_id, "at") FILTER (WHERE campaign_id IS NOT NULL) AS campaign
    FROM touch WHERE "at" <= $at GROUP BY listed_lead_key
),
bought AS (
    SELECT DISTINCT own.listed_lead_key
    FROM own JOIN outcome USING (lead_key)
    WHERE outcome.milestone = 'won'
)
SELECT
    lead.lead_key,
    touched.last_in_at,
    touched.last_in_channel,
    touched.spoke_at,
    touched.campaign AS last_campaign,
    nullif(trim(lead.lead_source), '') AS lead_source,
    lead.created_at::TIMESTAMP AS known_since,
    CASE
        WHEN bought.listed_lead_key IS NOT NULL THEN 'former customer'
        WHEN touched.listed_lead_key IS NOT NULL THEN 're-engage'
        ELSE 'cold'
    END AS segment
FROM listed_frame
JOIN lead USING (lead_key)
LEFT JOIN touched ON touched.listed_lead_key = lead.lead_key
LEFT JOIN bought ON bought.listed_lead_key = lead.lead_key
