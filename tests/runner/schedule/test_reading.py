from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from helpers.errors import UsageError
from helpers.runner.schedule.reading import read_schedules
from helpers.runner.schedule.times import DataRule, MonthRule
from helpers.runner.telling.rows import Tell

GOOD = """
- name: board-pack
  when: "0 6 8 * *"
  reports: [performance_report, los_deviation/RGT]
  load: ["incoming/rtt-{month}.csv"]
  within: 2 weeks
  tell:
    - mail: [board@example.org]
      attach: [pdf]
    - webhook: BOARDPACK_TEAMS
      shape: teams
      about: failures
- name: first-look
  when: {working_day: 5, at: "07:30"}
  missed: all
- name: waits
  when: {data: ["measure_values/rtt*"]}
"""


def write(params: Path, text: str) -> Path:
    (params / "_schedule.yml").write_text(text, "utf-8")
    return params


def test_what_the_file_says_is_read(tmp_path: Path) -> None:
    assert read_schedules(tmp_path) == ()
    pack, look, waits = read_schedules(write(tmp_path, GOOD))
    assert (pack.when, pack.within, pack.missed) == ("0 6 8 * *", timedelta(weeks=2), "once")
    assert pack.reports == ("performance_report", "los_deviation/RGT")
    assert pack.tell == (
        Tell(mail=("board@example.org",), attach=("pdf",)),
        Tell(webhook="BOARDPACK_TEAMS", shape="teams", about="failures"),
    )
    assert look.when == MonthRule(working_day=5, at="07:30")
    assert waits.when == DataRule(data=("measure_values/rtt*",))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("0 6 8 * *", "0 6 32 * *", "line 3.*five fields"),
        ("0 6 8 * *", "monthly", "five fields"),
        ('when: "0 6 8 * *"', "when: 8", "a cron expression in quotes, or day, working_day or data"),
        ("working_day: 5", "working_day: 0", "greater than or equal to 1"),
        ("working_day: 5", "day: 31", "less than or equal to 28"),
        ("working_day: 5, ", "", "one of the two"),
        ("07:30", "7.30", "a time as HH:MM"),
        ("missed: all", "missed: some", "'skip', 'once' or 'all'"),
        ("2 weeks", "a while", "7 days"),
        ("first-look", "board-pack", "is there twice"),
        ("first-look", "First look", "cannot be a schedule's name"),
        ("missed:", "mised:", "did you mean missed?"),
        ("missed: all", "zone: Europe/Lodnon", "a time zone such as Europe/London"),
        ("missed: all", "formats: [html, doc]", "pdf"),
        ("data: [", "date: [", "unknown key"),
        ("board@example.org", "board at example.org", "line 8.*an address such as board@example.org"),
        ("mail: [board@example.org]", "about: all", "mail .*or webhook"),
        ("shape: teams", "attach: [pdf]", "attach goes with mail"),
        ("BOARDPACK_TEAMS", "https://example.org/hook", "name of an environment variable"),
        ("shape: teams", "shape: team", "did you mean teams?"),
        ("attach: [pdf]", "audience: ward", "board-pack, tell: no audience ward; allowed: public"),
        ("attach: [pdf]", "attach: [odt]", "html, pdf"),
    ],
)
def test_each_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(UsageError, match=f"(?is)_schedule.yml.*{told}"):
        read_schedules(write(tmp_path, GOOD.replace(old, new)))
