-- purpose: store the rows of new leads, and of known ones as they now are
-- grain: one row per lead
-- reads: landed_key, changed, replaced_row, the batch's Parquet file $path
-- writes: the table filled in
-- parameters: $path; the table and the column lists are filled in
-- Rows of known leads were moved to replaced_row before; a column the file lacks keeps its value.
INSERT INTO __table__ BY NAME
SELECT landed_key.lead_key, __new_columns__
FROM read_parquet($path) AS landed
INNER JOIN landed_key ON landed.row_number = landed_key.row_number AND landed_key.is_new
UNION ALL BY NAME
SELECT landed_key.lead_key, __merged_columns__
FROM read_parquet($path) AS landed
INNER JOIN landed_key ON landed.row_number = landed_key.row_number AND NOT landed_key.is_new
INNER JOIN changed ON landed_key.lead_key = changed.lead_key
LEFT JOIN replaced_row ON landed_key.lead_key = replaced_row.lead_key
