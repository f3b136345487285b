-- purpose: say what became of everybody listed on a night whose window is over
-- grain: one row per person listed and night
-- reads: past_listed, run, dedupe_link, night_lot, contact_attempt, learnt_reached
-- writes: nothing
-- parameters: $horizon_days, $data_end, $as_of
-- A list lasts a day: whoever was contacted on the night's day or on the next was contacted by it.
WITH night AS (
    SELECT run_id, as_of FROM run
    WHERE night > 0 AND as_of < $as_of::TIMESTAMP
        AND as_of + to_days($horizon_days) <= $data_end::TIMESTAMP
),
contact AS (
    SELECT DISTINCT dedupe_link.person_key, contact_attempt."at"::DATE AS day
    FROM contact_attempt
    JOIN dedupe_link USING (lead_key)
    WHERE contact_attempt."at" < $as_of::TIMESTAMP
),
listed AS (
    SELECT DISTINCT ON (past_listed.run_id, dedupe_link.person_key)
        past_listed.run_id, night.as_of, dedupe_link.person_key, past_listed.slice,
        past_listed.propensity, past_listed.probability,
        coalesce(night_lot.is_newest, false) AS is_newest
    FROM past_listed
    JOIN night ON night.run_id = past_listed.run_id
    JOIN dedupe_link ON dedupe_link.lead_key = past_listed.lead_key
    LEFT JOIN night_lot
        ON night_lot.run_id = past_listed.run_id
        AND night_lot.lead_key = past_listed.lead_key AND night_lot.lot = 'list'
    ORDER BY past_listed.run_id, dedupe_link.person_key, past_listed.rank
)
SELECT
    listed.*,
    coalesce(
        learnt_reached.reached_at >= listed.as_of
        AND learnt_reached.reached_at < listed.as_of + to_days($horizon_days),
        false
    ) AS converted,
    first_day.person_key IS NOT NULL OR second_day.person_key IS NOT NULL AS contacted
FROM listed
LEFT JOIN learnt_reached ON learnt_reached.person_key = listed.person_key
LEFT JOIN contact AS first_day
    ON first_day.person_key = listed.person_key AND first_day.day = listed.as_of::DATE
LEFT JOIN contact AS second_day
    ON second_day.person_key = listed.person_key AND second_day.day = listed.as_of::DATE + 1
-- who had converted before is nobody whom a list could still win
WHERE learnt_reached.reached_at IS NULL OR learnt_reached.reached_at >= listed.as_of
ORDER BY listed.run_id, listed.person_key
