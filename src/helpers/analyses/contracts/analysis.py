"""`contract_monitoring`: are we getting what we pay for, and what is next to be spoken of."""

from __future__ import annotations

from helpers.analyses.contracts.report import ContractMonitoring
from helpers.errors import Problem, UsageError, near_misses
from helpers.register.contract import year_of
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.report import Report


@names_near_misses
def contract_monitoring(report: Report, *, contract: str | None = None) -> ContractMonitoring:
    """Return plan and activity of a contract from April to the report's month, and what else it asks for.

    Parameters
    ----------
    report
        The open report on a provider; its period is one month.
    contract
        Id in `contracts.yml`; None takes the only one of that financial year, or none where there is none.

    Raises
    ------
    UsageError
        Where there is no such contract, or several to choose from.
    DataError
        Where the mart holds no lines of the organisation's contract.
    """
    year = year_of(report.period.last)
    known = report.register.contracts_of(report.organisation.code, year)
    if contract is None and len(known) > 1:
        several = f"{len(known)} of {year}"
        raise UsageError(Problem("contract", several, ", ".join(known), "name one of them"))
    if contract is not None and contract not in known:
        allowed = ", ".join(known) or f"none is registered for {report.organisation.code} in {year}"
        raise UsageError(Problem("contract", contract, allowed, near_misses(contract, known)))
    chosen = contract or next(iter(known), None)
    return analyse_in_room(ContractMonitoring, report.apart(), None if chosen is None else known[chosen])
