-- purpose: take with every such lead all that were one person or one disbelieved cluster with it
-- grain: one row per lead; may name leads that are gone
-- reads: identify_seed, dedupe_link, bound_lead    writes: temp table identify_scope
CREATE OR REPLACE TEMP TABLE identify_scope AS
WITH cluster AS (
    SELECT lead_key, group_key, reason FROM bound_lead WHERE reason IN ('oversized', 'contradicted')
),
wide AS (
    SELECT lead_key FROM identify_seed
    UNION
    SELECT lead_key FROM cluster
    WHERE (reason, group_key) IN (
        SELECT (reason, group_key) FROM cluster SEMI JOIN identify_seed USING (lead_key))
)
SELECT lead_key FROM wide
UNION
SELECT lead_key FROM dedupe_link
WHERE person_key IN (SELECT person_key FROM dedupe_link SEMI JOIN wide USING (lead_key))
