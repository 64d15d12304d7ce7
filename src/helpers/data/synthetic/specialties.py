"""The 24 treatment functions of the invented data, with what drives stays and appointments in each.

Codes and names are those of the NHS Data Dictionary (treatment function); every number is invented.
"""

from __future__ import annotations

from pathlib import Path

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


#: treatment functions: code, name, group; spells and appointments as weights; day_case, regular, elective, emergency
#: as shares of spells; elective_days and emergency_days, means of ordinary stays; dna, the share missed
SPECIALTIES = pd.read_csv(Path(__file__).with_name("specialties.csv"), dtype={"code": str})
CODES = tuple(SPECIALTIES["code"])


def column(name: str) -> Floats:
    """Return one numeric parameter of all treatment functions, in the order of `SPECIALTIES`.

    >>> column("spells").shape
    (24,)
    """
    return SPECIALTIES[name].to_numpy(dtype=float)


def age_shares() -> Floats:
    """Return the shares of the age bands, treatment functions x bands."""
    shares = np.array([AGE_PROFILES[ages] for ages in SPECIALTIES["ages"]])
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def specialties_frame() -> pd.DataFrame:
    """Return the mart's `specialties` rows: scheme, specialty_code, name, group."""
    return pd.DataFrame(
        {
            "scheme": "treatment",
            "specialty_code": SPECIALTIES["code"],
            # every official name ends so
            "name": SPECIALTIES["name"] + " Service",
            "group": SPECIALTIES["group"],
        }
    )
