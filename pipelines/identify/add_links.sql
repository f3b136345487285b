-- purpose: write the links that are new or not as they were
-- grain: one row per lead
-- reads: written_link, dedupe_link    writes: dedupe_link (appends)
INSERT INTO dedupe_link BY NAME
SELECT * FROM written_link ANTI JOIN dedupe_link USING (lead_key) ORDER BY lead_key
