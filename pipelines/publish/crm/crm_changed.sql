-- purpose: name the leads of which a CRM has to be told something new
-- grain: one row per lead, with its person
-- reads: decision, past_decision, past_listed, reason, run, contact_attempt, dedupe_link
-- writes: crm_changed
-- parameters: $night (place of this night), $last_run (the night whose file a CRM has; null: none),
--   $refusals (codes of the reasons that are a no of the person)
-- note: without a last file everybody is told of who is listed or said no. Else: who is listed, who
-- was, whose no is new or went to another person with the lead, and with whom an attempt was made.
CREATE OR REPLACE TEMP TABLE crm_changed AS
WITH refusal AS (
    SELECT bit_or(1::UBIGINT << bit) AS mask FROM reason WHERE list_contains($refusals, code)
),
last_night AS (
    SELECT last_lead_key, as_of FROM run WHERE run_id = $last_run
),
tonight AS (
    SELECT
        lead_key,
        person_key,
        verdict,
        [
            coalesce(email_reasons & mask, 0) > 0, coalesce(phone_reasons & mask, 0) > 0,
            coalesce(ai_voice_reasons & mask, 0) > 0, coalesce(sms_reasons & mask, 0) > 0,
            coalesce(mail_reasons & mask, 0) > 0
        ] AS refused
    FROM decision
    CROSS JOIN refusal
),
refusing_before AS (
    SELECT
        past.lead_key,
        list_transform(
            string_split(past.packed_reasons, ','),
            lambda one: coalesce(nullif(one, '')::UBIGINT & mask, 0) > 0
        ) AS refused
    FROM past_decision AS past
    CROSS JOIN refusal
    WHERE past.until_night = $night
),
attempted AS (
    SELECT DISTINCT dedupe_link.person_key
    FROM contact_attempt AS attempt
    JOIN dedupe_link USING (lead_key)
    WHERE attempt.ingested_at >= (SELECT as_of FROM last_night)
),
said_no AS (
    SELECT tonight.lead_key
    FROM tonight
    LEFT JOIN refusing_before AS former USING (lead_key)
    WHERE CASE
        WHEN former.lead_key IS NOT NULL AND $last_run::VARCHAR IS NOT NULL
            THEN tonight.refused <> former.refused
        WHEN tonight.lead_key <= (SELECT last_lead_key FROM last_night) THEN false
        ELSE list_contains(tonight.refused, true)
    END
)
SELECT tonight.lead_key, tonight.person_key, tonight.refused
FROM tonight
WHERE tonight.verdict = 'listed'
    OR tonight.lead_key IN (SELECT lead_key FROM said_no)
    OR tonight.lead_key IN (SELECT lead_key FROM past_listed WHERE run_id = $last_run)
    OR (
        tonight.verdict <> 'duplicate'
        AND tonight.person_key IN (SELECT person_key FROM attempted)
    )
