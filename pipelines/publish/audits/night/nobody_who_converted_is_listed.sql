-- purpose: no listed person has converted, is a customer, or has told us to stop, by any record
-- grain: one number, the violations
-- reads: decision, dedupe_link, lead, outcome, static_label, customer, contact_attempt, run, meta
-- Written from the events alone, so that a fault of the eligibility stage cannot hide in it.
WITH night AS (
    SELECT as_of FROM run
    WHERE run_id = (SELECT value FROM meta WHERE key = 'nightly_run_id')
),
listed AS (
    SELECT dedupe_link.lead_key
    FROM decision
    JOIN dedupe_link USING (person_key)
    WHERE decision.verdict = 'listed'
)
SELECT count(*)
FROM listed
JOIN lead USING (lead_key)
WHERE lead_key IN (
        SELECT lead_key FROM outcome
        WHERE milestone IN ('converted', 'won') AND lead_key IS NOT NULL
            AND (occurred_at IS NULL OR occurred_at < (SELECT as_of FROM night)))
    OR lead_key IN (SELECT lead_key FROM static_label WHERE is_positive)
    OR lead_key IN (
        SELECT lead_key FROM contact_attempt
        WHERE disposition IN ('opted_out', 'complaint') AND lead_key IS NOT NULL)
    OR email_key IN (SELECT contact_key FROM customer WHERE contact_key IS NOT NULL)
    OR phone_e164 IN (SELECT contact_key FROM customer WHERE contact_key IS NOT NULL)
    OR mobile_e164 IN (SELECT contact_key FROM customer WHERE contact_key IS NOT NULL)
