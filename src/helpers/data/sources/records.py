"""Records: HES admitted care and outpatients by their dictionary, and the NHS-R teaching set."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from helpers.data.sources.cells import Cells, latest_day
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading

#: HES data dictionary, ADMIMETH
ADMISSION = {
    **dict.fromkeys(("11", "12", "13"), "elective"),
    **dict.fromkeys(("21", "22", "23", "24", "25", "28", "2A", "2B", "2C", "2D"), "emergency"),
    **dict.fromkeys(("31", "32"), "maternity"),
    "81": "transfer",
    **dict.fromkeys(("82", "83", "84", "89"), "other"),
}
#: CLASSPAT
CLASS = {"1": "ordinary", "2": "day_case", "3": "regular", "4": "regular", "5": "mother_baby"}
SEX = {"1": "male", "2": "female", "3": "other", "4": "other"}
#: DISMETH: died
DIED = "4"
#: STARTAGE of babies: 7001 to 7007
BABY = 7000
#: ATTENDED: arrived late and could not be seen counts as missed (methods section 5)
ATTENDED = {
    "5": "attended",
    "6": "attended",
    "3": "dna",
    "7": "dna",
    "2": "cancelled_patient",
    "4": "cancelled_provider",
}
#: FIRSTATT: whether first, and whether face to face
FIRST = {
    "1": ("first", "face to face"),
    "2": ("follow_up", "face to face"),
    "3": ("first", "remote"),
    "4": ("follow_up", "remote"),
}
#: earlier dates stand for "not known" or "not valid" in HES
EARLIEST = pd.Timestamp(1930, 1, 1)
AGE_EDGES = (0, 18, 30, 40, 50, 60, 70, 80, 90)
DECILES = {
    "Most deprived 10%": 1,
    "More deprived 10-20%": 2,
    "More deprived 20-30%": 3,
    "More deprived 30-40%": 4,
    "More deprived 40-50%": 5,
    "Less deprived 40-50%": 6,
    "Less deprived 30-40%": 7,
    "Less deprived 20-30%": 8,
    "Less deprived 10-20%": 9,
    "Least deprived 10%": 10,
}
ADMITTED_COLUMNS = (
    *("ADMIDATE", "DISDATE", "ADMIMETH", "CLASSPAT", "DISMETH", "EPIORDER", "SPELEND"),
    *("SPELDUR_CALC", "PROCODE3", "TRETSPEF", "STARTAGE", "SEX", "SUSHRG"),
)
OUTPATIENT_COLUMNS = ("ATTENDED", "FIRSTATT", "APPTDATE", "TRETSPEF", "PROCODET")
#: what stays go together by, where an extract has it: the consultant's team, else the site
UNITS = ("PCONSULT", "SITETRET")
#: outpatient columns that an extract may have
AGE, DECILE, REQUESTED = "APPTAGE", "IMD04_DECILE", "REQDATE"


def read_admitted(matches: list[Match], _: Context) -> Reading:
    """Return spells: the episodes that end one. Days are those between the dates, where both are valid."""
    match = matches[0]
    units = [name for name in UNITS if match.has(name)][:1]
    cells = Cells(match.table([*ADMITTED_COLUMNS, *units]))
    ends = cells.text("SPELEND") == "Y"
    admitted, discharged = _dates(cells, "ADMIDATE"), _dates(cells, "DISDATE")
    days = (discharged - admitted).dt.days.astype(float)
    days = days.where(days >= 0).fillna(cells.numbers("SPELDUR_CALC", minimum=None))
    frame = pd.DataFrame(
        {
            "org_code": cells.text("PROCODE3").str.upper(),
            "specialty_code": cells.text("TRETSPEF"),
            "admitted": admitted,
            "discharged": discharged,
            "los_days": days,
            "admission_method": cells.text("ADMIMETH").map(ADMISSION).fillna("unknown"),
            "patient_class": cells.text("CLASSPAT").map(CLASS).fillna("unknown"),
            "age_band": age_bands(cells.numbers("STARTAGE")),
            "sex": cells.text("SEX").map(SEX).fillna("unknown"),
            "casemix_group": cells.text("SUSHRG").replace("", None),
            "died": cells.text("DISMETH") == DIED,
        }
    )
    for name in units:
        frame = frame.assign(unit_code=cells.text(name).replace("", None))
    cells.refuse(ends & (frame["org_code"] == ""), "PROCODE3", "an organisation code")
    cells.check()
    lasting = frame["los_days"] >= 0
    rejected = {
        "episode that does not end a spell": (~ends).sum(),
        "no length of stay": (ends & ~lasting).sum(),
    }
    return Reading(
        {"spells": frame[ends & lasting]},
        len(cells),
        rejected,
        as_at=latest_day(discharged),
        synthetic=is_artificial(match.sheet.file),
    )


def read_outpatients(matches: list[Match], _: Context) -> Reading:
    """Return appointments; those still to come (0) or of unknown outcome (9) are counted and left out."""
    match = matches[0]
    optional = [name for name in (AGE, DECILE, REQUESTED, "SEX") if match.has(name)]
    cells = Cells(match.table([*OUTPATIENT_COLUMNS, *optional]))
    outcome = cells.text("ATTENDED").map(ATTENDED)
    kinds = cells.text("FIRSTATT").map(FIRST)
    day = _dates(cells, "APPTDATE")
    frame = pd.DataFrame(
        {
            "org_code": cells.code("PROCODET").str[:3],
            "specialty_code": cells.text("TRETSPEF"),
            "appointment_date": day,
            "outcome": outcome,
            "kind": kinds.str[0],
            "mode": kinds.str[1],
        }
    )
    for name in optional:
        frame = frame.assign(**_optional(cells, name, day))
    cells.check()
    known, dated = outcome.notna(), day.notna()
    rejected = {
        "outcome not known or still to come": (~known).sum(),
        "no valid date": (known & ~dated).sum(),
    }
    return Reading(
        {"appointments": frame[known & dated]},
        len(cells),
        rejected,
        as_at=latest_day(day),
        synthetic=is_artificial(match.sheet.file),
    )


def _optional(cells: Cells, name: str, day: pd.Series[pd.Timestamp]) -> dict[str, pd.Series]:
    if name == AGE:
        return {"age_band": age_bands(cells.numbers(AGE))}
    if name == "SEX":
        return {"sex": cells.text("SEX").map(SEX).fillna("unknown")}
    if name == DECILE:
        words = cells.text(DECILE)
        deciles = words.map(DECILES).fillna(pd.to_numeric(words, errors="coerce"))
        return {"imd_decile": deciles.where(deciles.between(1, 10)).astype("Int32")}
    lead = (day - _dates(cells, REQUESTED)).dt.days.astype(float)
    return {"lead_days": lead.where(lead >= 0)}


def read_los_model(matches: list[Match], _: Context) -> Reading:
    """Return the 300 invented spells of NHS-R, which have no dates."""
    cells = Cells(matches[0].table())
    frame = pd.DataFrame(
        {
            "org_code": cells.code("Organisation"),
            "los_days": cells.numbers("LOS"),
            "admission_method": "unknown",
            "patient_class": "unknown",
            "age_band": age_bands(cells.numbers("Age")),
            "died": cells.numbers("Death") == 1,
        }
    )
    cells.refuse(frame["los_days"].isna(), "LOS", "days")
    cells.check()
    return Reading({"spells": frame}, len(cells))


def age_bands(ages: pd.Series[float]) -> pd.Series[str]:
    """Return bands of ages in years, as the demo data have them; HES's codes of babies are 0.

    >>> age_bands(pd.Series([7001.0, 17, 18, 95, None])).tolist()
    ['0-17', '0-17', '18-29', '90+', nan]
    """
    years = ages.where((ages < BABY) | ages.isna(), 0)
    labels = [f"{low}-{high - 1}" for low, high in pairwise(AGE_EDGES)]
    bands = pd.cut(years, [*AGE_EDGES, 130], right=False, labels=[*labels, f"{AGE_EDGES[-1]}+"])
    return bands.astype("str")


def is_artificial(file: str) -> bool:
    """Tell whether a file's publisher names it as artificial or synthetic: its layout is that of real ones."""
    return any(word in file.lower() for word in ("artificial", "synthetic"))


def _dates(cells: Cells, column: str) -> pd.Series[pd.Timestamp]:
    """Return a column's dates; what is no date, or one that stands for "not known", is missing."""
    dates = pd.to_datetime(cells.text(column), format="%Y-%m-%d", errors="coerce").dt.as_unit("s")
    return dates.where((dates >= EARLIEST) & (dates <= pd.Timestamp.now()))


LAYOUTS = (
    Layout.of_records(
        "spells",
        name="hes_admitted_care",
        title="Hospital Episode Statistics, admitted patient care records",
        columns=ADMITTED_COLUMNS,
        read=read_admitted,
        by_rows=True,
        feeds=(Feed("mean_los", "DISDATE - ADMIDATE, or SPELDUR_CALC", "episodes with SPELEND = Y"),),
    ),
    Layout.of_records(
        "appointments",
        name="hes_outpatients",
        title="Hospital Episode Statistics, outpatient records",
        columns=OUTPATIENT_COLUMNS,
        read=read_outpatients,
        by_rows=True,
        feeds=(Feed("dna_rate", "ATTENDED 3, 7", "ATTENDED 3, 5, 6, 7"),),
    ),
    Layout.of_records(
        "spells",
        name="los_model",
        title="NHS-R length of stay teaching set (invented)",
        columns=("ID", "Organisation", "Age", "LOS", "Death"),
        read=read_los_model,
        synthetic=True,
    ),
)
