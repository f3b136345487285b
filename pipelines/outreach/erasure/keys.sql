-- purpose: make the texts that a person is known by when it comes again, but for plain hashes
-- grain:   one row per kind and text
-- reads:   erased_lead, person_point (temporary), lead, lead_snapshot, lead_merge
-- writes:  nothing
-- params:  none
-- A shared point alone says nothing; with the name beside it, it does.
SELECT kind, point_text(point) AS text FROM person_point WHERE NOT is_shared
UNION
SELECT 'tail', unnest(numbers_in(point)) FROM person_point WHERE NOT is_shared AND kind = 'phone'
UNION
SELECT 'lead', 'lead:' || source_system || ':' || source_id
FROM lead SEMI JOIN erased_lead USING (lead_key)
UNION
SELECT 'lead', 'lead:' || merged.source_system || ':' || merged.absorbed_id
FROM lead_merge AS merged
JOIN lead ON lead.source_system = merged.source_system AND lead.source_id = merged.master_id
SEMI JOIN erased_lead ON erased_lead.lead_key = lead.lead_key
UNION
SELECT 'pair', 'pair:' || shared.point || '|' || name_key(first_name, last_name, full_name)
FROM lead
SEMI JOIN erased_lead USING (lead_key)
CROSS JOIN (SELECT point FROM person_point WHERE is_shared) AS shared
WHERE name_key(first_name, last_name, full_name) IS NOT NULL
