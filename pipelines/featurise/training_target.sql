-- purpose: write the training rows in the order in which their features are streamed
-- grain: one row per kept training_row of a sampled person
-- reads: training_row
-- writes: training_target (temporary)
-- parameters: $keep: of 1048576 persons, how many to keep
CREATE OR REPLACE TEMP TABLE training_target AS
SELECT lead_key, as_of, person_key, is_positive
FROM training_row
WHERE verdict = 'kept'
    -- md5, because DuckDB's own hash may change with its version; whole persons, so that groups
    -- stay whole
    AND ('0x' || left(md5(person_key::VARCHAR), 5))::BIGINT < $keep
ORDER BY lead_key, as_of
