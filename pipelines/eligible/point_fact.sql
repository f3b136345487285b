-- purpose: carry a no that names a contact point to all leads that have it or had it: key_fact.sql
--          has consents of those that have it, this has the rest
-- grain:   one row per lead, contact point and reason
-- reads:   consent_event, contact_attempt, activity, lead, eligible_folded, eligible_former_point
-- writes:  temporary table eligible_lead_fact (appends)
INSERT INTO eligible_lead_fact
WITH told AS (
    SELECT folded_key(contact_key) AS point
    FROM contact_attempt
    WHERE disposition IN ('opted_out', 'complaint') AND contact_key IS NOT NULL
    UNION
    SELECT folded_key(contact_key)
    FROM activity
    WHERE contact_key IS NOT NULL
        AND lower(trim(result)) IN (
            'opted_out', 'opt_out', 'opted out', 'unsubscribed', 'unsubscribe', 'complaint',
            'spam complaint', 'do_not_call', 'do not call'
        )
),
no AS (
    SELECT folded_key(contact_key) AS point, refused_set(channel, purpose) AS channels,
           refusal_bits(purpose) AS bits
    FROM consent_event
    WHERE status = 'opt_out' AND contact_key IS NOT NULL
    UNION
    SELECT folded_key(contact_key), 31, r_art21_objection()
    FROM consent_event
    WHERE status = 'objected_profiling' AND contact_key IS NOT NULL
    UNION
    SELECT point, 31, r_opted_out() FROM told
)
SELECT former.lead_key, no.channels, no.bits, 0
FROM eligible_former_point AS former JOIN no USING (point)
UNION ALL
SELECT lead.lead_key, 31, r_opted_out(), 0 FROM lead JOIN told ON told.point = lead.email_key
UNION ALL
SELECT own.lead_key, 31, r_opted_out(), 0
FROM eligible_folded AS own JOIN told ON told.point = own.name
UNION ALL
SELECT lead.lead_key, 31, r_opted_out(), 0 FROM lead JOIN told ON told.point = lead.phone_e164
UNION ALL
SELECT lead.lead_key, 31, r_opted_out(), 0 FROM lead JOIN told ON told.point = lead.mobile_e164
