-- purpose: listed leads whose person is in the control group by now, by a merge after the night too
-- grain: one row per listed lead
-- reads: kin, lead, bound_lead, activity, contact_attempt    writes: nothing
-- parameters: $draw, $below (see the settings), $since, from which who came to us is answered
-- Written anew: what the eligibility stage missed stops here.
WITH member AS (
    SELECT kin.listed_lead_key, kin.lead_key FROM kin WHERE kin.is_own
    UNION
    SELECT kin.listed_lead_key, former.lead_key
    FROM kin
    JOIN bound_lead AS bound ON bound.lead_key = kin.lead_key AND bound.reason = 'split'
    JOIN bound_lead AS former ON former.group_key = bound.group_key AND former.reason = 'split'
    WHERE kin.is_own
),
inbound AS (
    SELECT lead_key
    FROM activity
    WHERE "at" >= $since
        AND direction = 'in' AND channel IN ('call', 'email', 'sms', 'meeting', 'form')
    UNION ALL
    SELECT lead_key FROM contact_attempt WHERE "at" >= $since AND disposition IN ('replied', 'meeting')
)
SELECT DISTINCT member.listed_lead_key
FROM member
JOIN lead USING (lead_key)
WHERE md5($draw || '/' || lead.source_system || '/' || lead.source_id) < $below
    AND member.listed_lead_key NOT IN (
        SELECT kin.listed_lead_key FROM kin JOIN inbound USING (lead_key) WHERE kin.is_own
    )
