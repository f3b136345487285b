-- purpose: which CRM each source is, and what the column is called by which it knows its leads
-- grain: one row per source whose leads have ids of their own
-- reads: load_file    writes: nothing
-- parameters: none
-- The newest file that named its leads decides.
SELECT
    source_system,
    arg_max(json_extract_string(mapping, '$.preset'), {'at': loaded_at, 'id': batch_id}) AS preset,
    arg_max(
        json_extract_string(mapping, '$.fields.source_id'), {'at': loaded_at, 'id': batch_id}
    ) AS id_column
FROM load_file
WHERE kind = 'leads'
    AND json_extract_string(mapping, '$.fields.source_id') IS NOT NULL
GROUP BY source_system
ORDER BY source_system
