-- purpose: draw leads whose outcome nobody knows yet: what a model is for, beside what it learns from
-- grain: one row per drawn lead of the source (null: of the dated ones) who has not objected and is
--   not due for a retention review
-- reads: lead, static_label, outcome, dedupe_link, consent_event, training_lapsed
-- writes: open_target (temporary)
-- parameters: $source_system; $as_of: written to every row; $most: leads drawn
CREATE OR REPLACE TEMP TABLE open_target AS
WITH objector AS (
    SELECT DISTINCT coalesce(dedupe_link.person_key, consent_event.lead_key) AS person_key
    FROM consent_event
    LEFT JOIN dedupe_link ON dedupe_link.lead_key = consent_event.lead_key
    WHERE consent_event.status = 'objected_profiling' AND consent_event.lead_key IS NOT NULL
),
open_lead AS (
    SELECT lead.lead_key
    FROM lead
    LEFT JOIN dedupe_link ON dedupe_link.lead_key = lead.lead_key
    WHERE CASE
            WHEN $source_system IS NULL THEN lead.is_dated
            ELSE lead.source_system = $source_system
        END
        AND lead.lead_key NOT IN (SELECT lead_key FROM static_label)
        AND lead.lead_key NOT IN (SELECT lead_key FROM outcome WHERE lead_key IS NOT NULL)
        AND coalesce(dedupe_link.person_key, lead.lead_key)
            NOT IN (SELECT person_key FROM objector)
        AND coalesce(dedupe_link.person_key, lead.lead_key)
            NOT IN (SELECT person_key FROM training_lapsed WHERE own_since IS NULL)
)
SELECT
    lead_key,
    $as_of::TIMESTAMP AS as_of
FROM open_lead
-- md5, because DuckDB's own hash may change with its version; 1048576 steps
WHERE ('0x' || left(md5(lead_key::VARCHAR), 5))::BIGINT * (SELECT count(*) FROM open_lead)
    < $most::BIGINT * 1048576
ORDER BY lead_key
