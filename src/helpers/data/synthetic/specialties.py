"""The 24 treatment functions of the invented data, with what drives stays and appointments in each.

Codes and names are those of the NHS Data Dictionary (treatment function); every number is invented.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

AGE_BANDS = ("0-17", "18-44", "45-64", "65-74", "75-84", "85+")
#: shares of the age bands for children's, mixed adult and older people's services
AGE_PROFILES = {
    "child": (0.940, 0.040, 0.010, 0.005, 0.004, 0.001),
    "adult": (0.030, 0.280, 0.320, 0.180, 0.130, 0.060),
    "young": (0.060, 0.520, 0.270, 0.090, 0.045, 0.015),
    "older": (0.005, 0.090, 0.230, 0.250, 0.270, 0.155),
    "frail": (0.000, 0.005, 0.035, 0.160, 0.400, 0.400),
}


@dataclass(frozen=True)
class Specialty:
    """A treatment function and its invented parameters.

    `spells` and `appointments` are weights; `day_case`, `regular`, `elective`, `emergency` are shares of
    spells; `elective_days`, `emergency_days` mean ordinary stays; `dna` the share of missed appointments.
    """

    code: str
    name: str
    group: str
    spells: float
    appointments: float
    day_case: float
    regular: float
    elective: float
    emergency: float
    elective_days: float
    emergency_days: float
    ages: str
    female: float
    dna: float


#: in the order of the fields of `Specialty`
_ROWS = (
    ("100", "General Surgery", "Surgery", 9, 5, .38, 0, .12, .47, 2.9, 3.9, "adult", .53, .075),
    ("101", "Urology", "Surgery", 6, 5, .58, 0, .15, .25, 1.9, 3.0, "older", .24, .065),
    ("104", "Colorectal Surgery", "Surgery", 4, 3, .52, 0, .22, .24, 5.2, 5.4, "older", .49, .06),
    ("107", "Vascular Surgery", "Surgery", 2, 2, .3, 0, .3, .36, 4.8, 9.5, "older", .36, .06),
    ("110", "Trauma and Orthopaedic", "Surgery", 9, 12, .34, 0, .26, .38, 3.2, 8.2, "older", .56, .08),
    ("120", "Ear Nose and Throat", "Surgery", 3, 6, .56, 0, .18, .24, 1.1, 1.9, "young", .49, .085),
    ("130", "Ophthalmology", "Surgery", 6, 13, .95, 0, .02, .03, 1.0, 1.8, "older", .56, .07),
    ("140", "Oral Surgery", "Surgery", 2, 3, .86, 0, .08, .06, 1.2, 1.8, "young", .52, .11),
    ("150", "Neurosurgical", "Surgery", 2, 2, .22, 0, .42, .3, 5.0, 9.8, "adult", .49, .065),
    ("160", "Plastic Surgery", "Surgery", 3, 3, .62, 0, .16, .21, 2.1, 2.6, "adult", .53, .085),
    ("170", "Cardiothoracic Surgery", "Surgery", 2, 1, .05, 0, .66, .2, 7.4, 10.8, "older", .3, .045),
    ("300", "General Internal Medicine", "Medicine", 16, 3, .05, 0, .01, .92, 4.0, 5.2, "older", .53, .085),
    ("301", "Gastroenterology", "Medicine", 8, 5, .8, 0, .03, .16, 3.2, 6.4, "adult", .5, .09),
    ("303", "Clinical Haematology", "Medicine", 4, 4, .64, .18, .06, .11, 8.0, 8.9, "older", .46, .04),
    ("320", "Cardiology", "Medicine", 5, 7, .34, 0, .14, .48, 2.4, 6.0, "older", .42, .07),
    ("330", "Dermatology", "Medicine", 2, 7, .97, .01, .01, .01, 3.0, 6.0, "adult", .55, .08),
    ("340", "Respiratory Medicine", "Medicine", 4, 4, .24, 0, .05, .68, 2.5, 7.4, "older", .5, .095),
    ("361", "Renal Medicine", "Medicine", 4, 3, .12, .7, .04, .12, 4.0, 8.4, "older", .42, .075),
    ("370", "Medical Oncology", "Medicine", 5, 5, .8, .08, .03, .08, 4.6, 6.8, "older", .58, .035),
    ("400", "Neurology", "Medicine", 3, 5, .62, 0, .08, .27, 4.6, 8.8, "adult", .55, .09),
    ("410", "Rheumatology", "Medicine", 2, 5, .92, .03, .01, .03, 3.2, 7.2, "adult", .66, .075),
    ("420", "Paediatric", "Women and children", 8, 6, .1, 0, .04, .84, 1.7, 1.6, "child", .46, .105),
    ("430", "Elderly Medicine", "Medicine", 6, 2, .03, 0, .01, .93, 7.0, 10.2, "frail", .58, .08),
    ("502", "Gynaecology", "Women and children", 4, 6, .56, 0, .17, .26, 1.9, 1.5, "young", 1.0, .085),
)  # fmt: skip
SPECIALTIES = tuple(Specialty(*row) for row in _ROWS)
CODES = tuple(specialty.code for specialty in SPECIALTIES)


def column(name: str) -> Floats:
    """Return one numeric parameter of all treatment functions, in the order of `SPECIALTIES`.

    >>> column("spells").shape
    (24,)
    """
    return np.array([getattr(specialty, name) for specialty in SPECIALTIES], dtype=float)


def age_shares() -> Floats:
    """Return the shares of the age bands, treatment functions x bands."""
    shares = np.array([AGE_PROFILES[specialty.ages] for specialty in SPECIALTIES])
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def specialties_frame() -> pd.DataFrame:
    """Return the mart's `specialties` rows: scheme, specialty_code, name, group."""
    return pd.DataFrame(
        {
            "scheme": "treatment",
            "specialty_code": [specialty.code for specialty in SPECIALTIES],
            # every official name ends so
            "name": [f"{specialty.name} Service" for specialty in SPECIALTIES],
            "group": [specialty.group for specialty in SPECIALTIES],
        }
    )
