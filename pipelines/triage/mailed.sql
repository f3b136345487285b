-- purpose: name the persons whom mail of ours reached lately: their address need not be verified
-- grain: one row per person
-- reads: activity, contact_attempt, dedupe_link, candidate    writes: mailed
-- parameters: $as_of, $months
CREATE OR REPLACE TEMP TABLE mailed AS
SELECT DISTINCT dedupe_link.person_key
FROM (
    SELECT lead_key FROM activity
    WHERE direction = 'out' AND channel = 'email'
        AND "at" < $as_of::TIMESTAMP AND "at" >= $as_of::TIMESTAMP - to_months($months::INTEGER)
    UNION
    SELECT lead_key FROM contact_attempt
    WHERE channel = 'email' AND disposition <> 'bounced'
        AND "at" < $as_of::TIMESTAMP AND "at" >= $as_of::TIMESTAMP - to_months($months::INTEGER)
) AS mail
JOIN dedupe_link USING (lead_key)
SEMI JOIN candidate USING (person_key)
