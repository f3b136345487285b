-- purpose: put the leads of a slice together as the store knew them at the as_of of each target
-- grain: one row per distinct (lead_key, as_of) of the slice whose lead exists
-- reads: feature_target, lead, lead_snapshot
-- writes: lead_then (temporary)
-- parameters: $low, $high: the lead_keys of this slice, both inclusive; the columns are filled in
-- A value at a moment is the former value of the first change after it, else today's. Before the
-- store knew the lead that is the earliest value it ever knew, which is the best there is of a field
-- that is set once; of a field that is overwritten it is nothing: null.
CREATE OR REPLACE TEMP TABLE lead_then AS
WITH wanted AS (
    SELECT DISTINCT lead_key, as_of
    FROM feature_target
    WHERE lead_key BETWEEN $low AND $high
),
piece AS (
    SELECT *, string_split(changed, ',') AS names
    FROM lead_snapshot
    WHERE lead_key BETWEEN $low AND $high
),
later AS (
    SELECT
        wanted.lead_key,
        wanted.as_of,
        min(piece.known_from) AS known_from__former_values__
    FROM wanted
    JOIN piece ON piece.lead_key = wanted.lead_key AND piece.known_until > wanted.as_of
    GROUP BY wanted.lead_key, wanted.as_of
)
SELECT
    wanted.lead_key,
    wanted.as_of__values_then__
FROM wanted
JOIN lead ON lead.lead_key = wanted.lead_key
LEFT JOIN later ON later.lead_key = wanted.lead_key AND later.as_of = wanted.as_of
WHERE lead.lead_key BETWEEN $low AND $high
