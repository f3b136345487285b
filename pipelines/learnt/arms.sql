-- purpose: say what became of people as likely as those listed, held back or not
-- grain: one row per person whose window is over, from the first night on
-- reads: would_list, run, dedupe_link, contact_attempt, learnt_reached    writes: nothing
-- parameters: $horizon_days, $data_end, $as_of
WITH first_night AS (
    SELECT
        dedupe_link.person_key,
        arg_min(would_list.is_control, run.as_of) AS is_control,
        min(run.as_of) AS as_of
    FROM would_list
    JOIN run ON run.run_id = would_list.run_id
    JOIN dedupe_link ON dedupe_link.lead_key = would_list.lead_key
    WHERE run.as_of < $as_of::TIMESTAMP
        AND run.as_of + to_days($horizon_days) <= $data_end::TIMESTAMP
    GROUP BY dedupe_link.person_key
),
contact AS (
    SELECT DISTINCT first_night.person_key
    FROM contact_attempt
    JOIN dedupe_link USING (lead_key)
    JOIN first_night USING (person_key)
    WHERE contact_attempt."at" >= first_night.as_of
        AND contact_attempt."at" < first_night.as_of + to_days($horizon_days)
)
SELECT
    first_night.person_key,
    first_night.is_control,
    coalesce(
        learnt_reached.reached_at < first_night.as_of + to_days($horizon_days), false
    ) AS converted,
    contact.person_key IS NOT NULL AS contacted
FROM first_night
LEFT JOIN learnt_reached ON learnt_reached.person_key = first_night.person_key
LEFT JOIN contact ON contact.person_key = first_night.person_key
WHERE learnt_reached.reached_at IS NULL OR learnt_reached.reached_at >= first_night.as_of
ORDER BY first_night.person_key
