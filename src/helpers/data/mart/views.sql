-- name: latest
CREATE VIEW {name} AS
SELECT * EXCLUDE (nth) FROM (
    SELECT t.*, row_number() OVER (
        PARTITION BY {key} ORDER BY coalesce(s.secondary, false), t.vintage DESC
    ) AS nth
    FROM {name}_all t LEFT JOIN data_sets s ON t.source = s.source
) WHERE nth = 1

-- name: organisations
-- A span comes from the rows that have dates; what these leave empty (type, peer group, ICB) is filled
-- from what any other source says of the organisation. Undated rows alone make one undated span.
CREATE VIEW organisations AS
WITH ranked AS (
    SELECT t.*, coalesce(s.secondary, false) AS secondary,
        row_number() OVER (
            PARTITION BY org_code, valid_from ORDER BY coalesce(s.secondary, false), t.vintage DESC
        ) AS nth
    FROM organisations_all t LEFT JOIN data_sets s ON t.source = s.source
), known AS (
    SELECT org_code, {known}, max(valid_from) AS dated FROM ranked GROUP BY org_code
)
SELECT org_code, {filled}, r.valid_from, r.valid_to, r.source, r.vintage
FROM ranked r JOIN known k USING (org_code)
WHERE r.nth = 1 AND (r.valid_from IS NOT NULL OR k.dated IS NULL)

-- name: successors
-- Each code's last successor. UNION (not ALL) ends a circle; the depth limit ends a long one.
CREATE VIEW successors AS
WITH RECURSIVE steps AS (
    SELECT org_code, successor FROM organisations
    WHERE successor IS NOT NULL AND successor <> org_code
), chain AS (
    SELECT org_code, successor, 1 AS depth FROM steps
    UNION
    SELECT chain.org_code, steps.successor, depth + 1
    FROM chain JOIN steps ON chain.successor = steps.org_code
    WHERE depth < {longest} AND steps.successor <> chain.org_code
)
SELECT org_code, arg_max(successor, depth) AS successor FROM chain GROUP BY org_code

-- name: editions
CREATE VIEW measure_values_editions AS
SELECT * FROM measure_values_all
QUALIFY row_number() OVER (PARTITION BY {key}, source ORDER BY vintage DESC) = 1

-- name: pooled
-- A pooled value is the mean of the members' values weighted by their denominators, which is exact for
-- proportions, rates and means in any unit. Counts add up. A value with neither part cannot be pooled, and where a
-- member's figure is missing or hidden, the sum is not known: it is never a smaller one.
-- Each source is pooled for itself: one that has merged the members already is not added to one that has not.
CREATE VIEW measure_values_pooled AS
SELECT measure, coalesce(s.successor, v.org_code) AS org_code, unit_code, scheme, specialty_code,
    breakdown, category, period, period_type, basis, v.source,
    CASE WHEN NOT bool_or(suppressed) AND count(numerator) = count(*) THEN sum(numerator) END AS numerator,
    CASE WHEN NOT bool_or(suppressed) AND count(denominator) = count(*) THEN sum(denominator) END AS denominator,
    CASE WHEN bool_or(suppressed) THEN NULL
         WHEN count(*) = 1 THEN any_value(value)
         WHEN count(*) FILTER (denominator IS NULL OR (value IS NULL AND denominator <> 0)) = 0
             AND sum(denominator) > 0
             THEN sum(CASE WHEN denominator = 0 THEN 0 ELSE value * denominator END) / sum(denominator)
         WHEN count(numerator) = count(*) AND count(denominator) = 0 THEN sum(numerator)
    END AS value,
    CASE WHEN count(*) = 1 THEN any_value(target) END AS target,
    CASE WHEN bool_or(status = 'provisional') THEN 'provisional' ELSE any_value(status) END AS status,
    CASE WHEN bool_or(origin = 'records') THEN 'records' ELSE 'published' END AS origin,
    bool_or(suppressed) AS suppressed,
    count(*) AS members,
    max(vintage) AS vintage
FROM measure_values_editions v LEFT JOIN successors s ON v.org_code = s.org_code
GROUP BY measure, coalesce(s.successor, v.org_code), unit_code, scheme, specialty_code,
    breakdown, category, period, period_type, basis, v.source, status = 'plan'

-- name: chosen
-- Series that have several sources keep the rows of the one that was chosen for the period. A period that only
-- sources on another basis have is left out, not filled.
FROM {rows} v {more} LEFT JOIN series_sources c ON c.measure = v.measure AND c.org_code = {org}
    AND c.period_type = v.period_type AND c.basis = v.basis AND c.plan = (v.status = 'plan') AND c.part = {part}
    AND c.period = v.period
LEFT JOIN contested_series o ON o.measure = v.measure AND o.org_code = {org}
    AND o.period_type = v.period_type AND o.basis = v.basis AND o.plan = (v.status = 'plan') AND o.part = {part}
WHERE o.measure IS NULL OR c.source = v.source

-- name: counted
-- The two counts come of two files, so they meet day by day. Zeros are mostly days without a return, and single
-- days are far out: hence the median. A day on which fewer of the merged trusts returned than on others, or on
-- which more left than were counted, is no count of the trust.
CREATE VIEW IF NOT EXISTS measure_values_counted AS
SELECT * FROM measure_values_returned
UNION ALL BY NAME
SELECT '{name}' AS measure, org_code, month AS period, 'month' AS period_type, basis,
    median(stayed) AS numerator, median(stayed) AS value,
    CASE WHEN bool_or(status = 'provisional') THEN 'provisional' ELSE 'actual' END AS status,
    CASE WHEN bool_or(origin = 'records') THEN 'records' ELSE 'published' END AS origin,
    false AS suppressed, max(members) AS members, max(vintage) AS vintage, any_value(source) AS source
FROM (
    SELECT n.org_code, n.basis, date_trunc('month', n.period)::DATE AS month, n.numerator - d.numerator AS stayed,
        n.status, n.origin, n.members, n.vintage, n.source || ', ' || d.source AS source
    FROM measure_values_returned n JOIN measure_values_returned d USING (org_code, period, basis)
    WHERE n.measure = '{counted}' AND d.measure = '{left}' AND n.period_type = 'day' AND d.period_type = 'day'
        AND n.numerator > 0 AND d.numerator <= n.numerator AND n.members = d.members
        AND n.status <> 'plan' AND d.status <> 'plan'
        AND coalesce(n.unit_code, n.specialty_code, n.breakdown) IS NULL
        AND coalesce(d.unit_code, d.specialty_code, d.breakdown) IS NULL
        AND n.org_code NOT IN (SELECT org_code FROM measure_values_returned WHERE measure = '{name}')
    QUALIFY n.members = max(n.members) OVER (PARTITION BY n.org_code, n.basis, date_trunc('month', n.period))
)
GROUP BY org_code, basis, month

-- name: rolled_up
-- A count says how large a trust is, a share how it does: where both counts are known, the share follows.
CREATE VIEW IF NOT EXISTS measure_values_rolled_up AS
SELECT * FROM measure_values_counted
UNION ALL BY NAME
SELECT n.* EXCLUDE (denominator) REPLACE (
        '{name}' AS measure,
        n.numerator / d.numerator AS value,
        NULL AS target,
        CASE WHEN 'provisional' IN (n.status, d.status) THEN 'provisional' ELSE n.status END AS status,
        CASE WHEN 'records' IN (n.origin, d.origin) THEN 'records' ELSE n.origin END AS origin,
        n.suppressed OR d.suppressed AS suppressed,
        greatest(n.members, d.members) AS members,
        greatest(n.vintage, d.vintage) AS vintage,
        n.source || ', ' || d.source AS source
    ),
    d.numerator AS denominator
FROM measure_values_counted n JOIN measure_values_counted d USING (org_code, period, period_type, basis)
WHERE n.measure = '{numerator}' AND d.measure = '{denominator}' AND d.numerator > 0
    AND n.status <> 'plan' AND d.status <> 'plan'
    AND coalesce(n.unit_code, n.specialty_code, n.breakdown) IS NULL
    AND coalesce(d.unit_code, d.specialty_code, d.breakdown) IS NULL
    AND n.org_code NOT IN (SELECT org_code FROM measure_values_returned WHERE measure = '{name}')
