-- purpose: take away the links that are not as they were
-- grain: one row per lead
-- reads: identify_scope, written_link, dedupe_link    writes: dedupe_link (deletes)
DELETE FROM dedupe_link
WHERE lead_key IN (SELECT lead_key FROM identify_scope)
    AND lead_key NOT IN (
        SELECT stored.lead_key
        FROM dedupe_link AS stored
        JOIN written_link AS found USING (lead_key)
        WHERE stored.person_key = found.person_key
            AND stored.match_rule = found.match_rule
            AND stored.match_weight IS NOT DISTINCT FROM found.match_weight
    )
