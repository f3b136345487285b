-- purpose: define the expressions that the statements of this stage share
-- reads:   nothing; r_<reason>() macros come from reasons.py
-- writes:  temporary macros
-- Channels as a set: email 1, phone 2, ai_voice 4, sms 8, mail 16. A no to calls is a no to an AI
-- that calls and, as under the US rules, to text messages; a text that names no known channel binds all of them.
CREATE OR REPLACE TEMP MACRO channel_set(channel) AS CASE channel
    WHEN 'email' THEN 1 WHEN 'phone' THEN 14 WHEN 'ai_voice' THEN 4 WHEN 'sms' THEN 8
    WHEN 'mail' THEN 16 ELSE 31
END;
CREATE OR REPLACE TEMP MACRO in_set(channels, one, bits) AS
    CASE WHEN channels & one <> 0 THEN bits ELSE 0::UBIGINT END;

CREATE OR REPLACE TEMP MACRO bit_if(condition, bits) AS
    CASE WHEN condition THEN bits::UBIGINT ELSE 0::UBIGINT END;
CREATE OR REPLACE TEMP MACRO is_blank(given) AS coalesce(trim(given), '') = '';

-- The one number or address a channel uses, of the representative lead.
CREATE OR REPLACE TEMP MACRO call_point(phone, mobile) AS coalesce(phone, mobile);
CREATE OR REPLACE TEMP MACRO text_point(phone, mobile, line_type) AS
    coalesce(mobile, CASE WHEN line_type = 'mobile' THEN phone END);
CREATE OR REPLACE TEMP MACRO is_mobile_point(phone, mobile, line_type) AS
    coalesce(line_type = 'mobile', false) OR (phone IS NULL AND mobile IS NOT NULL);
CREATE OR REPLACE TEMP MACRO party_class(party_type) AS
    CASE WHEN party_type IN ('organisation', 'sole_trader') THEN party_type ELSE 'consumer' END;
CREATE OR REPLACE TEMP MACRO region_of(country) AS
    CASE country WHEN 'GB' THEN 'UK' WHEN 'UK' THEN NULL ELSE country END;

-- What the policy row `cell` says of one channel.
CREATE OR REPLACE TEMP MACRO ground_bits(cell, permit, purchase_at, inquiry_at) AS CASE
    WHEN cell.is_open THEN 0::UBIGINT
    WHEN cell.is_forbidden THEN r_no_lawful_basis()
    WHEN permit = 0 THEN 0::UBIGINT
    WHEN purchase_at >= cell.purchase_since OR inquiry_at >= cell.inquiry_since THEN 0::UBIGINT
    ELSE coalesce(permit, r_no_lawful_basis())
END;
CREATE OR REPLACE TEMP MACRO register_bits(cell, hits, purchase_at, inquiry_at) AS CASE
    WHEN cell.registries = 0 THEN 0::UBIGINT
    WHEN purchase_at >= cell.exempt_purchase_since OR inquiry_at >= cell.exempt_inquiry_since
        THEN 0::UBIGINT
    WHEN hits & cell.registries <> 0 THEN cell.feed_bits | r_registry_hit()
    ELSE cell.feed_bits
END;
CREATE OR REPLACE TEMP MACRO policy_bits(cell, permit, hits, purchase_at, inquiry_at) AS
CASE
    WHEN cell.registries IS NULL THEN r_no_policy_row()
    ELSE ground_bits(cell, permit, purchase_at, inquiry_at)
        | register_bits(cell, hits, purchase_at, inquiry_at)
END;
-- `counted` is of eligible_policy, `uncounted` of eligible_cell_wide.
CREATE OR REPLACE TEMP MACRO policy_verdict(country, counted, uncounted) AS
CASE
    WHEN country IS NULL THEN r_country_unknown()
    ELSE coalesce(counted, uncounted, r_no_policy_row())
END;
-- An entry that ends is told apart: it is not written down on the person for good.
CREATE OR REPLACE TEMP MACRO listed_bits(until, kind, reason, source) AS CASE
    WHEN until IS NOT NULL THEN r_suppressed_until()
    WHEN reason = 'erased' AND source = 'forget' THEN r_suppressed_erased()
    WHEN kind = 'domain' THEN r_suppressed_domain()
    WHEN kind = 'hash' THEN r_suppressed_hash()
    ELSE r_suppressed()
END;
CREATE OR REPLACE TEMP MACRO objection_bits() AS
    r_art21_objection() | r_opted_out() | r_suppressed() | r_suppressed_until()
    | r_suppressed_domain() | r_suppressed_hash() | r_suppressed_erased()
    | r_deceased() | r_under_age();
-- What a record of a no says: most say no more than that.
CREATE OR REPLACE TEMP MACRO refusal_bits(purpose) AS CASE lower(trim(purpose))
    WHEN 'deceased' THEN r_deceased() WHEN 'under_age' THEN r_under_age() ELSE r_opted_out()
END;
-- Of the dead and of children no channel is left, whatever the record names.
CREATE OR REPLACE TEMP MACRO refused_set(channel, purpose) AS
    CASE WHEN lower(trim(purpose)) IN ('deceased', 'under_age') THEN 31
        ELSE channel_set(channel) END;
-- Of somebody who asked to be contacted again by then the interval is no reason.
CREATE OR REPLACE TEMP MACRO called_back(bits, waived, one) AS
    CASE WHEN waived & one <> 0 THEN bits & ~r_recontact_interval() ELSE bits END;
-- A shared contact point counts for those who did not object themselves.
CREATE OR REPLACE TEMP MACRO shared_bits(own, objected, one) AS
    CASE WHEN objected & one <> 0
            AND own & objection_bits() = 0
        THEN r_shared_contact_objected() ELSE 0::UBIGINT
    END;
CREATE OR REPLACE TEMP MACRO point_bits(point, as_given) AS CASE
    WHEN point IS NOT NULL THEN 0::UBIGINT
    WHEN as_given IS NOT NULL THEN r_invalid_contact_point()
    ELSE r_no_contact_point()
END;

-- Whether a lead is drawn for the control group: a share of all, the same in every night and home.
CREATE OR REPLACE TEMP MACRO is_drawn(draw, source_system, source_id, below) AS
    md5(draw || '/' || source_system || '/' || source_id) < below;
