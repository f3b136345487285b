-- purpose: carry what is recorded against contact points to the leads that have them
-- grain:   one row per lead, contact point and reason
-- reads:   consent_event, customer, registry, registry_frame (registered), free_domain_frame, lead,
--          eligible_folded
-- writes:  temporary table eligible_lead_fact (appends)
INSERT INTO eligible_lead_fact
WITH key_fact AS (
    SELECT folded_key(contact_key) AS point, refused_set(channel, purpose) AS channels,
           refusal_bits(purpose) AS bits, 0 AS registries
    FROM consent_event
    WHERE status = 'opt_out' AND contact_key IS NOT NULL
    UNION ALL
    SELECT folded_key(contact_key), 31, r_art21_objection(), 0
    FROM consent_event
    WHERE status = 'objected_profiling' AND contact_key IS NOT NULL
    UNION ALL
    SELECT folded_key(contact_key), 31,
           CASE WHEN status = 'open_opportunity' THEN r_open_opportunity()
               ELSE r_already_customer() END, 0
    FROM customer
    WHERE contact_key IS NOT NULL
    UNION ALL
    -- which channels a register binds is the policy row's to say
    SELECT folded_key(registry.contact_key), 0, 0::UBIGINT, registry_frame.flag
    FROM registry
    JOIN registry_frame ON registry_frame.name = registry.registry
    WHERE registry.contact_key IS NOT NULL
),
fact AS (
    SELECT point, channels, bits, bit_or(registries) AS registries
    FROM key_fact
    GROUP BY point, channels, bits
)
SELECT lead.lead_key, fact.channels, fact.bits, fact.registries
-- a point is folded, so an address that is not folded meets none here, and its name does below
FROM lead JOIN fact ON fact.point = lead.email_key
UNION ALL
SELECT own.lead_key, fact.channels, fact.bits, fact.registries
FROM eligible_folded AS own JOIN fact ON fact.point = own.name
UNION ALL
SELECT lead.lead_key, fact.channels, fact.bits, fact.registries
FROM lead JOIN fact ON fact.point = lead.phone_e164
UNION ALL
SELECT lead.lead_key, fact.channels, fact.bits, fact.registries
FROM lead JOIN fact ON fact.point = lead.mobile_e164
WHERE lead.mobile_e164 IS DISTINCT FROM lead.phone_e164
UNION ALL
SELECT lead.lead_key, 31, account.bits, 0
FROM lead
JOIN (
    SELECT lower(domain) AS domain,
           bit_or(CASE WHEN status = 'open_opportunity' THEN r_open_opportunity()
               ELSE r_already_customer() END) AS bits
    FROM customer
    WHERE domain IS NOT NULL AND lower(domain) NOT IN (SELECT domain FROM free_domain_frame)
    GROUP BY lower(domain)
) AS account ON account.domain = lead.email_domain
