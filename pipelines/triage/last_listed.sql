-- purpose: the list that was published last, before this run
-- grain: one row per person who was on it, by who the person is tonight
-- reads: past_listed, run, dedupe_link    writes: last_listed
-- parameters: $run_id (of this run)
CREATE OR REPLACE TEMP TABLE last_listed AS
SELECT
    dedupe_link.person_key,
    min(past.lead_key) AS lead_key,
    arg_min(past.rank, past.lead_key) AS rank,
    arg_min(past.probability, past.lead_key) AS probability,
    arg_min(past.channel, past.lead_key) AS channel,
    arg_min(past.handler, past.lead_key) AS handler,
    arg_min(past.assignee, past.lead_key) AS assignee,
    arg_min(past.slice, past.lead_key) AS slice
FROM past_listed AS past
JOIN dedupe_link USING (lead_key)
WHERE past.run_id = (
    SELECT run_id FROM run WHERE night > 0 AND run_id <> $run_id ORDER BY night DESC LIMIT 1
)
GROUP BY dedupe_link.person_key
