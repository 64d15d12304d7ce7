"""`boardpack schedule`: what is due is made once, waits for its data, and only one is at work at a time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from helpers.cli.schedules import LOCK, _make_due
from helpers.errors import ExitCode, UsageError
from helpers.register.rounds import Request, write_round
from helpers.runner.history.locks import try_hold
from helpers.runner.history.store import History
from helpers.runner.portal import update
from helpers.runner.telling.outbox import FOLDER, Outbox

GOOD = 'trust: SYN07\nperiod: "2026-03"\n'
DAILY = '- name: daily\n  when: "0 6 * * *"\n  zone: UTC\n  formats: [html]\n'
BEGIN = datetime(2026, 4, 1, 12, tzinfo=UTC)
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(lay_out: Callable[..., Path]) -> Path:
    """A project with a report that is to be made each day at six."""
    root = lay_out({"good": {"SYN07.yml": GOOD}})
    (root / "params" / "_schedule.yml").write_text(DAILY, "utf-8")
    return root


def look(root: Path, after: timedelta) -> int:
    return _make_due(root, quiet=True, clock=lambda: BEGIN + after)


def ended(root: Path) -> list[str]:
    return [f"{each.due:%d} {each.outcome}" for each in History(root / ".boardpack").occurrences()]


def test_what_is_due_is_made_once(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    page = root / "reports" / "2026-03" / "good" / "SYN07.html"
    assert look(root, timedelta(0)) == 0
    assert not page.exists()
    assert look(root, timedelta(days=1)) == 0
    made = page.stat().st_mtime_ns
    assert look(root, timedelta(days=1, hours=1)) == 0
    assert page.stat().st_mtime_ns == made
    assert ended(root) == ["01 begun", "02 ran"]
    assert len(History(root / ".boardpack").runs()) == 1
    assert capfd.readouterr() == ("", "")  # cron mails what is said


def test_a_failing_report_is_told_and_its_moment_is_over(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (root / "params" / "good" / "bad.yml").write_text("trust: 5\n", "utf-8")
    look(root, timedelta(0))
    assert look(root, timedelta(days=1)) == ExitCode.USAGE
    assert "good/bad: refused" in capfd.readouterr().err
    assert look(root, timedelta(days=1, hours=1)) == 0
    assert ended(root) == ["01 begun", "02 ran"]


def test_a_moment_waits_for_its_data_until_it_is_too_old(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = f'{DAILY}  load: ["incoming/beds-{{month}}*.csv"]\n  within: 2 days\n'
    (root / "params" / "_schedule.yml").write_text(text, "utf-8")
    look(root, timedelta(0))
    assert look(root, timedelta(days=1)) == 0  # nobody has made a mistake
    assert "incoming/beds-2026-03*.csv: is not there yet" in capfd.readouterr().err
    assert ended(root) == ["01 begun"]
    look(root, timedelta(days=4))
    assert ended(root) == ["01 begun", "02 missed", "03 missed", "04 covered by the next"]


def test_a_file_that_is_refused_is_named_and_keeps_nobody_waiting(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (root / "params" / "_schedule.yml").write_text(f"{DAILY}  load: [incoming]\n", "utf-8")
    look(root, timedelta(0))
    incoming = root / "incoming"
    incoming.mkdir()
    (incoming / "notes.csv").write_text("this,is\nno,table\n", "utf-8")
    assert look(root, timedelta(days=1)) == ExitCode.DATA  # there is nothing else to load
    assert ended(root) == ["01 begun"]
    rows = "measure,org_code,period,numerator,denominator\nsickness_absence,SYN07,2026-03,40,1000\n"
    (incoming / "sickness.csv").write_text(rows, "utf-8")
    assert (
        _make_due(root, quiet=True, strict=True, clock=lambda: BEGIN + timedelta(days=1)) == ExitCode.DATA
    )
    assert ended(root) == ["01 begun"]
    capfd.readouterr()
    assert look(root, timedelta(days=1)) == ExitCode.DATA
    said = capfd.readouterr()
    assert "notes.csv" in said.err
    assert "sickness.csv" not in said.out + said.err
    assert ended(root) == ["01 begun", "02 ran"]


def test_a_mistake_in_the_settings_leaves_the_moment_due(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    look(root, timedelta(0))
    theme = root / "params" / "_theme.yml"
    theme.write_text("colours: blue\n", "utf-8")
    with pytest.raises(UsageError, match=r"_theme\.yml"):
        look(root, timedelta(days=1))
    theme.unlink()
    assert look(root, timedelta(days=1, hours=1)) == 0
    assert ended(root) == ["01 begun", "02 ran"]
    capfd.readouterr()


def test_one_is_at_work_at_a_time_and_the_other_says_so(root: Path, call: Call) -> None:
    with try_hold(root / ".boardpack", LOCK) as mine:
        assert mine
        for word in ("once", "run"):
            code, _, told = call("schedule", word)
            assert code == ExitCode.REPORT
            assert "another boardpack schedule is at work" in told
    assert call("schedule", "once")[0] == 0


def test_what_comes_is_shown_by_the_clocks_of_the_schedule(root: Path, call: Call) -> None:
    assert "it begins with the first" in call("schedule", "next")[1]
    look(root, timedelta(0))
    said = call("schedule", "next", "--count", "2")[1]
    assert said.count("06:00 UTC") == 2
    assert "last: 2026-04-01 12:00 begun" in said


def test_without_a_schedule_it_says_where_to_write_one(root: Path, call: Call) -> None:
    (root / "params" / "_schedule.yml").unlink()
    code, _, told = call("schedule", "once")
    assert code == ExitCode.USAGE
    assert "params/_schedule.yml: there is no schedule" in told


TELL = "  tell:\n    - mail: [board@example.org]\n    - webhook: BOARDPACK_HOOK\n      about: failures\n"


def test_an_analyst_sees_the_mail_before_it_goes(root: Path, call: Call, tmp_path: Path) -> None:
    (root / "params" / "_schedule.yml").write_text(DAILY + TELL, "utf-8")
    (root / "params" / "good" / "bad.yml").write_text("trust: 5\n", "utf-8")
    assert "Nothing is new" in call("schedule", "tell", "--dry-run")[1]
    call("run")
    code, said, _ = call("schedule", "tell", "daily", "--dry-run", "--to", str(tmp_path / "seen"))
    assert code == 0
    assert "To: board@example.org\nSubject: daily: 1 new report\n" in said
    assert {path.suffix for path in (tmp_path / "seen").iterdir()} == {".eml"}
    assert Outbox(root / ".boardpack").messages() == []
    assert call("schedule", "tell", "dayly", "--dry-run")[0] == ExitCode.USAGE


def test_a_mail_that_cannot_be_sent_fails_no_run_and_is_said_once(
    root: Path, call: Call, capfd: pytest.CaptureFixture[str]
) -> None:
    (root / "params" / "_schedule.yml").write_text(DAILY + TELL, "utf-8")
    look(root, timedelta(0))
    assert look(root, timedelta(days=1)) == 0
    assert "daily: 1 new report: BOARDPACK_SMTP: is not set" in capfd.readouterr().err
    assert look(root, timedelta(days=1, hours=1)) == 0
    assert capfd.readouterr().err == ""
    assert look(root, timedelta(days=2)) == 0  # nothing is new, so nothing more is told
    box = Outbox(root / ".boardpack")
    (waits,) = box.messages()
    (root / ".boardpack" / FOLDER / f"{waits.id}.json").unlink()
    box.put(waits.model_copy(update={"made": datetime.now(UTC)}))  # or it would be too old by this clock
    assert "waits to be sent: daily: 1 new report (BOARDPACK_SMTP" in call("schedule", "next")[1]
    code, said, told = call("schedule", "tell")
    assert (code, said) == (ExitCode.REPORT, "0 sent, 1 could not be sent\n")
    assert "BOARDPACK_SMTP: is not set" in told


def test_drafts_are_told_once_when_a_person_has_decided_on_all_of_them(root: Path, call: Call) -> None:
    (root / "params" / "good" / "SYN08.yml").write_text(GOOD.replace("SYN07", "SYN08"), "utf-8")
    (root / "params" / "_schedule.yml").write_text(f"{DAILY}  hold: true\n{TELL}", "utf-8")
    look(root, timedelta(0))
    look(root, timedelta(days=1))
    assert call("approve", "good/SYN07")[0] == 0
    look(root, timedelta(days=1, minutes=15))
    box = Outbox(root / ".boardpack")
    assert box.messages() == []  # the other draft waits
    assert call("approve", "good/SYN08")[0] == 0
    for minutes in (30, 45):
        look(root, timedelta(days=1, minutes=minutes))
    look(root, timedelta(days=2))
    (told,) = box.messages()
    assert told.subject == "daily: 2 new reports"


def test_what_is_published_is_taken_on_and_a_share_that_is_not_there_is_tried_again(
    root: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    share = tmp_path / "share"
    (root / "params" / "_schedule.yml").write_text(f"{DAILY}  publish_to: {share}\n", "utf-8")
    assert look(root, timedelta(0)) == ExitCode.REPORT
    assert "mount the share" in capfd.readouterr().err
    assert look(root, timedelta(days=1)) == ExitCode.REPORT
    assert capfd.readouterr().err == ""  # it was said
    share.mkdir()
    assert look(root, timedelta(days=1, minutes=1)) == 0
    assert (share / "2026-03" / "good" / "SYN07.html").exists()


def test_what_waits_for_its_data_is_told_once_to_those_who_mend_it(root: Path) -> None:
    late = f'{DAILY}  load: ["incoming/beds-{{month}}*.csv"]\n{TELL}'
    (root / "params" / "_schedule.yml").write_text(late, "utf-8")
    look(root, timedelta(0))
    look(root, timedelta(days=1))
    look(root, timedelta(days=1, hours=1))
    (told,) = Outbox(root / ".boardpack").messages()
    assert (told.kind, told.row.webhook) == ("waits", "BOARDPACK_HOOK")


@pytest.mark.skipif(os.name != "posix", reason="signals as on Unix")
def test_a_service_ends_cleanly_when_it_is_asked_to(root: Path) -> None:
    command = [sys.executable, "-c", "from helpers.start import main; main()", "--project", str(root)]
    service = subprocess.Popen(
        [*command, "schedule", "run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert service.stdout is not None
        assert "is at work; next: daily at" in service.stdout.readline()
        while "begun" not in service.stdout.readline():
            assert service.poll() is None
        service.send_signal(signal.SIGTERM)
        said, told = service.communicate(timeout=60)
    finally:
        service.kill()
    assert (service.returncode, told) == (0, "")
    assert "nothing was under way" in said


@pytest.mark.parametrize("kind", ["cron", "systemd", "windows"])
def test_what_schedulers_need_names_the_project_and_the_command(
    tmp_path: Path, root: Path, call: Call, kind: str
) -> None:
    assert call("schedule", "export", kind, "--to", str(tmp_path / "out"))[0] == 0
    text = "".join(path.read_text("utf-8") for path in (tmp_path / "out").iterdir())
    assert str(root.resolve()) in text
    assert "schedule once --quiet" in text
    assert call("schedule", "export", "launchd")[0] == ExitCode.USAGE


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_takes_the_units(tmp_path: Path, call: Call) -> None:
    assert call("schedule", "export", "systemd", "--to", str(tmp_path))[0] == 0
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "boardpack.service"), str(tmp_path / "boardpack.timer")],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "boardpack" not in done.stderr


def test_who_has_not_answered_in_time_is_told_to_those_who_see_to_reports(root: Path, call: Call) -> None:
    told = "  tell:\n    - {mail: [analysts@example.org], about: failures}\n    - {mail: [board@example.org]}\n"
    (root / "params" / "_schedule.yml").write_text(f"{DAILY}{told}", "utf-8")
    asked = {
        "organisation": "SYN07",
        "month": "2026-03",
        "measure": "dna_rate",
        "name": "Missed",
        "owner": "Director",
    }
    days = {"asked": date(2026, 4, 1), "due": date(2026, 4, 3)}
    write_round(root / ".boardpack" / "comments" / "asked.json", [Request.model_validate(asked | days)])
    for after in range(3):
        assert look(root, timedelta(days=after)) == 0
    known = {each.row.mail: each for each in Outbox(root / ".boardpack").messages()}
    assert known[("board@example.org",)].unanswered == ()
    line = "Director, SYN07, 2026-03: Missed (asked for by 2026-04-03)"
    assert known[("analysts@example.org",)].unanswered == (line,)
    assert line in call("schedule", "tell", "--dry-run")[1]


def test_what_is_late_stands_on_the_page_of_runs_until_it_is_made(
    root: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f'{DAILY}  load: ["incoming/*.csv"]\n'
    (root / "params" / "_schedule.yml").write_text(text, "utf-8")
    page = root / "reports" / "runs.html"

    def at(after: timedelta) -> str:
        monkeypatch.setattr(update, "datetime", SimpleNamespace(now=lambda _: BEGIN + after))
        look(root, after)
        return page.read_text("utf-8")

    (root / "reports").mkdir()
    assert "Late against" not in at(timedelta(0))
    assert "Late against" not in at(timedelta(hours=18, minutes=30))  # six o'clock is half an hour ago
    said = at(timedelta(hours=20))
    assert "Late against the schedule" in said
    assert "daily: due 2 April 2026, 06:00, not made yet" in said
    (root / "params" / "_schedule.yml").write_text(DAILY, "utf-8")
    assert "Late against" not in at(timedelta(hours=21))
    assert "daily: due 5 April 2026, 06:00, missed" in at(timedelta(days=11))
    capfd.readouterr()
