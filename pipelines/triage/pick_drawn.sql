-- purpose: draw those among whom the explored are drawn, by a keyed hash of the person and the night
-- grain: one row per person drawn
-- reads: candidate    writes: picked
-- parameters: $key (of the night), $bits (channels that are explored), $count
-- note: everybody who could be explored has the same chance, whatever else is true of them.
INSERT INTO picked
SELECT
    person_key,
    md5_number_lower($key || person_key)::DOUBLE / 18446744073709551616.0 AS lot
FROM candidate
WHERE open_bits & $bits::UTINYINT <> 0 AND must IS DISTINCT FROM 'none'
ORDER BY lot, person_key
LIMIT $count
