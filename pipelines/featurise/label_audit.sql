-- purpose: show what the labels look like, so that a person can see what is wrong with them
-- grain: one row per source, kind of label and year of creation
-- reads: lead, outcome, static_label    writes: label_audit
-- parameters: $milestone, $fallback (null = none): milestones that count; $horizon_days; $data_end
--   (null = none known); $as_of: outcomes at or after it are not read
-- note: a day is all that some sources give of a conversion, so one on the day of creation counts.
INSERT INTO label_audit BY NAME
WITH reached AS (
    SELECT
        lead_key,
        coalesce(
            min(occurred_at) FILTER (milestone = $milestone),
            min(occurred_at) FILTER (milestone = $fallback)
        ) AS reached_at
    FROM outcome
    WHERE lead_key IS NOT NULL
        AND milestone IN ($milestone, $fallback)
        AND (occurred_at < $as_of::TIMESTAMP OR occurred_at IS NULL)
    GROUP BY lead_key
),
judged AS (
    SELECT
        lead.source_system,
        year(lead.created_at) AS created_year,
        CASE
            WHEN reached.lead_key IS NOT NULL AND reached_at IS NULL THEN 'undated'
            WHEN lead.created_at IS NULL THEN 'no_creation'
            WHEN reached_at < date_trunc('day', lead.created_at) THEN 'impossible'
            WHEN lead.created_at + to_days($horizon_days) > $data_end::TIMESTAMP THEN 'too_young'
            WHEN reached_at < lead.created_at + to_days($horizon_days) THEN 'positive'
            WHEN reached_at IS NOT NULL THEN 'later'
            ELSE 'negative'
        END AS verdict
    FROM lead
    LEFT JOIN reached ON reached.lead_key = lead.lead_key
),
counted AS (
    SELECT
        source_system,
        $milestone AS label,
        created_year,
        count(*) AS leads,
        count(*) FILTER (verdict IN ('positive', 'later', 'negative')) AS judged,
        count(*) FILTER (verdict = 'positive') AS positives,
        count(*) FILTER (verdict = 'later') AS later,
        count(*) FILTER (verdict = 'too_young') AS too_young,
        count(*) FILTER (verdict = 'undated') AS undated,
        count(*) FILTER (verdict = 'impossible') AS impossible,
        $horizon_days AS horizon_days,
        $data_end::TIMESTAMP AS data_end
    FROM judged
    WHERE source_system NOT IN (SELECT source_system FROM static_label)
    GROUP BY source_system, created_year
    UNION ALL
    SELECT
        lead.source_system,
        'label column',
        year(lead.created_at),
        count(*),
        count(static_label.lead_key),
        count(*) FILTER (static_label.is_positive),
        0, 0, 0, 0, NULL, NULL
    FROM lead
    LEFT JOIN static_label ON static_label.lead_key = lead.lead_key
    WHERE lead.source_system IN (SELECT source_system FROM static_label)
    GROUP BY lead.source_system, year(lead.created_at)
)
SELECT *, positives / nullif(judged, 0) AS share
FROM counted
ORDER BY source_system, label, created_year NULLS FIRST
