-- purpose: spell reason masks out, one row per lead, channel and reason
-- grain:   person x channel x reason; run x lead x channel x reason
-- reads:   eligibility, decision, reason
-- writes:  views eligibility_reason, decision_reason
CREATE OR REPLACE VIEW eligibility_reason AS
SELECT masks.person_key, masks.lead_key, masks.channel,
       reason.code AS reason, reason.description, reason.unblock
FROM (
    SELECT person_key, lead_key, 'email' AS channel, email_reasons AS mask FROM eligibility
    UNION ALL SELECT person_key, lead_key, 'phone', phone_reasons FROM eligibility
    UNION ALL SELECT person_key, lead_key, 'ai_voice', ai_voice_reasons FROM eligibility
    UNION ALL SELECT person_key, lead_key, 'sms', sms_reasons FROM eligibility
    UNION ALL SELECT person_key, lead_key, 'mail', mail_reasons FROM eligibility
) AS masks
JOIN reason ON (masks.mask >> reason.bit) & 1 = 1
WHERE masks.mask <> 0;

CREATE OR REPLACE VIEW decision_reason AS
SELECT masks.run_id, masks.lead_key, masks.person_key, masks.channel,
       reason.code AS reason, reason.description, reason.unblock
FROM (
    SELECT run_id, lead_key, person_key, 'email' AS channel, email_reasons AS mask FROM decision
    UNION ALL SELECT run_id, lead_key, person_key, 'phone', phone_reasons FROM decision
    UNION ALL SELECT run_id, lead_key, person_key, 'ai_voice', ai_voice_reasons FROM decision
    UNION ALL SELECT run_id, lead_key, person_key, 'sms', sms_reasons FROM decision
    UNION ALL SELECT run_id, lead_key, person_key, 'mail', mail_reasons FROM decision
) AS masks
JOIN reason ON (masks.mask >> reason.bit) & 1 = 1
WHERE masks.mask <> 0;
