-- purpose: count conversions of those who were contacted in a window, earlier only, and never
-- grain: one row per group that holds anybody
-- reads: training_row (of selection_grid.sql), activity, contact_attempt, dedupe_link
-- writes: nothing (contact, row_count, positive_count)
-- parameters: $horizon_days; $as_of: nothing at or after it is read
-- note: a contact counts for the person, whichever copy of the lead it was booked on, and only when
-- it came before the conversion: outcomes may know the day only, so it may be the same day.
WITH sampled AS (
    SELECT DISTINCT person_key
    FROM training_row
    WHERE verdict = 'kept'
),
contact AS (
    SELECT coalesce(dedupe_link.person_key, touch.lead_key) AS person_key, touch.contacted_at
    FROM (
        SELECT lead_key, "at" AS contacted_at
        FROM activity
        WHERE direction = 'out' AND channel IN ('call', 'email', 'sms', 'meeting')
            AND "at" < $as_of::TIMESTAMP
        UNION ALL
        SELECT lead_key, "at"
        FROM contact_attempt
        WHERE "at" < $as_of::TIMESTAMP
    ) AS touch
    LEFT JOIN dedupe_link ON dedupe_link.lead_key = touch.lead_key
    WHERE coalesce(dedupe_link.person_key, touch.lead_key) IN (SELECT person_key FROM sampled)
),
window_of AS (
    SELECT
        training_row.lead_key,
        training_row.as_of,
        training_row.is_positive,
        coalesce(bool_or(
            contact.contacted_at >= training_row.as_of
            AND (NOT training_row.is_positive
                OR date_trunc('day', contact.contacted_at) <= training_row.reached_at)
        ), false) AS is_contacted,
        count(contact.contacted_at) FILTER (contact.contacted_at < training_row.as_of) > 0 AS was_contacted
    FROM training_row
    LEFT JOIN contact
        ON contact.person_key = training_row.person_key
        AND contact.contacted_at < training_row.as_of + to_days($horizon_days)
    WHERE training_row.verdict = 'kept'
    GROUP BY ALL
)
SELECT
    CASE
        WHEN is_contacted THEN 'contacted'
        WHEN was_contacted THEN 'contacted_before'
        ELSE 'never_contacted'
    END AS contact,
    count(*) AS row_count,
    count(*) FILTER (is_positive) AS positive_count
FROM window_of
GROUP BY contact
ORDER BY contact
