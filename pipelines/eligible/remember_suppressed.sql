-- purpose: write a suppression that matched a person down on the person's leads, so that it stays
--          when their address changes: an opt-out is the person's, not the address's
-- grain:   one row per lead of a suppressed person and channel, if not there yet
-- reads:   eligibility, dedupe_link, lead, consent_event    writes: consent_event (appends)
-- params:  at (time of the run), suppressed (mask of the reasons of an entry without an end)
INSERT INTO consent_event BY NAME
SELECT
    'suppressed/' || lead.lead_key || '/' || bound.channel AS consent_id,
    lead.lead_key,
    lead.source_system,
    lead.source_id AS lead_source_id,
    bound.channel,
    'opt_out' AS status,
    $at AS captured_at,
    'suppression list' AS capture_source,
    $at AS ingested_at,
    'suppression' AS batch_id
FROM (
    UNPIVOT (SELECT person_key, email_reasons AS email, phone_reasons AS phone,
        ai_voice_reasons AS ai_voice, sms_reasons AS sms, mail_reasons AS mail FROM eligibility)
    ON email, phone, ai_voice, sms, mail INTO NAME channel VALUE mask
) AS bound
JOIN dedupe_link USING (person_key)
JOIN lead ON lead.lead_key = dedupe_link.lead_key
WHERE bound.mask & $suppressed::UBIGINT <> 0
    AND 'suppressed/' || lead.lead_key || '/' || bound.channel NOT IN (
        SELECT consent_id FROM consent_event WHERE batch_id = 'suppression')
