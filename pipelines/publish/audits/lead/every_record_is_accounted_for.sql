-- purpose: records in = loaded + updated + unchanged + duplicates + quarantined, for every file
-- grain: one number, the violations
-- reads: load_file
SELECT count(*)
FROM load_file
WHERE records <> loaded + updated + unchanged + duplicates + quarantined
