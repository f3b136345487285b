-- purpose: count what was tried and what came of it
-- grain: one row per week, channel, handler, source and campaign with attempts
-- reads: contact_attempt, lead, dedupe_link, activity, outcome    writes: activity_report
-- parameters: $milestone, $fallback (null = none): conversions that count; $horizon_days; $as_of:
--   outcomes at or after it are not read
-- one count for each disposition is put in
-- note: a day is the unit, as for the labels: of many conversions only the day is known.
INSERT INTO activity_report BY NAME
WITH tried AS (
    SELECT
        row_number() OVER (
            ORDER BY attempt."at", attempt.source_system, attempt.attempt_id
        ) AS place,
        attempt.lead_key,
        dedupe_link.person_key,
        attempt."at",
        date_trunc('day', attempt."at") AS on_day,
        date_trunc('week', attempt."at")::DATE AS week,
        attempt.channel,
        attempt.handler,
        coalesce(lead.source_system, attempt.source_system) AS source_system,
        lead.lead_source,
        attempt.disposition
    FROM contact_attempt AS attempt
    LEFT JOIN lead ON lead.lead_key = attempt.lead_key
    LEFT JOIN dedupe_link ON dedupe_link.lead_key = attempt.lead_key
    -- of today as well, but a clock that runs ahead does not make the newest week
    WHERE attempt."at" < $as_of::TIMESTAMP + INTERVAL 1 DAY
),
named AS (
    SELECT lead_key, "at", max(campaign_id) AS campaign_id
    FROM activity
    SEMI JOIN tried USING (lead_key)
    WHERE campaign_id IS NOT NULL
    GROUP BY lead_key, "at"
),
in_campaign AS (
    SELECT tried.*, named.campaign_id
    FROM tried
    ASOF LEFT JOIN named ON tried.lead_key = named.lead_key AND tried."at" >= named."at"
),
reached AS (
    SELECT
        lead_key,
        coalesce(
            min(occurred_at) FILTER (milestone = $milestone),
            min(occurred_at) FILTER (milestone = $fallback)
        ) AS reached_at
    FROM outcome
    WHERE occurred_at < $as_of::TIMESTAMP
    GROUP BY lead_key
),
converted AS (
    SELECT dedupe_link.person_key, min(reached_at) AS reached_at
    FROM reached
    JOIN dedupe_link USING (lead_key)
    SEMI JOIN tried USING (person_key)
    WHERE reached_at IS NOT NULL
    GROUP BY dedupe_link.person_key
),
credited AS (
    SELECT max(tried.place) AS place
    FROM converted
    JOIN tried USING (person_key)
    WHERE converted.reached_at >= tried.on_day
        AND converted.reached_at < tried.on_day + to_days($horizon_days::INTEGER)
    GROUP BY tried.person_key
)
SELECT
    week,
    channel,
    handler,
    source_system,
    lead_source,
    campaign_id,
    count(*) AS attempts,
    count(*) FILTER (
        disposition IN (
            'answered', 'replied', 'meeting', 'callback_at', 'escalated', 'opted_out'
        )
    ) AS contacts,
    __counts__,
    count(*) FILTER (disposition IS NULL) AS untold,
    count(credited.place) AS conversions,
    $horizon_days::INTEGER AS horizon_days,
    (week + 6 + $horizon_days::INTEGER)::DATE AS complete_on
FROM in_campaign
LEFT JOIN credited ON credited.place = in_campaign.place
GROUP BY week, channel, handler, source_system, lead_source, campaign_id
ORDER BY ALL
