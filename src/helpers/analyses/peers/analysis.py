"""`peer_benchmark`: a trust among its peers."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.analyses.peers.benchmark import PeerBenchmark
from helpers.analyses.peers.comparison import MOVEMENT_MONTHS, PeerOptions
from helpers.measures.places.groups import GroupKind
from helpers.register.models import Benchmark
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.report import Report


@names_near_misses
def peer_benchmark(
    report: Report,
    measure: str | None = None,
    *,
    measures: Sequence[str] | None = None,
    group: GroupKind = "national",
    peers: Sequence[str] | None = None,
    benchmark: Benchmark | None = None,
    months: int = MOVEMENT_MONTHS,
) -> PeerBenchmark:
    """Return the trust among its peers, by one measure in full or by several side by side.

    Parameters
    ----------
    report
        The open report.
    measure
        A measure of the register, shown in full.
    measures
        Side by side: these alone; by default every one that trusts can be compared by.
    group
        Whom to compare with.
    peers
        Codes of chosen peers.
    benchmark
        What gains are measured against; None takes each measure's own from the register.
    months
        How far back trust and peers are followed.

    Raises
    ------
    UsageError
        With every option that cannot be.
    """
    wanted = (measure,) if measure else tuple(measures or ())
    options = PeerOptions(wanted, group=group, peers=tuple(peers or ()), benchmark=benchmark, months=months)
    return analyse_in_room(PeerBenchmark, report.apart(), options)
