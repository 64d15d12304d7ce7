"""What people are told, by a real mail server with TLS and a real web server."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from helpers.errors import UserError
from helpers.hashes import hash_bytes
from helpers.runner.history.entries import Entry, Output, State
from helpers.runner.project import Project
from helpers.runner.telling.digests import digests
from helpers.runner.telling.message import MOST_NAMED, Message, Ready, sections
from helpers.runner.telling.outbox import FOLDER, GIVEN_UP, Outbox
from helpers.runner.telling.rows import Tell
from helpers.runner.telling.sending import MOST_ATTACHED, as_json, as_mail, post, send_mail

from .conftest import NOW, SECRET, MailServer, WebServer, make_entry

#: the server does not know that all of an implicit connection is encrypted
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
BOARD = Tell(mail=("board@example.org", "chair@example.org"), links="https://board.example.org/reports/")
ANALYSTS = Tell(mail=("analysts@example.org",), about="failures")


def told(row: Tell, *entries: Entry, before: set[tuple[str, str]] | None = None) -> Message | None:
    with TemporaryDirectory() as folder:
        project = Project(Path(folder))
        if before:
            ready = tuple(Ready(report=report, made_in=run, words="", files={}) for report, run in before)
            known = Message(schedule="board-pack", due=NOW, row=row, ready=ready, made=NOW)
            Outbox(project.home).put(known)
        return next(digests("board-pack", [row], NOW, [(project, entries)], now=NOW), None)


def message(row: Tell = BOARD, *entries: Entry, **changes: Any) -> Message:
    made = told(row, *(entries or (make_entry(),)))
    assert made is not None
    return made.model_copy(update=changes)


def plain(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    text = part.get_content()
    assert isinstance(text, str)
    return text


def test_a_digest_comes_over_tls_to_all_of_its_readers(mail_server: MailServer, tmp_path: Path) -> None:
    entries = (make_entry("SYN07"), make_entry("SYN08"), make_entry("SYN09", State.FAILED))
    assert send_mail(message(BOARD, *entries), tmp_path, mail_server.environment) == ""
    (mail,) = mail_server.mails
    assert mail_server.to == [["board@example.org", "chair@example.org"]]
    assert mail["Subject"] == "board-pack: 2 new reports"
    assert "https://board.example.org/reports/2026-04/waits/SYN08.html" in plain(mail)
    assert "2 published, 1 failed" in plain(mail)
    assert '<a href="https://board.example.org/reports/2026-04/waits/SYN07.html">' in plain(mail, "html")
    assert "Waits &amp; stays, Trust SYN07: April 2026" in plain(mail, "html")
    for private in ("SYN09", "secret", str(tmp_path)):
        assert private not in plain(mail)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"BOARDPACK_SMTP_PASSWORD": "wrong"}, "535"),
        ({"BOARDPACK_SMTP": ""}, "BOARDPACK_SMTP: is not set"),
        ({"BOARDPACK_MAIL_FROM": ""}, "BOARDPACK_MAIL_FROM: is not set"),
        ({"BOARDPACK_SMTP": "http://localhost"}, r"smtp://host:587 \(STARTTLS\)"),
        ({"BOARDPACK_SMTP": "smtp://localhost:1"}, "refused"),
    ],
)
def test_what_keeps_a_mail_back_is_told_without_the_password(
    mail_server: MailServer, tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    with pytest.raises(UserError, match=words) as error:
        send_mail(message(), tmp_path, {**mail_server.environment, **changes})
    assert SECRET not in str(error.value)
    assert mail_server.mails == []


def test_a_server_whom_nobody_vouches_for_gets_nothing(
    mail_server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(UserError, match="certificate"):
        send_mail(message(), tmp_path, mail_server.environment)
    assert mail_server.mails == []


def test_one_wrong_address_keeps_the_mail_from_nobody_else(mail_server: MailServer, tmp_path: Path) -> None:
    mail_server.refuses = "chair@example.org"
    assert send_mail(message(), tmp_path, mail_server.environment) == "refused: chair@example.org"
    assert mail_server.to == [["board@example.org"]]


def test_failures_go_by_name_to_those_who_mend_them_and_only_then() -> None:
    assert told(ANALYSTS, make_entry()) is None
    failed = told(ANALYSTS, make_entry(), make_entry("SYN09", State.FAILED))
    assert failed is not None
    text = plain(as_mail(failed, Path(), "reports@example.org"))
    assert "waits/SYN09: failed at execute" in text
    assert "secret" not in text
    assert "SYN07" not in text
    both = told(
        ANALYSTS.model_copy(update={"about": "all"}), make_entry(), make_entry("SYN09", State.BLOCKED)
    )
    assert both is not None
    assert both.subject == "board-pack: 1 new report, 1 did not pass"


def test_who_has_not_answered_is_told_to_those_who_see_to_reports_and_not_to_readers(
    tmp_path: Path,
) -> None:
    late = ["Head of clinics, T1, 2026-09: Missed (asked for by 2026-10-11)"]

    def of(row: Tell) -> Message | None:
        made = [(Project(tmp_path), ())]
        return next(digests("monthly", [row], NOW, made, unanswered=late, now=NOW), None)

    found = of(ANALYSTS)
    assert found is not None
    assert found.subject == "monthly: words are still missing"
    told = {each.heading: each.lines for each in sections(found)}
    assert told["Asked for words, and has not answered"] == ((late[0], ""),)
    assert of(BOARD) is None


def test_a_publication_is_told_once() -> None:
    before = {("waits/SYN07", "run-1")}
    unchanged = make_entry(state=State.UNCHANGED, same_as="run-0")
    assert told(BOARD, make_entry(), before=before) is None
    assert told(BOARD, unchanged, before=before) is not None
    assert told(BOARD, make_entry(state=State.HELD)) is None


def test_what_is_attached_is_what_was_published(tmp_path: Path) -> None:
    row = Tell(mail=("board@example.org",), attach=("pdf",))
    content = b"%PDF-1.7 pages"
    entries = [make_entry("SYN07"), make_entry("SYN08")]
    for entry in entries:
        path = tmp_path / entry.outputs["pdf"].path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        entry.outputs["pdf"] = Output(entry.outputs["pdf"].path, hash_bytes(content))  # type: ignore[index]
    (tmp_path / entries[1].outputs["pdf"].path).write_bytes(b"withdrawn")
    mail = as_mail(message(row, *entries), tmp_path, "reports@example.org")
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "waits-SYN07.pdf"
    assert attached.get_content() == content
    assert "1 files were replaced or withdrawn since" in plain(mail)


def test_a_mail_stays_small_and_names_so_many(tmp_path: Path) -> None:
    entries = [make_entry(f"T{number}") for number in range(MOST_NAMED + 40)]
    many = message(BOARD, *entries)
    text = plain(as_mail(many, tmp_path, "reports@example.org"))
    assert "and 40 more\n  https://board.example.org/reports/index.html" in text
    large = make_entry()
    path = tmp_path / large.outputs["pdf"].path
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(MOST_ATTACHED + 1))
    large.outputs["pdf"] = Output(large.outputs["pdf"].path, hash_bytes(path.read_bytes()))  # type: ignore[index]
    mail = as_mail(message(Tell(mail=BOARD.mail, attach=("pdf",)), large), tmp_path, "reports@example.org")
    assert not [*mail.iter_attachments()]
    assert "too large for a mail" in plain(mail)


@pytest.mark.parametrize("shape", ["json", "teams", "slack"])
def test_a_webhook_gets_the_shape_that_it_takes(web_server: WebServer, shape: str) -> None:
    row = Tell.model_validate({"webhook": "BOARDPACK_HOOK", "shape": shape, "about": "all"})
    assert post(message(row), {"BOARDPACK_HOOK": web_server.address}) == ""
    (posted,) = web_server.posted
    if shape == "json":
        assert posted["ready"][0]["report"] == "waits/SYN07"
        assert posted["counts"] == {"published": 1}
    elif shape == "slack":
        assert "• Waits &amp; stays, Trust SYN07: April 2026" in posted["text"]
    else:
        card = posted["attachments"][0]["content"]
        assert posted["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
        assert card["type"] == "AdaptiveCard"
        assert any("Trust SYN07" in block["text"] for block in card["body"])


@pytest.mark.parametrize("answer", [302, 404, 500])
def test_a_webhook_that_does_not_take_it_is_told_without_its_address(
    web_server: WebServer, answer: int
) -> None:
    web_server.answer = answer
    with pytest.raises(UserError, match=f"BOARDPACK_HOOK: was not told: answered {answer}") as error:
        post(message(Tell(webhook="BOARDPACK_HOOK")), {"BOARDPACK_HOOK": web_server.address})
    assert "key=" not in str(error.value)


def test_an_address_in_the_clear_is_refused() -> None:
    for address in ("", "http://board.example.org/hook", "nonsense"):
        with pytest.raises(UserError, match="begins with https://"):
            post(message(Tell(webhook="BOARDPACK_HOOK")), {"BOARDPACK_HOOK": address})


def test_a_mark_stands_in_every_shape() -> None:
    mark = "Not for publication. For ward managers only."
    assert mark in plain(as_mail(message(mark=mark), Path(), "reports@example.org"), "html")
    assert mark in plain(as_mail(message(mark=mark), Path(), "reports@example.org"))
    for shape in ("json", "teams", "slack"):
        row = Tell.model_validate({"webhook": "BOARDPACK_HOOK", "shape": shape})
        assert mark in str(as_json(message(row, mark=mark)))


def fails(_: Message) -> str:
    raise UserError([])


def test_what_cannot_be_sent_waits_longer_each_time_and_says_so_when_it_comes(tmp_path: Path) -> None:
    box, sent = Outbox(tmp_path), []
    box.put(message())
    box.put(message(made=NOW + timedelta(days=1)))  # the same, as after a kill
    assert len(box.messages()) == 1
    assert [each.tries for each in box.send(fails, NOW)] == [1]
    assert [*box.send(fails, NOW + timedelta(seconds=30))] == []
    assert [each.tries for each in box.send(fails, NOW + timedelta(minutes=2))] == [2]

    def take(waited: Message) -> str:
        sent.append(as_mail(waited, tmp_path, "reports@example.org"))
        return ""

    assert len([*box.send(take, NOW + timedelta(days=2))]) == 1
    assert [*box.send(take, NOW + timedelta(days=3))] == []
    assert "This should have come on 12/05/2026, 06:00 UTC" in plain(sent[0])
    assert sent[0]["Message-ID"] == f"<{message().id}@example.org>"


def test_a_kill_just_after_the_note_that_it_was_sent_sends_it_no_second_time(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    box.put(message())
    waits = tmp_path / FOLDER / f"{message().id}.json"
    content = waits.read_bytes()
    assert len([*box.send(lambda _: "", NOW)]) == 1
    waits.write_bytes(content)  # as if the kill had come before it was taken away
    assert [*box.send(fails, NOW)] == []
    assert [each.sent for each in box.messages()] == [NOW]


def test_what_was_tried_for_two_weeks_is_left(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    box.put(message())
    assert [*box.send(fails, NOW + GIVEN_UP + timedelta(hours=1))] == []
    assert box.messages()[0].sent is None


def test_readers_who_are_added_to_a_mail_are_not_told_everything_again(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    box.put(message())
    more = BOARD.model_copy(update={"mail": (*BOARD.mail, "new@example.org")})
    assert box.told(more.readers, "board-pack") == {("waits/SYN07", "run-1")}
    assert box.told(Tell(webhook="BOARDPACK_HOOK").readers, "board-pack") == set()


def test_the_outbox_is_private(tmp_path: Path) -> None:
    Outbox(tmp_path).put(message())
    (kept,) = (tmp_path / FOLDER).rglob("*.json")
    assert ((tmp_path / FOLDER).stat().st_mode | kept.stat().st_mode) & 0o077 == 0
