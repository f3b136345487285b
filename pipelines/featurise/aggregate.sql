-- purpose: count what happened to each lead before its as_of
-- grain: one row per distinct (lead_key, as_of) of feature_target with a touch before as_of
-- reads: feature_target (lead_key, as_of), activity, contact_attempt
-- writes: event_aggregate (temporary)
-- parameters: $low, $high: the lead_keys of this slice, both inclusive
-- note: nothing at or after as_of is read, so a later night never changes an earlier row. Tasks and
-- notes are our own paperwork: they count as activity, not as inbound or outbound.
CREATE OR REPLACE TEMP TABLE event_aggregate AS
WITH wanted AS (
    SELECT DISTINCT lead_key, as_of
    FROM feature_target
    WHERE lead_key BETWEEN $low AND $high
),
touch AS (
    SELECT
        lead_key,
        "at" AS touched_at,
        channel,
        channel NOT IN ('task', 'note') AND (
            direction = 'in' OR (direction IS NULL AND channel IN ('form', 'web'))
        ) AS is_inbound,
        channel NOT IN ('task', 'note') AND direction = 'out' AS is_outbound
    FROM activity
    WHERE lead_key BETWEEN $low AND $high
    UNION ALL
    SELECT
        lead_key,
        "at",
        -- the channels of our own attempts, in the words of the activity table
        CASE channel WHEN 'phone' THEN 'call' WHEN 'ai_voice' THEN 'call' ELSE channel END,
        false,
        true
    FROM contact_attempt
    WHERE lead_key BETWEEN $low AND $high
),
coded AS (
    SELECT
        *,
        -- an unknown channel is 0; list positions start at 1
        coalesce(list_position(
            ['call', 'email', 'sms', 'meeting', 'form', 'web', 'task', 'note', 'campaign', 'mail'],
            channel
        ), 0)::BIGINT AS channel_code
    FROM touch
),
counted AS (
    SELECT
        wanted.lead_key,
        wanted.as_of,
        min(touched_at) AS first_activity_at,
        max(touched_at) AS last_activity_at,
        max(touched_at) FILTER (is_inbound) AS last_inbound_at,
        max(touched_at) FILTER (is_outbound) AS last_outbound_at,
        (count(*) FILTER (is_inbound))::INTEGER AS inbound_count,
        (count(*) FILTER (is_outbound))::INTEGER AS outbound_count,
        (count(*) FILTER (is_inbound AND touched_at >= as_of - INTERVAL 90 DAY))::INTEGER AS inbound_90d_count,
        (count(*) FILTER (is_inbound AND touched_at >= as_of - INTERVAL 365 DAY))::INTEGER AS inbound_365d_count,
        (count(*) FILTER (is_outbound AND touched_at >= as_of - INTERVAL 90 DAY))::INTEGER AS outbound_90d_count,
        (count(*) FILTER (is_outbound AND touched_at >= as_of - INTERVAL 365 DAY))::INTEGER AS outbound_365d_count,
        (count(*) FILTER (is_inbound AND channel = 'email'))::INTEGER AS email_in_count,
        (count(*) FILTER (channel = 'form'))::INTEGER AS form_count,
        (count(*) FILTER (channel = 'web'))::INTEGER AS web_count,
        (count(*) FILTER (is_inbound AND channel = 'call'))::INTEGER AS call_in_count,
        (count(*) FILTER (channel = 'meeting'))::INTEGER AS meeting_count,
        (count(*) FILTER (is_outbound AND channel = 'call'))::INTEGER AS call_out_count,
        (count(*) FILTER (is_outbound AND channel = 'email'))::INTEGER AS email_out_count,
        bit_count(bit_or(1::BIGINT << channel_code))::INTEGER AS channel_count,
        -- one integer orders by time and breaks ties by channel: arg_max would pick any of a tie
        max(epoch_us(touched_at) * 16 + channel_code) FILTER (is_inbound) AS last_inbound_code
    FROM wanted
    JOIN coded ON coded.lead_key = wanted.lead_key AND coded.touched_at < wanted.as_of
    GROUP BY wanted.lead_key, wanted.as_of
)
SELECT
    * EXCLUDE (last_inbound_code),
    ['call', 'email', 'sms', 'meeting', 'form', 'web', 'task', 'note', 'campaign', 'mail'][
        last_inbound_code - epoch_us(last_inbound_at) * 16
    ] AS last_inbound_channel
FROM counted
