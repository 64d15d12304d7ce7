-- name: values
-- of all measures at once: to work the views out takes longer than to find one measure's figures
WITH figures AS MATERIALIZED (
    SELECT measure, org_code, period::DATE AS period, period_type, numerator, denominator, value, suppressed,
        members, origin, source
    FROM measure_values_rolled_up
    WHERE basis = 'provider' AND status <> 'plan'
      AND unit_code IS NULL AND specialty_code IS NULL AND breakdown IS NULL
      AND org_code IN (SELECT org_code FROM organisations WHERE kind = 'trust')
), counts AS (
    FROM (VALUES {counts}) t (measure, base, part)
), bases AS (
    SELECT c.measure, org_code, period, period_type, suppressed, origin, source,
        CASE c.part WHEN 'numerator' THEN numerator ELSE denominator END AS people
    FROM figures f JOIN counts c ON f.measure = c.base
)
SELECT * FROM figures WHERE measure NOT IN (SELECT measure FROM counts)
UNION ALL BY NAME
SELECT v.* REPLACE (
        b.people AS denominator, v.numerator / b.people AS value, v.suppressed OR b.suppressed AS suppressed,
        CASE WHEN 'records' IN (v.origin, b.origin) THEN 'records' ELSE 'published' END AS origin,
        v.source || ', ' || b.source AS source
    )
FROM figures v JOIN bases b USING (measure, org_code, period, period_type) WHERE b.people > 0
ORDER BY measure, period_type, org_code, period

-- name: organisations
WITH entries AS (
            SELECT org_code, arg_max(name, coalesce(valid_from, DATE '1900-01-01')) AS name,
                any_value(region) AS region, any_value(icb_code) AS icb_code,
                any_value(org_type) AS org_type, any_value(peer_group) AS peer_group
            FROM organisations WHERE kind = 'trust' GROUP BY org_code
        ), inherited AS (
            SELECT s.successor AS org_code, any_value(e.peer_group) AS peer_group
            FROM successors s JOIN entries e ON e.org_code = s.org_code WHERE e.peer_group IS NOT NULL
            GROUP BY s.successor HAVING count(DISTINCT e.peer_group) = 1
        ), named AS (
            SELECT org_code, any_value(name) AS name FROM organisations
            WHERE kind IN ('region', 'icb') GROUP BY org_code
        ), beds AS (
            SELECT org_code, arg_max(denominator, period) AS beds FROM measure_values_rolled_up
            WHERE measure = '{beds}' AND basis = 'provider' AND status <> 'plan' AND denominator > 0
              AND unit_code IS NULL AND specialty_code IS NULL AND breakdown IS NULL GROUP BY org_code
        )
        SELECT e.org_code, e.name, e.region, r.name AS region_name, e.icb_code, i.name AS icb_name,
            e.org_type, coalesce(e.peer_group, h.peer_group) AS peer_group, b.beds
        FROM entries e LEFT JOIN inherited h USING (org_code) LEFT JOIN beds b USING (org_code)
        LEFT JOIN named r ON r.org_code = e.region LEFT JOIN named i ON i.org_code = e.icb_code
        WHERE e.org_code NOT IN (SELECT org_code FROM successors) ORDER BY e.org_code
