-- purpose: name the channels that a person refuses, whenever and however they said so
-- grain:   one row per channel; null: all of them
-- reads:   erased_lead (temporary), consent_event, contact_attempt, activity
-- writes:  temporary table person_refusal
-- params:  none
CREATE OR REPLACE TEMP TABLE person_refusal AS
SELECT DISTINCT CASE
    WHEN status = 'opt_out'
        -- one who died, or is under age, is so on every channel
        AND coalesce(lower(trim(purpose)), '') NOT IN ('deceased', 'under_age') THEN channel
END AS channel
FROM consent_event SEMI JOIN erased_lead USING (lead_key)
WHERE status IN ('opt_out', 'objected_profiling')
UNION
SELECT CASE WHEN disposition = 'wrong_number' THEN 'phone' END
FROM contact_attempt SEMI JOIN erased_lead USING (lead_key)
WHERE disposition IN ('opted_out', 'complaint', 'wrong_number')
UNION
SELECT NULL
FROM activity SEMI JOIN erased_lead USING (lead_key)
WHERE lower(trim(result)) IN (
    'opted_out', 'opt_out', 'opted out', 'unsubscribed', 'unsubscribe', 'complaint',
    'spam complaint', 'do_not_call', 'do not call')
