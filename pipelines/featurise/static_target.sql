-- purpose: write the rows of a population without dates: one static label per lead
-- grain: one row per labelled lead of the source whose person has not objected
-- reads: static_label, lead, dedupe_link, consent_event
-- writes: static_target (temporary)
-- parameters: $source_system; $as_of: written to every row, so that the features can be built
CREATE OR REPLACE TEMP TABLE static_target AS
WITH objector AS (
    SELECT DISTINCT coalesce(dedupe_link.person_key, consent_event.lead_key) AS person_key
    FROM consent_event
    LEFT JOIN dedupe_link ON dedupe_link.lead_key = consent_event.lead_key
    WHERE consent_event.status = 'objected_profiling' AND consent_event.lead_key IS NOT NULL
)
SELECT
    lead.lead_key,
    $as_of::TIMESTAMP AS as_of,
    coalesce(dedupe_link.person_key, lead.lead_key) AS person_key,
    static_label.is_positive,
    lead.row_number
FROM static_label
JOIN lead ON lead.lead_key = static_label.lead_key
LEFT JOIN dedupe_link ON dedupe_link.lead_key = lead.lead_key
WHERE static_label.source_system = $source_system
    AND coalesce(dedupe_link.person_key, lead.lead_key) NOT IN (SELECT person_key FROM objector)
ORDER BY lead.lead_key
