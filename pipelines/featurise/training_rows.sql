-- purpose: label the candidates, and say of each that is left out why
-- grain: one row per training_candidate
-- reads: training_candidate, training_lapsed, lead, outcome, dedupe_link, consent_event
-- writes: training_row (temporary): lead_key, as_of, person_key, is_positive, reached_at, verdict
-- parameters: $milestone, $fallback (null = none): milestones that count; $beyond: those that end
--   it all, $milestone among them; $horizon_days; $data_end; $as_of: outcomes at or after it are
--   not read
-- note: conversions count for the person: a duplicate that converted first makes the row history,
-- and a conversion that was booked on the other copy of the lead is still a conversion.
CREATE OR REPLACE TEMP TABLE training_row AS
WITH reached AS (
    SELECT
        lead_key,
        -- won stands in for converted only where the lead has no converted row
        coalesce(
            min(occurred_at) FILTER (milestone = $milestone),
            min(occurred_at) FILTER (milestone = $fallback)
        ) AS reached_at,
        -- who is a customer already leaves the pool, also when an earlier milestone is learnt
        min(occurred_at) FILTER (list_contains($beyond::VARCHAR[], milestone)) AS passed_at,
        -- converted, nobody knows when: neither a success nor a failure of any window
        bool_or(
            occurred_at IS NULL AND list_contains($beyond::VARCHAR[], milestone)
        ) AS is_undated
    FROM outcome
    WHERE lead_key IS NOT NULL AND (occurred_at < $as_of::TIMESTAMP OR occurred_at IS NULL)
    GROUP BY lead_key
),
person_reached AS (
    SELECT coalesce(dedupe_link.person_key, reached.lead_key) AS person_key,
        min(reached_at) AS reached_at,
        min(passed_at) AS passed_at,
        bool_or(is_undated) AND min(reached_at) IS NULL AS is_undated
    FROM reached
    LEFT JOIN dedupe_link ON dedupe_link.lead_key = reached.lead_key
    GROUP BY 1
),
objector AS (
    -- GDPR 21(3): an objector's data is not used for training either
    SELECT DISTINCT coalesce(dedupe_link.person_key, consent_event.lead_key) AS person_key
    FROM consent_event
    LEFT JOIN dedupe_link ON dedupe_link.lead_key = consent_event.lead_key
    WHERE consent_event.status = 'objected_profiling' AND consent_event.lead_key IS NOT NULL
),
known AS (
    SELECT
        training_candidate.lead_key,
        training_candidate.as_of,
        coalesce(dedupe_link.person_key, training_candidate.lead_key) AS person_key,
        training_candidate.as_of + to_days($horizon_days) AS window_end,
        lead.created_at
    FROM training_candidate
    JOIN lead ON lead.lead_key = training_candidate.lead_key
    LEFT JOIN dedupe_link ON dedupe_link.lead_key = training_candidate.lead_key
)
SELECT
    known.lead_key,
    known.as_of,
    known.person_key,
    coalesce(
        person_reached.reached_at >= known.as_of AND person_reached.reached_at < known.window_end,
        false
    ) AS is_positive,
    person_reached.reached_at,
    CASE
        WHEN objector.person_key IS NOT NULL THEN 'objected'
        WHEN training_lapsed.person_key IS NOT NULL
            AND coalesce(training_lapsed.own_since >= known.as_of, true) THEN 'retention'
        WHEN known.created_at > known.as_of THEN 'created_later'
        WHEN person_reached.is_undated THEN 'undated'
        WHEN person_reached.passed_at < known.as_of THEN 'already_converted'
        WHEN known.window_end > $data_end::TIMESTAMP THEN 'too_young'
        ELSE 'kept'
    END AS verdict
FROM known
LEFT JOIN person_reached ON person_reached.person_key = known.person_key
LEFT JOIN objector ON objector.person_key = known.person_key
LEFT JOIN training_lapsed ON training_lapsed.person_key = known.person_key
