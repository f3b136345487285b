-- purpose: collect what is recorded against single leads
-- grain:   one row per lead, source row and reason; few leads have any
-- reads:   consent_event, contact_attempt, activity, outcome, static_label, salvaged_row
-- writes:  temporary table eligible_lead_fact
-- params:  as_of. Opt-outs bind whenever they were recorded; everything else only before as_of.
CREATE OR REPLACE TEMP TABLE eligible_lead_fact AS
SELECT lead_key, refused_set(channel, purpose) AS channels, refusal_bits(purpose) AS bits,
       0 AS registries
FROM consent_event
WHERE status = 'opt_out' AND lead_key IS NOT NULL
UNION ALL
SELECT lead_key, 31, r_art21_objection(), 0
FROM consent_event
WHERE status = 'objected_profiling' AND lead_key IS NOT NULL
UNION ALL
SELECT lead_key, 31, r_opted_out(), 0
FROM contact_attempt
WHERE disposition IN ('opted_out', 'complaint') AND lead_key IS NOT NULL
UNION ALL
SELECT lead_key, 14, r_invalid_contact_point(), 0
FROM contact_attempt
WHERE disposition = 'wrong_number' AND lead_key IS NOT NULL
UNION ALL
SELECT lead_key, 31, r_invalid_contact_point(), 0
FROM contact_attempt
WHERE disposition = 'left_company' AND "at" < $as_of AND lead_key IS NOT NULL
UNION ALL
-- who asked for a later day is left alone until then; a list holds for a day
SELECT lead_key, 31, r_callback_later(), 0
FROM contact_attempt
WHERE callback_at >= $as_of::TIMESTAMP + INTERVAL 1 DAY AND "at" < $as_of AND lead_key IS NOT NULL
UNION ALL
-- a bounced e-mail is held against the address: bounced.sql
SELECT lead_key, channel_set(channel), r_bounced(), 0
FROM contact_attempt
WHERE disposition = 'bounced' AND channel IN ('sms', 'mail') AND "at" < $as_of
    AND lead_key IS NOT NULL
UNION ALL
SELECT lead_key, 31, r_opted_out(), 0
FROM activity
WHERE lower(trim(result)) IN (
        'opted_out', 'opt_out', 'opted out', 'unsubscribed', 'unsubscribe', 'complaint',
        'spam complaint', 'do_not_call', 'do not call'
    ) AND lead_key IS NOT NULL
UNION ALL
SELECT lead_key, 31, r_converted(), 0
FROM outcome
WHERE milestone IN ('converted', 'won') AND lead_key IS NOT NULL
    AND (occurred_at < $as_of OR occurred_at IS NULL)
UNION ALL
-- a file without dates of outcomes may still say who has converted
SELECT lead_key, 31, r_converted(), 0
FROM static_label
WHERE is_positive
UNION ALL
-- what was guessed about anybody is looked at before it is used, whatever else is known
SELECT lead_key, 31, r_salvaged_unreviewed(), 0
FROM salvaged_row
WHERE reviewed_by IS NULL AND lead_key IS NOT NULL
UNION ALL
-- an opportunity without a date is open until something that closes it is learnt
SELECT lead_key, 31, r_open_opportunity(), 0
FROM outcome
WHERE coalesce(occurred_at < $as_of, true) AND lead_key IS NOT NULL
    AND milestone IN ('opportunity', 'lost', 'disqualified')
GROUP BY lead_key
HAVING max(occurred_at) FILTER (WHERE milestone = 'opportunity')
    > coalesce(max(occurred_at) FILTER (WHERE milestone <> 'opportunity'), '-infinity')
    OR (bool_or(milestone = 'opportunity' AND occurred_at IS NULL)
        AND coalesce(max(ingested_at) FILTER (WHERE milestone = 'opportunity'
                AND occurred_at IS NULL)
            > max(ingested_at) FILTER (WHERE milestone <> 'opportunity'), true))
