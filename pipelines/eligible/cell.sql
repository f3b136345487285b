-- purpose: turn the policy rows into thresholds for this as_of
-- grain:   one row per region, class of party, kind of number and channel
-- reads:   policy_frame (registered)   writes: temporary table eligible_cell
-- params:  as_of
CREATE OR REPLACE TEMP TABLE eligible_cell AS
SELECT
    region, party, is_mobile, channel,
    is_open, is_forbidden, is_express, is_proof_required, recorded_basis,
    consent_max_age_months AS consent_months,
    $as_of::TIMESTAMP - to_months(consent_max_age_months) AS consent_since,
    CASE WHEN purchase_months > 0
        THEN $as_of::TIMESTAMP - to_months(purchase_months) END AS purchase_since,
    CASE WHEN inquiry_months > 0
        THEN $as_of::TIMESTAMP - to_months(inquiry_months) END AS inquiry_since,
    registries, feed_bits,
    CASE WHEN exempt_purchase_months > 0
        THEN $as_of::TIMESTAMP - to_months(exempt_purchase_months) END AS exempt_purchase_since,
    CASE WHEN exempt_inquiry_months > 0
        THEN $as_of::TIMESTAMP - to_months(exempt_inquiry_months) END AS exempt_inquiry_since
FROM policy_frame
