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


SPECIALTIES = (
    Specialty(
        "100",
        "General Surgery Service",
        "Surgery",
        9,
        5,
        0.38,
        0,
        0.12,
        0.47,
        2.9,
        3.9,
        "adult",
        0.53,
        0.075,
    ),
    Specialty(
        "101", "Urology Service", "Surgery", 6, 5, 0.58, 0, 0.15, 0.25, 1.9, 3.0, "older", 0.24, 0.065
    ),
    Specialty(
        "104",
        "Colorectal Surgery Service",
        "Surgery",
        4,
        3,
        0.52,
        0,
        0.22,
        0.24,
        5.2,
        5.4,
        "older",
        0.49,
        0.060,
    ),
    Specialty(
        "107",
        "Vascular Surgery Service",
        "Surgery",
        2,
        2,
        0.30,
        0,
        0.30,
        0.36,
        4.8,
        9.5,
        "older",
        0.36,
        0.060,
    ),
    Specialty(
        "110",
        "Trauma and Orthopaedic Service",
        "Surgery",
        9,
        12,
        0.34,
        0,
        0.26,
        0.38,
        3.2,
        8.2,
        "older",
        0.56,
        0.080,
    ),
    Specialty(
        "120",
        "Ear Nose and Throat Service",
        "Surgery",
        3,
        6,
        0.56,
        0,
        0.18,
        0.24,
        1.1,
        1.9,
        "young",
        0.49,
        0.085,
    ),
    Specialty(
        "130",
        "Ophthalmology Service",
        "Surgery",
        6,
        13,
        0.95,
        0,
        0.02,
        0.03,
        1.0,
        1.8,
        "older",
        0.56,
        0.070,
    ),
    Specialty(
        "140", "Oral Surgery Service", "Surgery", 2, 3, 0.86, 0, 0.08, 0.06, 1.2, 1.8, "young", 0.52, 0.110
    ),
    Specialty(
        "150", "Neurosurgical Service", "Surgery", 2, 2, 0.22, 0, 0.42, 0.30, 5.0, 9.8, "adult", 0.49, 0.065
    ),
    Specialty(
        "160",
        "Plastic Surgery Service",
        "Surgery",
        3,
        3,
        0.62,
        0,
        0.16,
        0.21,
        2.1,
        2.6,
        "adult",
        0.53,
        0.085,
    ),
    Specialty(
        "170",
        "Cardiothoracic Surgery Service",
        "Surgery",
        2,
        1,
        0.05,
        0,
        0.66,
        0.20,
        7.4,
        10.8,
        "older",
        0.30,
        0.045,
    ),
    Specialty(
        "300",
        "General Internal Medicine Service",
        "Medicine",
        16,
        3,
        0.05,
        0,
        0.01,
        0.92,
        4.0,
        5.2,
        "older",
        0.53,
        0.085,
    ),
    Specialty(
        "301",
        "Gastroenterology Service",
        "Medicine",
        8,
        5,
        0.80,
        0,
        0.03,
        0.16,
        3.2,
        6.4,
        "adult",
        0.50,
        0.090,
    ),
    Specialty(
        "303",
        "Clinical Haematology Service",
        "Medicine",
        4,
        4,
        0.64,
        0.18,
        0.06,
        0.11,
        8.0,
        8.9,
        "older",
        0.46,
        0.040,
    ),
    Specialty(
        "320", "Cardiology Service", "Medicine", 5, 7, 0.34, 0, 0.14, 0.48, 2.4, 6.0, "older", 0.42, 0.070
    ),
    Specialty(
        "330",
        "Dermatology Service",
        "Medicine",
        2,
        7,
        0.97,
        0.01,
        0.01,
        0.01,
        3.0,
        6.0,
        "adult",
        0.55,
        0.080,
    ),
    Specialty(
        "340",
        "Respiratory Medicine Service",
        "Medicine",
        4,
        4,
        0.24,
        0,
        0.05,
        0.68,
        2.5,
        7.4,
        "older",
        0.50,
        0.095,
    ),
    Specialty(
        "361",
        "Renal Medicine Service",
        "Medicine",
        4,
        3,
        0.12,
        0.70,
        0.04,
        0.12,
        4.0,
        8.4,
        "older",
        0.42,
        0.075,
    ),
    Specialty(
        "370",
        "Medical Oncology Service",
        "Medicine",
        5,
        5,
        0.80,
        0.08,
        0.03,
        0.08,
        4.6,
        6.8,
        "older",
        0.58,
        0.035,
    ),
    Specialty(
        "400", "Neurology Service", "Medicine", 3, 5, 0.62, 0, 0.08, 0.27, 4.6, 8.8, "adult", 0.55, 0.090
    ),
    Specialty(
        "410",
        "Rheumatology Service",
        "Medicine",
        2,
        5,
        0.92,
        0.03,
        0.01,
        0.03,
        3.2,
        7.2,
        "adult",
        0.66,
        0.075,
    ),
    Specialty(
        "420",
        "Paediatric Service",
        "Women and children",
        8,
        6,
        0.10,
        0,
        0.04,
        0.84,
        1.7,
        1.6,
        "child",
        0.46,
        0.105,
    ),
    Specialty(
        "430",
        "Elderly Medicine Service",
        "Medicine",
        6,
        2,
        0.03,
        0,
        0.01,
        0.93,
        7.0,
        10.2,
        "frail",
        0.58,
        0.080,
    ),
    Specialty(
        "502",
        "Gynaecology Service",
        "Women and children",
        4,
        6,
        0.56,
        0,
        0.17,
        0.26,
        1.9,
        1.5,
        "young",
        1.00,
        0.085,
    ),
)
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
    return shares / shares.sum(axis=1, keepdims=True)


def specialties_frame() -> pd.DataFrame:
    """Return the mart's `specialties` rows: scheme, specialty_code, name, group."""
    return pd.DataFrame(
        {
            "scheme": "treatment",
            "specialty_code": [specialty.code for specialty in SPECIALTIES],
            "name": [specialty.name for specialty in SPECIALTIES],
            "group": [specialty.group for specialty in SPECIALTIES],
        }
    )
