"""`decisions`: what was decided, for any report."""

from __future__ import annotations

from helpers.analyses.decided.log import decided_part
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.calls import names_near_misses
from helpers.report.opening import Report
from helpers.report.parts import Part, part
from helpers.report.sections import Sections


class Decisions(Sections):
    """What was decided in the meetings of an organisation."""

    @part
    def log(self) -> Part:
        """Table: each decision with who does it and until when, what is overdue first; nothing where none is kept."""
        return decided_part(self, self.report)


@names_near_misses
def decisions(report: Report) -> Decisions:
    """Return what was decided, from the register's `decisions.yml`."""
    return analyse_in_room(Decisions, report.apart())
