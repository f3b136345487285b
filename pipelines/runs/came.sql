-- purpose: who came to us lately, as what was merged since tells of it
-- grain: one row per person
-- reads: waiting_frame (registered: who waits already, lead_key, kind, came_at, is_taken),
--   load_file, activity, contact_attempt, lead, dedupe_link, person    writes: fresh_person
-- parameters: $merged_since, $oldest and $newest (of when they came), $sources (of new leads that are
--   forms, in lower case)
CREATE OR REPLACE TEMP TABLE fresh_person AS
WITH batch AS (
    SELECT batch_id FROM load_file WHERE loaded_at >= $merged_since
),
came AS (
    SELECT lead_key, CASE channel WHEN 'form' THEN 'form' ELSE 'reply' END AS kind,
        "at"::TIMESTAMP AS came_at
    FROM activity
    WHERE "at" >= $oldest AND "at" <= $newest
        AND direction = 'in' AND channel IN ('call', 'email', 'sms', 'meeting', 'form')
        AND batch_id IN (FROM batch)
    UNION ALL
    SELECT lead_key, 'reply', "at"
    FROM contact_attempt
    WHERE "at" >= $oldest AND "at" <= $newest
        AND disposition = 'replied' AND batch_id IN (FROM batch)
    UNION ALL
    SELECT lead_key, 'form', created_at::TIMESTAMP
    FROM lead
    WHERE created_at >= $oldest AND created_at <= $newest
        AND list_contains($sources::VARCHAR[], lower(trim(lead_source)))
        AND batch_id IN (FROM batch)
    UNION ALL
    -- Who is taken up is so as that lead: as another they would be handed out again.
    SELECT lead_key, waiting_frame.kind, waiting_frame.came_at
    FROM waiting_frame
    JOIN dedupe_link USING (lead_key)
    JOIN person USING (person_key)
    WHERE NOT waiting_frame.is_taken OR person.representative_lead_key = lead_key
)
SELECT
    person.representative_lead_key AS lead_key,
    person.person_key,
    arg_max(came.kind, came.came_at) AS kind,
    max(came.came_at) AS came_at
FROM came
JOIN dedupe_link USING (lead_key)
JOIN person USING (person_key)
GROUP BY ALL
