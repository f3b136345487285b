-- purpose: put every lead on a grid of days, where no contact is known at all
-- grain: one row per dated lead and grid day
-- reads: lead
-- writes: training_candidate (temporary)
-- parameters: $horizon_days; $data_end; $grid_dates: how many days back, horizon_days apart
CREATE OR REPLACE TEMP TABLE training_candidate AS
SELECT
    lead.lead_key,
    (
        date_trunc('day', $data_end::TIMESTAMP) - to_days($horizon_days * step)
    )::TIMESTAMP AS as_of
FROM lead
CROSS JOIN range(1, $grid_dates + 1) AS grid (step)
WHERE lead.is_dated
    AND (
        lead.created_at IS NULL
        OR lead.created_at
            <= date_trunc('day', $data_end::TIMESTAMP) - to_days($horizon_days * step)
    )
