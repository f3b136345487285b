-- purpose: find the best of those whom one lane may take, where the best of all do not fill it
-- grain: one row per person
-- reads: candidate, picked; lead and mailed where the filters ask for them    writes: picked
-- parameters: $bit (of the channel), $other (the handler that the lane is not), $count, and those of
--   {filters}: whom the worker serves, and which cells of which limits have enough people already
INSERT INTO picked
SELECT person_key, NULL AS lot
FROM (
    SELECT candidate.person_key, candidate.rank
    FROM candidate {joins}
    WHERE candidate.open_bits & $bit::UTINYINT <> 0
        AND candidate.must IS DISTINCT FROM $other AND candidate.must IS DISTINCT FROM 'none'
        AND {filters}
)
ANTI JOIN (SELECT person_key FROM picked WHERE lot IS NULL) AS known USING (person_key)
ORDER BY rank
LIMIT $count
