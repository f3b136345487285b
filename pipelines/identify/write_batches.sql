-- purpose: note the batches whose leads have been looked at
-- grain: one row per batch
-- reads: lead, lead_merge    writes: identified_batch (appends)
INSERT INTO identified_batch
SELECT batch_id FROM (SELECT batch_id FROM lead UNION SELECT batch_id FROM lead_merge)
WHERE batch_id IS NOT NULL AND batch_id NOT IN (SELECT batch_id FROM identified_batch)
