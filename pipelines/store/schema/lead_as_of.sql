-- purpose: make the table macro lead_as_of(moment): the leads as this store knew them at a moment
-- grain: one row per lead that was loaded by then
-- reads: lead, lead_snapshot    writes: the macro
-- parameters: none; the columns are filled in
-- A value at a moment is the former value of the first change after it, else today's. A load that
-- ended at the moment itself counts. Child tables have their own times.
CREATE OR REPLACE MACRO lead_as_of(moment) AS TABLE
WITH later AS (
    SELECT lead_key, min(known_from) AS known_from, __former_values__
    FROM (
        SELECT *, string_split(changed, ',') AS names
        FROM lead_snapshot
        WHERE known_until > moment
    )
    GROUP BY lead_key
)
SELECT
    lead.lead_key,
    lead.source_system,
    lead.source_id,
    coalesce(later.known_from, lead.ingested_at) AS known_from,
    __values_then__
FROM lead
LEFT JOIN later ON lead.lead_key = later.lead_key
WHERE coalesce(later.known_from, lead.ingested_at) <= moment
