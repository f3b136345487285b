-- purpose: say when people first reached the milestone that counts
-- grain: one row per person who did
-- reads: outcome, dedupe_link    writes: learnt_reached (temporary)
-- parameters: $milestones, $as_of (later outcomes are not read)
CREATE OR REPLACE TEMP TABLE learnt_reached AS
SELECT dedupe_link.person_key, min(outcome.occurred_at) AS reached_at
FROM outcome
JOIN dedupe_link USING (lead_key)
WHERE list_contains($milestones::VARCHAR[], outcome.milestone)
    AND outcome.occurred_at < $as_of::TIMESTAMP
GROUP BY dedupe_link.person_key
