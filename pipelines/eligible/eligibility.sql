-- purpose: decide per person and channel, with every reason
-- grain:   one row per person
-- reads:   person, lead, eligible_* tables, role_name_frame, disposable_domain_frame
-- writes:  table eligibility (appends to an empty table)
-- params:  as_of, feed_bits (customer feed, all channels), retention_months, retention_countries
INSERT INTO eligibility BY NAME
-- What the lead alone says, said where it is read: few narrow columns pass through the joins, an
-- address is put together once, and is_blank is worked out once per different text.
WITH own AS (
    SELECT
        lead_key, country, created_at, email_key,
        coalesce(email_local, local_part(own_email_key, email_domain)) AS local,
        region_of(country) AS region, party_class(party_type) AS party,
        is_mobile_point(phone_e164, mobile_e164, line_type) AS is_mobile,
        call_point(phone_e164, mobile_e164) AS call_name,
        text_point(phone_e164, mobile_e164, line_type) AS text_name,
        point_bits(email_key, own_email)
            | bit_if(email_domain IN (SELECT domain FROM disposable_domain_frame),
                r_disposable_domain()) AS email_flaws,
        point_bits(call_point(phone_e164, mobile_e164), coalesce(phone, mobile))
            | bit_if(phone_valid = false, r_invalid_contact_point()) AS call_flaws,
        point_bits(text_point(phone_e164, mobile_e164, line_type), mobile)
            | bit_if(phone_valid = false, r_invalid_contact_point()) AS text_flaws,
        bit_if(is_blank(street) OR (is_blank(city) AND is_blank(postal_code)),
            r_no_contact_point()) AS mail_flaws,
        $feed_bits::UBIGINT
            | bit_if(is_deleted IS TRUE OR merged_into_id IS NOT NULL, r_deleted())
            | bit_if(is_dated IS NOT TRUE, r_undated_population()) AS every_channel
    FROM lead
),
main AS (
    SELECT
        person.person_key, own.lead_key, own.country, own.region, own.party, own.is_mobile,
        coalesce(folded.name, own.email_key) AS email_name, own.call_name, own.text_name,
        own.email_flaws
            | bit_if(CASE WHEN folded.name IS NULL THEN own.local
                    ELSE without_tag(lower(own.local))
                END IN (SELECT name FROM role_name_frame), r_role_address()) AS email_flaws,
        own.call_flaws, own.text_flaws, own.mail_flaws,
        own.every_channel
            | bit_if(own.country IN (SELECT unnest($retention_countries))
                AND coalesce(CASE WHEN person.lead_count = 1
                        THEN coalesce(touch.own_at, own.created_at)
                        ELSE family.own_at END, '-infinity')
                    < $as_of::TIMESTAMP - to_months($retention_months), r_retention_review())
            | coalesce(pace.bits, 0::UBIGINT) AS every_channel,
        coalesce(pace.waived, 0) AS waived
    FROM person
    JOIN own ON own.lead_key = person.representative_lead_key
    LEFT JOIN eligible_folded AS folded ON folded.lead_key = person.representative_lead_key
    LEFT JOIN eligible_own_contact AS touch ON touch.lead_key = person.representative_lead_key
    LEFT JOIN eligible_family AS family USING (person_key)
    LEFT JOIN eligible_pace AS pace USING (person_key)
),
known AS (
    SELECT main.* EXCLUDE (region), cell.region,
           coalesce(fact.email, 0::UBIGINT) AS email_fact,
           coalesce(fact.phone, 0::UBIGINT) AS phone_fact,
           coalesce(fact.ai_voice, 0::UBIGINT) AS ai_voice_fact,
           coalesce(fact.sms, 0::UBIGINT) AS sms_fact,
           coalesce(fact.mail, 0::UBIGINT) AS mail_fact,
           policy_verdict(main.country, policy.email, cell.email_bits) AS email_policy,
           policy_verdict(main.country, policy.phone, cell.phone_bits) AS phone_policy,
           policy_verdict(main.country, policy.ai_voice, cell.ai_voice_bits) AS ai_voice_policy,
           policy_verdict(main.country, policy.sms, cell.sms_bits) AS sms_policy,
           policy_verdict(main.country, policy.mail, cell.mail_bits) AS mail_policy,
           coalesce(by_email.channels, 0) AS email_objected,
           coalesce(by_call.channels, 0) AS call_objected,
           coalesce(by_text.channels, 0) AS text_objected,
           bit_if(main.email_name IN (SELECT name FROM eligible_bounced), r_bounced())
               AS email_bounced
    FROM main
    LEFT JOIN eligible_cell_wide AS cell USING (region, party, is_mobile)
    LEFT JOIN eligible_person_fact AS fact USING (person_key)
    LEFT JOIN eligible_policy AS policy USING (person_key)
    LEFT JOIN eligible_objected_point AS by_email ON by_email.name = main.email_name
    LEFT JOIN eligible_objected_point AS by_call ON by_call.name = main.call_name
    LEFT JOIN eligible_objected_point AS by_text ON by_text.name = main.text_name
),
masked AS (
    SELECT person_key, lead_key, region,
        (called_back(every_channel, waived, 1) | email_fact | email_flaws | email_bounced
            | shared_bits(email_fact, email_objected, 1) | email_policy
        )::UBIGINT AS email_reasons,
        (called_back(every_channel, waived, 2) | phone_fact | call_flaws
            | shared_bits(phone_fact, call_objected, 2) | phone_policy
        )::UBIGINT AS phone_reasons,
        (called_back(every_channel, waived, 4) | ai_voice_fact | call_flaws
            | shared_bits(ai_voice_fact, call_objected, 4) | ai_voice_policy
        )::UBIGINT AS ai_voice_reasons,
        (called_back(every_channel, waived, 8) | sms_fact | text_flaws
            | shared_bits(sms_fact, text_objected, 8) | sms_policy
        )::UBIGINT AS sms_reasons,
        (called_back(every_channel, waived, 16) | mail_fact | mail_flaws | mail_policy
        )::UBIGINT AS mail_reasons
    FROM known
)
SELECT person_key, lead_key, region,
       least(email_reasons, phone_reasons, ai_voice_reasons, sms_reasons, mail_reasons) = 0
           AS is_scorable,
       email_reasons, phone_reasons, ai_voice_reasons, sms_reasons, mail_reasons
FROM masked
