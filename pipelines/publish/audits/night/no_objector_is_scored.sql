-- purpose: who objected to profiling has no score
-- grain: one number, the violations
-- reads: consent_event, dedupe_link, score
SELECT count(*)
FROM score
JOIN dedupe_link USING (lead_key)
WHERE dedupe_link.person_key IN (
    SELECT dedupe_link.person_key
    FROM consent_event
    JOIN dedupe_link USING (lead_key)
    WHERE consent_event.status = 'objected_profiling'
)
