-- name: editions
WITH editions AS (
    SELECT measure, source, value, lag(value) OVER (
        PARTITION BY measure, source, org_code, unit_code, scheme, specialty_code, breakdown, category,
            period, period_type, basis, status = 'plan' ORDER BY vintage
    ) AS before
    FROM measure_values_all WHERE {where}
), moves AS (
    SELECT measure, source, abs(value - before) / greatest(abs(before), 1e-12) AS move
    FROM editions WHERE before IS NOT NULL AND value IS NOT NULL
)
SELECT measure, source, count(*) AS revised, count(*) FILTER (move > $1) AS changed, max(move) AS furthest
FROM moves GROUP BY ALL ORDER BY ALL
