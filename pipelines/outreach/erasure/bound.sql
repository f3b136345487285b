-- purpose: leave the refusal of a person with the leads that refuse together with it
-- grain:   one row per such lead and channel that was refused, if not there yet
-- reads:   erased_lead, person_refusal (temporary), bound_lead, lead, consent_event
-- writes:  consent_event (appends)
-- params:  at
INSERT INTO consent_event BY NAME
SELECT DISTINCT
    'erased/' || other.lead_key || '/' || coalesce(refusal.channel, '*') AS consent_id,
    other.lead_key,
    lead.source_system,
    refusal.channel,
    'opt_out' AS status,
    $at::TIMESTAMP AS captured_at,
    'refused together with somebody' AS capture_source,
    $at::TIMESTAMP AS ingested_at,
    'erasure' AS batch_id
FROM bound_lead AS own
SEMI JOIN erased_lead ON erased_lead.lead_key = own.lead_key
JOIN bound_lead AS other ON other.reason = own.reason AND other.group_key = own.group_key
JOIN lead ON lead.lead_key = other.lead_key
CROSS JOIN person_refusal AS refusal
WHERE other.lead_key NOT IN (SELECT lead_key FROM erased_lead)
    AND 'erased/' || other.lead_key || '/' || coalesce(refusal.channel, '*') NOT IN (
        SELECT consent_id FROM consent_event WHERE batch_id = 'erasure')
