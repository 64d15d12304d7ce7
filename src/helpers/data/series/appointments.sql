-- name: due
WITH due AS (
        SELECT coalesce(s.successor, a.org_code) AS org_code, a.* EXCLUDE (org_code)
        FROM appointments a LEFT JOIN successors s ON s.org_code = a.org_code
        WHERE a.appointment_date >= ? AND a.appointment_date < ? AND a.outcome IN ('attended', 'dna')
              AND ({}) AND {}
    )

-- name: grouped
count(*) FILTER (outcome = 'dna') AS dnas, count(*) AS appointments
        FROM due
        WHERE kind IS NOT NULL AND mode IS NOT NULL AND age_band IS NOT NULL AND imd_decile IS NOT NULL
              AND lead_days IS NOT NULL AND sex IN ('female', 'male')
        GROUP BY ALL

-- name: published
-- A hidden count is one to `MOST_HIDDEN`. Where the publisher hid how many missed a first appointment, those who
-- came are known: the month then has its figures as "at least", if the rest cannot move a rate that is printed.
WITH candidates AS (
        SELECT v.* FROM measure_values_all v
        WHERE v.measure IN ($all, $first_kind, $later_kind, $came_first) AND v.period >= $first AND v.period < $end
          AND v.period_type = 'month' AND v.basis = 'provider' AND v.status <> 'plan'
          AND v.unit_code IS NULL AND v.specialty_code IS NULL AND v.breakdown IS NULL
          AND (org_code IN (SELECT unnest($own)) OR org_code = $england
               OR org_code IN (SELECT org_code FROM organisations WHERE kind = 'trust'))
    ), latest AS (
        SELECT *, numerator IS NOT NULL AND NOT suppressed AND (denominator IS NOT NULL OR measure = $came_first)
            AS known
        FROM candidates WHERE source IN (
            SELECT source FROM candidates WHERE measure <> $came_first AND org_code IN (SELECT unnest($own))
        )
        QUALIFY row_number() OVER (PARTITION BY measure, org_code, period ORDER BY vintage DESC) = 1
    ), cells AS (
        SELECT org_code, period::DATE AS month, any_value(source) AS source,
            count(*) FILTER (measure = $all) > 0 AS has_all,
            count(*) FILTER (measure = $first_kind) > 0 AS has_first,
            count(*) FILTER (measure = $later_kind) > 0 AS has_later,
            any_value(numerator) FILTER (known AND measure = $all) AS all_missed,
            any_value(denominator) FILTER (known AND measure = $all) AS all_booked,
            any_value(numerator) FILTER (known AND measure = $first_kind) AS first_missed,
            any_value(denominator) FILTER (known AND measure = $first_kind) AS first_booked,
            any_value(numerator) FILTER (known AND measure = $later_kind) AS later_missed,
            any_value(denominator) FILTER (known AND measure = $later_kind) AS later_booked,
            any_value(numerator) FILTER (known AND measure = $came_first) AS first_came
        FROM latest GROUP BY ALL
    ), firsts AS (
        SELECT *, first_missed IS NULL AND first_came IS NOT NULL AS bounded FROM cells
    ), kinds AS (
        SELECT org_code, month, source, 'first' AS kind, bounded AS hidden,
            CASE WHEN bounded THEN 0 ELSE first_missed END AS missed,
            CASE WHEN bounded THEN first_came ELSE first_booked END AS booked
        FROM firsts WHERE has_first
        UNION ALL BY NAME
        SELECT org_code, month, source, 'follow_up' AS kind, false AS hidden, later_missed AS missed,
            later_booked AS booked
        FROM firsts WHERE has_later
        UNION ALL BY NAME
        SELECT org_code, month, source, 'all' AS kind, all_missed IS NULL AS hidden,
            coalesce(all_missed, CASE WHEN bounded THEN later_missed END) AS missed,
            coalesce(all_booked, CASE WHEN bounded THEN first_came + later_booked END) AS booked
        FROM firsts WHERE has_all
    )
    SELECT CASE WHEN org_code IN (SELECT unnest($own)) THEN $code ELSE org_code END AS org_code, kind, month,
           sum(missed) AS dnas, sum(booked) - sum(missed) AS attended, any_value(source) AS source,
           bool_or(hidden) AS hidden
    FROM kinds GROUP BY ALL
    -- one figure of a merged trust that is not known leaves its sum unknown
    HAVING count(*) = count(booked)
        AND (NOT bool_or(hidden) OR kind <> 'all' OR count(*) * $most < $closely * sum(booked))
    ORDER BY 1, 2, 3

-- name: specialties
WITH england AS (
            SELECT * FROM measure_values_all
            WHERE measure = $measure AND org_code = $england AND period >= $first AND period < $end
              AND period_type = 'month' AND status <> 'plan' AND unit_code IS NULL AND breakdown IS NULL
        ), latest AS (
            SELECT * FROM england
            WHERE source IN (SELECT source FROM england WHERE scheme = 'treatment')
            QUALIFY row_number() OVER (PARTITION BY specialty_code, period ORDER BY vintage DESC) = 1
        )
        SELECT l.specialty_code AS specialty, any_value(n.name) AS name, count(DISTINCT period) AS months,
               sum(numerator) AS dnas, sum(denominator) - sum(numerator) AS attended,
               any_value(l.source) AS source
        FROM latest l LEFT JOIN specialties n
          ON n.scheme = 'treatment' AND n.specialty_code = l.specialty_code
        WHERE numerator IS NOT NULL AND denominator IS NOT NULL
        GROUP BY l.specialty_code
        -- a sum over fewer months stands beside none over all of them
        QUALIFY count(DISTINCT period) = max(count(DISTINCT period)) OVER ()
        ORDER BY sum(denominator) DESC

-- name: lists
SELECT period::DATE AS month,
               sum(numerator) FILTER (measure = $list) AS waiting,
               sum(numerator) FILTER (measure = $new) AS added,
               sum(numerator) FILTER (measure IN (SELECT unnest($done))) AS removed,
               any_value(source) AS source
        FROM measure_values
        WHERE org_code IN (SELECT unnest($own)) AND basis = 'provider' AND status <> 'plan'
          AND unit_code IS NULL AND specialty_code IS NULL AND breakdown IS NULL
        GROUP BY period
        HAVING waiting IS NOT NULL AND added > 0 AND removed > 0 ORDER BY period
