-- purpose: gather the leads whose stored pairs tell nothing any more
-- grain: one row per lead
-- reads: identify_changed, identify_gone    writes: temp table identify_moved
-- No lead is in both: what is gone cannot say anything new.
CREATE OR REPLACE TEMP TABLE identify_moved AS
SELECT lead_key FROM identify_changed UNION ALL SELECT lead_key FROM identify_gone
