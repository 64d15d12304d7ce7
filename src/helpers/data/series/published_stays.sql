-- name: quarters
-- the names of measures stand in the query: of a list of values nobody could see which were read
WITH own AS (SELECT unnest($own) AS code), beds AS (
        SELECT CASE WHEN org_code IN (FROM own) THEN $code ELSE org_code END AS org_code, period::DATE AS quarter,
               sum(numerator) AS occupied, any_value(source) AS beds_source
        FROM measure_values
        WHERE measure = $beds AND period_type = 'quarter' AND unit_code IS NULL AND breakdown IS NULL
          AND specialty_code IS NULL AND status <> 'plan' AND numerator IS NOT NULL
          AND org_code IN (SELECT org_code FROM organisations WHERE kind = 'trust')
        GROUP BY ALL
    ), months AS (
        SELECT CASE WHEN org_code IN (FROM own) THEN $code ELSE org_code END AS org_code,
               date_trunc('quarter', period)::DATE AS quarter, sum(numerator) AS admissions,
               any_value(source) AS admissions_source, count(DISTINCT (measure, period)) AS parts
        FROM measure_values
        WHERE measure IN {admissions} AND period_type = 'month' AND basis = 'provider'
          AND category = $acute AND status <> 'plan' AND numerator IS NOT NULL
        GROUP BY ALL
    )

-- name: comparable
-- codes of the trusts whose latest quarter with both returns can be compared; invented data are left out
WITH real AS (
        SELECT coalesce(s.successor, v.org_code) AS org_code, v.* EXCLUDE (org_code)
        FROM measure_values v LEFT JOIN successors s ON s.org_code = v.org_code
        WHERE v.source NOT IN (SELECT source FROM loads WHERE synthetic) AND v.numerator IS NOT NULL
    ), quarters AS (
        SELECT org_code, date_trunc('quarter', period) AS quarter, sum(numerator) AS admissions
        FROM real WHERE measure IN {admissions} AND period_type = 'month' AND category = '{acute}'
          AND basis = 'provider' GROUP BY ALL HAVING count(DISTINCT (measure, period)) = {whole}
    ), beds AS (
        SELECT DISTINCT org_code, period AS quarter FROM real
        WHERE measure = '{beds}' AND period_type = 'quarter' AND breakdown IS NULL
    ), latest AS (
        SELECT * FROM quarters JOIN beds USING (org_code, quarter)
        QUALIFY quarter = max(quarter) OVER (PARTITION BY org_code)
    )
    SELECT org_code FROM latest WHERE admissions > {fewest}
      AND org_code IN (SELECT org_code FROM organisations WHERE kind = 'trust') ORDER BY 1
