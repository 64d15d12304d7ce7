"""What every entry of the register is made of."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
MonthText = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
OrganisationCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{3,5}$")]

#: what an entry says that concerns every organisation
ALL_ORGANISATIONS: Final = "all"


class RegisterEntry(BaseModel):
    """An entry of the register: frozen, and without keys that it does not know."""

    # most entries are validated as part of others: their own schemas would be built at each start for nothing
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
