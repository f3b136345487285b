-- purpose: put a sample of persons on a grid of days, contacted or not
-- grain: one row per sampled person and grid day; the person's first lead stands for it
-- reads: lead, dedupe_link
-- writes: training_candidate (temporary)
-- parameters: $horizon_days; $data_end; $grid_dates: how many days back, horizon_days apart;
--   $keep: of 1048576 persons, how many to keep
CREATE OR REPLACE TEMP TABLE training_candidate AS
SELECT
    lead.lead_key,
    (
        date_trunc('day', $data_end::TIMESTAMP) - to_days($horizon_days * step)
    )::TIMESTAMP AS as_of
FROM lead
LEFT JOIN dedupe_link ON dedupe_link.lead_key = lead.lead_key
CROSS JOIN range(1, $grid_dates + 1) AS grid (step)
WHERE lead.is_dated
    AND coalesce(dedupe_link.person_key, lead.lead_key) = lead.lead_key
    -- Knuth's multiplicative hash of the low bits: keys that follow each other are spread evenly
    AND ((lead.lead_key & 1048575) * 2654435761) & 1048575 < $keep
    AND lead.created_at
        <= date_trunc('day', $data_end::TIMESTAMP) - to_days($horizon_days * step)
