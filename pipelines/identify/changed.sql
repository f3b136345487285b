-- purpose: find the leads that are new or say something else since persons were last found
-- grain: one row per such lead
-- reads: lead, identified_batch    writes: temp table identify_changed
-- parameters: $last_key, $last_time of the leads known then
-- Keys are never reused and grow, so a larger one is new. A changed row carries the batch that
-- changed it, and the time of that merge.
CREATE OR REPLACE TEMP TABLE identify_changed AS
SELECT lead_key
FROM lead
WHERE lead_key > $last_key
    OR ingested_at > $last_time
    OR batch_id NOT IN (SELECT batch_id FROM identified_batch)
