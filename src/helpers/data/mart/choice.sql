-- name: compared
-- The source that reaches furthest leads a series (`place` 1); the others are set beside it figure by figure.
-- Most measures have one source: these are not compared with anything, which saves most of the work.
WITH spans AS (
    SELECT p.*, status = 'plan' AS plan, {part} AS part, coalesce(numerator, value) IS NOT NULL AS known,
        coalesce(s.secondary, false) AS secondary, coalesce(s.publication, p.source) AS publication
    FROM measure_values_pooled p LEFT JOIN data_sets s ON p.source = s.source
    WHERE p.measure IN ({measures})
), places AS (
    SELECT {series}, source, row_number() OVER (
        PARTITION BY {series} ORDER BY max(CASE WHEN known THEN period END) DESC NULLS LAST, count(*) DESC,
            any_value(secondary), source
    ) AS place FROM spans GROUP BY {series}, source
), placed AS (
    SELECT * FROM spans JOIN places USING ({series}, source)
), beside AS (
    SELECT *, first_value({{
        'place': place, 'numerator': numerator, 'denominator': denominator, 'value': value
    }}) OVER (
        PARTITION BY {series}, unit_code, specialty_code, category, period ORDER BY place
    ) AS lead
    FROM placed QUALIFY max(place) OVER (PARTITION BY {series}) > 1
), parts AS (
    SELECT *, place > 1 AND lead.place = 1 AND coalesce(numerator - lead.numerator, value - lead.value) IS NOT NULL
        AS shared
    FROM beside
), compared AS (
    SELECT *, shared AND CASE
        WHEN numerator - lead.numerator IS NOT NULL THEN {numerators} OR coalesce({denominators}, false)
        ELSE abs(value - lead.value) > {value} * greatest(abs(value), abs(lead.value))
    END AS apart
FROM parts)

-- name: choice
-- One basis: another source fills what the leading one lacks if the two agree, or if none of their figures can be
-- compared and both come of one publication. Where they agree but for single figures, the publication has these.
, sources AS (
    SELECT {series}, source, any_value(place) AS place, any_value(publication) AS publication,
        count(*) FILTER (shared) AS cells, count(*) FILTER (apart) AS differing
    FROM compared GROUP BY {series}, source
), joined AS (
    SELECT s.* FROM sources s JOIN sources l USING ({series}) WHERE l.place = 1 AND (
        s.place = 1 OR (s.cells > 0 AND 4 * (s.cells - s.differing) >= {agree} * s.cells)
        OR (s.cells = 0 AND s.publication = l.publication)
    )
), periods AS (
    SELECT {series}, period, source, any_value(place) AS place, any_value(secondary) AS secondary,
        bool_or(known) AS tells, bool_or(apart AND NOT secondary) AS corrects
    FROM compared SEMI JOIN joined USING ({series}, source)
    GROUP BY {series}, period, source
), corrected AS (
    SELECT *, bool_or(corrects) OVER (PARTITION BY {series}, period) AS corrected FROM periods
)
SELECT {series}, period, source FROM corrected
QUALIFY row_number() OVER (
    PARTITION BY {series}, period ORDER BY NOT tells, corrected AND secondary, place
) = 1

-- name: disagreements
-- Each figure that is shown beside those of other sources for the same thing.
WITH figures AS (
    SELECT measure, org_code, period_type, basis, false AS plan, {part} AS part, period, source,
        concat_ws(' ', unit_code, specialty_code, category) AS cell, numerator, denominator, value,
        origin = 'published' AS published
    FROM measure_values_pooled
    WHERE measure = {measure} AND status <> 'plan' AND coalesce(numerator, value) IS NOT NULL
), lead AS (
    SELECT figures.* FROM figures JOIN series_sources USING ({series}, period, source)
)
SELECT measure, org_code, period_type, basis, part, period, cell, lead.published AND other.published AS published,
    lead.source AS used_source, lead.numerator AS used_numerator, lead.denominator AS used_denominator,
    lead.value AS used_value, other.source AS other_source, other.numerator AS other_numerator,
    other.denominator AS other_denominator, other.value AS other_value
FROM lead JOIN figures other USING ({series}, period, cell)
WHERE lead.source <> other.source AND CASE
    WHEN other.numerator - lead.numerator IS NOT NULL THEN {numerators} OR coalesce({denominators}, false)
    ELSE abs(other.value - lead.value) > {value} * greatest(abs(other.value), abs(lead.value))
END
ORDER BY ALL
