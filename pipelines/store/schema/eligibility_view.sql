-- purpose: eligibility as published: what was decided about the lead that stands for the person
-- grain: one row per person
-- reads: decision
-- writes: view eligibility
-- parameters: none
CREATE OR REPLACE VIEW eligibility AS
SELECT
    person_key,
    lead_key,
    region,
    is_eligible AS is_scorable,
    email_reasons,
    phone_reasons,
    ai_voice_reasons,
    sms_reasons,
    mail_reasons
FROM decision
WHERE verdict <> 'duplicate'
