-- purpose: the lists of past nights with their dates
-- grain: one row per person listed and night
-- reads: past_listed, run    writes: view decision_history
-- parameters: none; the columns are filled in from their declaration
CREATE OR REPLACE VIEW decision_history AS
SELECT __columns__
FROM past_listed
JOIN run ON run.run_id = past_listed.run_id
