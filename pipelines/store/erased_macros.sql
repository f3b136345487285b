-- purpose: define the texts by which an erased person is looked up: see pipelines.store.erased
-- reads:   nothing; folded_email() comes from contact_macros.sql
-- writes:  temporary macros
CREATE OR REPLACE TEMP MACRO point_text(point) AS
    CASE WHEN contains(point, '@') THEN 'email:' || folded_email(point) ELSE 'phone:' || point END;
-- First and last name, in any order, without case and accents; null without a name.
CREATE OR REPLACE TEMP MACRO name_key(first_name, last_name, full_name) AS nullif(
    array_to_string(list_sort(regexp_extract_all(
        lower(strip_accents(coalesce(
            nullif(trim(concat_ws(' ', first_name, last_name)), ''), full_name, ''))),
        '[\p{L}\p{N}]+')), ' '),
    '');
CREATE OR REPLACE TEMP MACRO addresses_in(given) AS list_transform(
    regexp_extract_all(given, '[^\s"''<>,;:|(){}\[\]\\]+@[^\s"''<>,;:|(){}\[\]\\@]+'),
    lambda one: 'email:' || folded_email(rtrim(one, '.!?')));
CREATE OR REPLACE TEMP MACRO has_number(given) AS
    regexp_matches(given, '[0-9][0-9 ()./-]{6,}[0-9]');
-- A number as people write it, with or without its country: its last eight digits.
CREATE OR REPLACE TEMP MACRO numbers_in(given) AS list_transform(
    regexp_extract_all(given, '[0-9][0-9 ()./-]{6,}[0-9]'),
    lambda one: 'tail:' || right(regexp_replace(one, '[^0-9]', '', 'g'), 8));
