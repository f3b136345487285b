-- purpose: count the targets in equal steps of lead_key, to cut them into slices of bounded size
-- grain: one row per step that holds any target
-- reads: feature_target    writes: nothing (low, high, target_count)
-- parameters: $low, $high: the range to cut, both inclusive; $steps
SELECT
    min(lead_key) AS low,
    max(lead_key) AS high,
    count(*) AS target_count
FROM feature_target
WHERE lead_key BETWEEN $low AND $high
-- double precision: the span of hashed keys does not fit a BIGINT, and monotone is all it must be
GROUP BY floor(
    (lead_key::DOUBLE - $low::DOUBLE) / greatest($high::DOUBLE - $low::DOUBLE, 1) * $steps
)
ORDER BY low
