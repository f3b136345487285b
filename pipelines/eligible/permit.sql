-- purpose: find consent or another recorded ground that covers the point to be used
-- grain:   one row per person with any such record
-- reads:   consent_event, dedupe_link, person, lead, eligible_cell, eligible_folded, consent_use()
-- writes:  temporary table eligible_permit; per channel 0: covered, null: no record at all, else
--          what is wrong with the records there are
-- params:  as_of
CREATE OR REPLACE TEMP TABLE eligible_permit AS
WITH event AS (
    SELECT lead_key, contact_key, channel, status = 'opt_in' AS is_opt_in,
           lower(lawful_basis) AS lawful_basis, captured_at, effective_to, is_confirmed,
           coalesce(evidence_ref, '') <> '' AS has_proof
    FROM consent_event
    WHERE (captured_at IS NULL OR captured_at < $as_of)
        AND (effective_from IS NULL OR effective_from <= $as_of)
        AND (status = 'opt_in'
            OR (status = 'unknown' AND (lawful_basis IS NOT NULL OR is_confirmed = false)))
),
-- a record that names a contact point only speaks for the one person who has it, if it is one
key_owner AS (
    SELECT contact_key, any_value(person_key) AS person_key
    FROM (
        SELECT DISTINCT event.contact_key, dedupe_link.person_key
        FROM (
            SELECT DISTINCT contact_key FROM event
            WHERE lead_key IS NULL AND contact_key IS NOT NULL
        ) AS event
        JOIN (
            SELECT lead_key, email_key AS contact_key FROM lead
            UNION ALL SELECT lead_key, phone_e164 FROM lead
            UNION ALL SELECT lead_key, mobile_e164 FROM lead
        ) AS own USING (contact_key)
        JOIN dedupe_link USING (lead_key)
    ) AS owner
    GROUP BY contact_key
    HAVING count(*) = 1
),
-- a double opt-in that nobody confirmed is a no of the mailbox, however either of them spells it,
-- and binds everybody who has it
unconfirmed AS (
    SELECT DISTINCT contact_key, folded_key(contact_key) AS name
    FROM event
    WHERE is_confirmed = false AND lead_key IS NULL AND contact_key IS NOT NULL
),
unconfirmed_owner AS (
    SELECT unconfirmed.contact_key, dedupe_link.person_key
    FROM unconfirmed
    JOIN (
        SELECT lead_key, email_key AS name FROM lead
        UNION ALL SELECT lead_key, name FROM eligible_folded
        UNION ALL SELECT lead_key, phone_e164 FROM lead
        UNION ALL SELECT lead_key, mobile_e164 FROM lead
    ) AS own USING (name)
    JOIN dedupe_link USING (lead_key)
),
held AS (
    SELECT dedupe_link.person_key, event.*
    FROM event JOIN dedupe_link USING (lead_key)
    UNION ALL
    SELECT key_owner.person_key, event.*
    FROM event JOIN key_owner USING (contact_key)
    WHERE event.lead_key IS NULL
    UNION ALL
    SELECT unconfirmed_owner.person_key, event.*
    FROM event JOIN unconfirmed_owner USING (contact_key)
    WHERE event.lead_key IS NULL AND event.is_confirmed = false
),
-- the leads that are asked below, read once: addresses are put together while they are read
contact AS MATERIALIZED (
    SELECT lead_key, country, party_type, line_type, email_key, phone_e164, mobile_e164, street,
           postal_code
    FROM lead
    WHERE lead_key IN (
        SELECT lead_key FROM held
        UNION ALL
        SELECT person.representative_lead_key FROM held JOIN person USING (person_key)
    )
),
-- each record with the row that judges it and whether it speaks of the point that would be used
judged AS (
    SELECT held.person_key, cell.channel, held.is_opt_in, held.lawful_basis, held.captured_at,
           held.effective_to, held.is_confirmed, held.has_proof, cell.consent_since,
           cell.consent_months, cell.is_proof_required, cell.recorded_basis,
           coalesce(held.channel = cell.channel, false)
               OR (NOT cell.is_express AND cell.channel <> 'ai_voice') AS is_in_scope,
           CASE cell.channel
               WHEN 'email' THEN coalesce(held.contact_key, own.email_key) = main.email_key
                   OR (held.is_confirmed = false
                       AND folded_key(coalesce(held.contact_key, own.email_key))
                           = folded_key(main.email_key))
               WHEN 'mail' THEN held.contact_key IS NULL AND (own.lead_key = main.lead_key
                   OR (own.street = main.street AND own.postal_code = main.postal_code))
               WHEN 'sms' THEN
                   text_point(main.phone_e164, main.mobile_e164, main.line_type) IN (
                       coalesce(held.contact_key, own.phone_e164),
                       coalesce(held.contact_key, own.mobile_e164))
               ELSE call_point(main.phone_e164, main.mobile_e164) IN (
                       coalesce(held.contact_key, own.phone_e164),
                       coalesce(held.contact_key, own.mobile_e164))
           END AS is_same_point
    FROM held
    JOIN person USING (person_key)
    JOIN contact AS main ON main.lead_key = person.representative_lead_key
    LEFT JOIN contact AS own ON own.lead_key = held.lead_key
    JOIN eligible_cell AS cell
        ON cell.region = region_of(main.country)
        AND cell.party = party_class(main.party_type)
        AND cell.is_mobile = is_mobile_point(main.phone_e164, main.mobile_e164, main.line_type)
        AND (held.channel IS NULL OR held.channel = cell.channel)
    -- where everybody may be contacted no record changes anything
    WHERE NOT cell.is_open
),
granted AS MATERIALIZED (
    SELECT person_key, channel, captured_at, effective_to, is_confirmed, has_proof, consent_since,
           consent_months, is_proof_required
    FROM judged
    WHERE is_same_point
        AND ((is_opt_in AND is_in_scope) OR lawful_basis = recorded_basis
            OR (is_confirmed = false AND is_in_scope))
),
-- Consent that is too old by its date counts from its last use, if it was used before it was too
-- old each time: one that lapsed once is not brought back by writing to somebody.
aged AS (
    SELECT DISTINCT person_key, channel, captured_at, consent_months
    FROM granted
    WHERE captured_at < consent_since
),
-- materialised, or all links are joined with all touches first
aged_lead AS MATERIALIZED (
    SELECT lead_key, person_key
    FROM dedupe_link
    WHERE person_key IN (SELECT person_key FROM aged)
),
use AS (
    SELECT aged_lead.person_key, touch.channel, touch."at"
    FROM consent_use() AS touch
    JOIN aged_lead USING (lead_key)
    WHERE touch."at" < $as_of
),
step AS (
    SELECT aged.person_key, aged.channel, aged.captured_at, use."at",
           coalesce(lag(use."at") OVER each_use, aged.captured_at)
               + to_months(aged.consent_months) < use."at" AS is_late
    FROM aged
    JOIN use ON use.person_key = aged.person_key AND use.channel = aged.channel
        AND use."at" >= aged.captured_at
    WINDOW each_use AS (
        PARTITION BY aged.person_key, aged.channel, aged.captured_at, aged.consent_months
        ORDER BY use."at"
    )
),
last_use AS (
    SELECT person_key, channel, captured_at, max("at") AS used_at
    FROM (
        SELECT *, bool_or(is_late) OVER (
            PARTITION BY person_key, channel, captured_at ORDER BY "at") AS has_lapsed
        FROM step
    )
    WHERE NOT has_lapsed
    GROUP BY person_key, channel, captured_at
),
flawed AS (
    SELECT person_key, channel, is_confirmed, captured_at,
           bit_if(captured_at IS NULL
               OR greatest(captured_at, last_use.used_at) < consent_since
               OR effective_to <= $as_of, r_consent_too_old())
           | bit_if(is_confirmed = false, r_consent_unconfirmed())
           | bit_if(is_proof_required AND NOT has_proof, r_consent_unproven()) AS flaws
    FROM granted
    LEFT JOIN last_use USING (person_key, channel, captured_at)
),
-- An unconfirmed double opt-in is a no, of any duplicate: what was confirmed lifts it, or what was
-- given later.
verdict AS (
    SELECT person_key, channel,
           CASE
               WHEN bool_or(flaws = 0 AND coalesce(is_confirmed, false)) THEN 0::UBIGINT
               WHEN max(captured_at) FILTER (WHERE flaws = 0)
                   > coalesce(max(coalesce(captured_at, 'infinity'))
                       FILTER (WHERE is_confirmed = false), '-infinity') THEN 0::UBIGINT
               ELSE bit_or(flaws)
           END AS flaws
    FROM flawed
    GROUP BY person_key, channel
)
SELECT person_key,
       any_value(flaws) FILTER (WHERE channel = 'email') AS email,
       any_value(flaws) FILTER (WHERE channel = 'phone') AS phone,
       any_value(flaws) FILTER (WHERE channel = 'ai_voice') AS ai_voice,
       any_value(flaws) FILTER (WHERE channel = 'sms') AS sms,
       any_value(flaws) FILTER (WHERE channel = 'mail') AS mail
FROM verdict
GROUP BY person_key
