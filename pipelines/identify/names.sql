-- purpose: define how names are folded and when two of them agree or conflict
-- grain: functions of texts; null: the name is not given
-- reads: nothing    writes: temporary macros
-- What stands for no name is none. `Na` and `Null` are names; so are letters of any script.
CREATE OR REPLACE TEMP MACRO folded(name) AS CASE
    WHEN trim(lower(name), ' .[]()<>-') NOT IN (
        'n/a', '#n/a', 'n.a', 'none', 'unknown', 'unbekannt', 'inconnu', 'desconocido', 'onbekend',
        'not provided', 'not available', 'not given', 'test', 'tester', 'testing', 'xx', 'xxx', 'xxxx',
        'asdf', 'asd', 'abc', 'dummy', 'fake', 'example', 'nobody', 'anonymous', 'undefined', 'nan',
        'no name', 'noname', 'first name', 'last name', 'firstname', 'lastname', 'fname', 'lname',
        'first', 'surname', 'name', 'lead', 'contact', 'customer', 'user', 'tbd', 'blank')
    THEN nullif(regexp_replace(strip_accents(lower(name)), '[^\p{L}]', '', 'g'), '') END;
CREATE OR REPLACE TEMP MACRO untagged(address) AS regexp_replace(address, '\+[^@]*@', '@');
CREATE OR REPLACE TEMP MACRO first_of(first_name, full_name) AS
    folded(without_generation(coalesce(first_name, split_part(trim(full_name), ' ', 1))));
CREATE OR REPLACE TEMP MACRO last_of(last_name, full_name) AS
    folded(without_generation(coalesce(last_name, CASE WHEN contains(trim(full_name), ' ')
        THEN split_part(without_generation(trim(full_name)), ' ', -1) END)));
-- An initial is enough; a letter or two may be mistyped.
CREATE OR REPLACE TEMP MACRO is_like(a, b) AS
    starts_with(a, b) OR starts_with(b, a) OR jaro_winkler_similarity(a, b) >= 0.9;
-- Both names are there and are one name, in either order. A name that is missing agrees with
-- nothing: joining on it would chain two people of one household through a nameless third.
CREATE OR REPLACE TEMP MACRO names_agree(first_a, last_a, first_b, last_b) AS coalesce(
    (last_a = last_b AND (starts_with(first_a, first_b) OR starts_with(first_b, first_a)))
    OR (first_a = last_b AND last_a = first_b), false);
-- What is given cannot be one person. Another last name alone is a marriage, not a conflict; another
-- first name is another member of the family.
CREATE OR REPLACE TEMP MACRO names_conflict(first_a, last_a, first_b, last_b) AS CASE
    WHEN coalesce(first_a, last_a) IS NULL OR coalesce(first_b, last_b) IS NULL THEN false
    WHEN first_a IS NOT NULL AND first_b IS NOT NULL
        THEN NOT (is_like(first_a, first_b)
            OR coalesce(is_like(first_a, last_b) AND is_like(last_a, first_b), false))
    ELSE NOT (coalesce(is_like(last_a, last_b), false)
        OR coalesce(is_like(coalesce(first_a, last_a), coalesce(last_b, first_b)), false)
        OR coalesce(is_like(coalesce(last_a, first_a), coalesce(first_b, last_b)), false))
END;
