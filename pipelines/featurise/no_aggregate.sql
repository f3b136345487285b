-- purpose: stand in for the event aggregates where no feature reads them
-- grain: no rows
-- reads: nothing
-- writes: event_aggregate (temporary)
-- parameters: none
CREATE OR REPLACE TEMP TABLE event_aggregate AS
SELECT
    NULL::BIGINT AS lead_key,
    NULL::TIMESTAMP AS as_of,
    NULL::TIMESTAMP AS first_activity_at,
    NULL::TIMESTAMP AS last_activity_at,
    NULL::TIMESTAMP AS last_inbound_at,
    NULL::TIMESTAMP AS last_outbound_at,
    0::INTEGER AS inbound_count,
    0::INTEGER AS outbound_count,
    0::INTEGER AS inbound_90d_count,
    0::INTEGER AS inbound_365d_count,
    0::INTEGER AS outbound_90d_count,
    0::INTEGER AS outbound_365d_count,
    0::INTEGER AS email_in_count,
    0::INTEGER AS form_count,
    0::INTEGER AS web_count,
    0::INTEGER AS call_in_count,
    0::INTEGER AS meeting_count,
    0::INTEGER AS call_out_count,
    0::INTEGER AS email_out_count,
    0::INTEGER AS channel_count,
    NULL::VARCHAR AS last_inbound_channel
WHERE false
