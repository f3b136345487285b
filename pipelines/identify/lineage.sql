-- purpose: follow the leads of every person that is not the same set any more
-- grain: one row per such lead
-- reads: dedupe_link (as stored), scoped_lead, component_frame (registered)
-- writes: temp table moved_lead
CREATE OR REPLACE TEMP TABLE moved_lead AS
WITH followed AS (
    SELECT
        stored.lead_key,
        stored.person_key AS from_person_key,
        coalesce(found.person_key, stored.lead_key) AS into_person_key,
        found.match_rule
    FROM dedupe_link AS stored
    SEMI JOIN scoped_lead USING (lead_key)
    LEFT JOIN component_frame AS found USING (lead_key)
)
SELECT followed.*, count(DISTINCT into_person_key) OVER (PARTITION BY from_person_key) > 1 AS is_split
FROM followed
WHERE from_person_key IN (
    SELECT from_person_key FROM followed WHERE from_person_key <> into_person_key)
