-- purpose: find the leads that were there when persons were last found, and are not any more
-- grain: one row per such lead
-- reads: dedupe_link, lead    writes: temp table identify_gone
CREATE OR REPLACE TEMP TABLE identify_gone AS
SELECT lead_key FROM dedupe_link ANTI JOIN lead USING (lead_key)
