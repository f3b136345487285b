-- purpose: what has passed between us and the listed people
-- grain: one row per listed lead and touch, the newest first
-- reads: kin, activity, contact_attempt    writes: nothing
-- parameters: $since, before which only the last few matter; $last, how many
-- An approach is what the policy paces: written, called or met, also to who was one person with them.
WITH touch AS (
    SELECT
        kin.listed_lead_key, activity."at"::TIMESTAMP AS "at", activity.channel, activity.direction,
        activity.result,
        coalesce(activity.direction = 'out'
            AND activity.channel IN ('call', 'email', 'sms', 'meeting'), false) AS is_approach,
        kin.is_own
    FROM kin JOIN activity USING (lead_key)
    UNION ALL
    SELECT
        kin.listed_lead_key, attempt."at", attempt.channel, 'out', attempt.disposition, true,
        kin.is_own
    FROM kin JOIN contact_attempt AS attempt USING (lead_key)
)
SELECT listed_lead_key, "at", channel, direction, result, is_approach, is_own,
    count(*) FILTER (WHERE is_approach) OVER (PARTITION BY listed_lead_key) AS approaches_ever
FROM touch
WHERE "at" IS NOT NULL
QUALIFY "at" >= $since OR row_number() OVER (
    PARTITION BY listed_lead_key, is_own ORDER BY "at" DESC) <= $last
ORDER BY ALL
