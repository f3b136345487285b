-- purpose: join everything that features read, for one slice of the targets
-- grain: one row per row of feature_target whose lead exists
-- reads: feature_target, lead or lead_then, event_aggregate, company_count    writes: nothing
-- parameters: $low, $high: the lead_keys of this slice, both inclusive; $shared_domains; the table
--   of leads is filled in
SELECT
    feature_target.lead_key,
    feature_target.as_of,
    lead.first_name,
    lead.last_name,
    lead.full_name,
    lead.title,
    lead.company,
    lead.email_key,
    lead.email_domain,
    lead.phone_e164,
    lead.mobile_e164,
    lead.line_type,
    lead.website,
    lead.country,
    lead.lead_source,
    lead.industry,
    lead.employees,
    lead.annual_revenue,
    lead.rating,
    lead.status,
    lead.created_at::TIMESTAMP AS created_at,
    lead.modified_at::TIMESTAMP AS modified_at,
    lead.last_activity_date,
    lead.language,
    lead.email_bounced_at,
    lead.phone_valid,
    lead.party_type,
    touched.first_activity_at,
    touched.last_activity_at,
    touched.last_inbound_at,
    touched.last_outbound_at,
    coalesce(touched.inbound_count, 0) AS inbound_count,
    coalesce(touched.outbound_count, 0) AS outbound_count,
    coalesce(touched.inbound_90d_count, 0) AS inbound_90d_count,
    coalesce(touched.inbound_365d_count, 0) AS inbound_365d_count,
    coalesce(touched.outbound_90d_count, 0) AS outbound_90d_count,
    coalesce(touched.outbound_365d_count, 0) AS outbound_365d_count,
    coalesce(touched.email_in_count, 0) AS email_in_count,
    coalesce(touched.form_count, 0) AS form_count,
    coalesce(touched.web_count, 0) AS web_count,
    coalesce(touched.call_in_count, 0) AS call_in_count,
    coalesce(touched.meeting_count, 0) AS meeting_count,
    coalesce(touched.call_out_count, 0) AS call_out_count,
    coalesce(touched.email_out_count, 0) AS email_out_count,
    coalesce(touched.channel_count, 0) AS channel_count,
    touched.last_inbound_channel,
    CASE
        WHEN lead.email_domain IS NULL THEN NULL
        WHEN lead.email_domain IN (SELECT unnest($shared_domains::VARCHAR[])) THEN NULL
        -- a domain without a row holds this lead alone
        ELSE coalesce(
            company_count.lead_count, (lead.created_at < feature_target.as_of)::INTEGER, 0
        )
    END::INTEGER AS company_lead_count
FROM feature_target
JOIN __lead__ ON __is_its_lead__
LEFT JOIN event_aggregate AS touched
    ON touched.lead_key = feature_target.lead_key AND touched.as_of = feature_target.as_of
LEFT JOIN company_count
    ON company_count.email_domain = lead.email_domain
    AND company_count.as_of = feature_target.as_of
WHERE feature_target.lead_key BETWEEN $low AND $high
    AND lead.lead_key BETWEEN $low AND $high
