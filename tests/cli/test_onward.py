"""`boardpack publish-to`: what stands is taken further, what was withdrawn leaves there, and nothing else is told."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from helpers.cli import main
from helpers.cli.assembly import open_project
from helpers.errors import ExitCode, ReportError
from helpers.runner.onward import LIST, Folder, open_destination

FILES = {f"SYN0{n}.yml": f'trust: SYN0{n}\nperiod: "2026-03"\n' for n in (7, 8)}
PLACE = "2026-03/good"
Call = Callable[..., tuple[int, str, str]]
Read = Callable[[], dict[str, bytes]]


@pytest.fixture(scope="module")
def published(lay_out_once: Callable[..., Path]) -> Path:
    """A project with two published reports, which no test changes."""
    root = lay_out_once({"good": FILES})
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(root), "run", "--to", "html,pdf"])
    assert ended.value.code == 0
    return root


@pytest.fixture
def root(published: Path, tmp_path: Path) -> Path:
    """A copy of it: what lies there is known by its time stamps too."""
    return Path(shutil.copytree(published, tmp_path / "copy", symlinks=True))


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def place(
    request: pytest.FixtureRequest, tmp_path: Path, store: str, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Read]:
    """A destination, and what reads all that lies there."""
    if request.param == "folder":
        there = tmp_path / "share"
        there.mkdir()

        def read_folder() -> dict[str, bytes]:
            files = (path for path in there.rglob("*") if path.is_file())
            return {path.relative_to(there).as_posix(): path.read_bytes() for path in files}

        return str(there), read_folder
    for name, value in {
        "AWS_ENDPOINT_URL": store, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_DEFAULT_REGION": "eu-west-2", "AWS_CONFIG_FILE": os.devnull,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    client: Any = boto3.client("s3")
    bucket = tmp_path.name.replace("_", "-").lower()
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})

    def read_bucket() -> dict[str, bytes]:
        found = client.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {
            each["Key"].removeprefix("board/"): client.get_object(Bucket=bucket, Key=each["Key"])[
                "Body"
            ].read()
            for each in found
        }

    return f"s3://{bucket}/board", read_bucket


def test_what_stands_is_there_and_what_was_withdrawn_leaves(
    root: Path, call: Call, place: tuple[str, Read]
) -> None:
    address, read = place
    assert call("publish-to", address, "--dry-run")[0] == 0
    assert read() == {}
    code, said, _ = call("publish-to", address)
    assert (code, said.splitlines()[-1]) == (0, "11 files written, 0 removed, 0 as they should be")
    there = read()
    reports = {
        p.relative_to(root / "reports").as_posix() for p in (root / "reports").rglob("*") if p.is_file()
    }
    assert set(there) == reports | {LIST}
    assert all(there[name] == (root / "reports" / name).read_bytes() for name in reports)
    assert "0 files written, 0 removed, 11 as they should be" in call("publish-to", address)[1]

    assert call("withdraw", "good/SYN07", "--why", "A sum is wrong.")[0] == 0
    assert call("publish-to", address)[0] == 0
    there = read()
    assert f"{PLACE}/SYN07.pdf" not in there
    assert b"A sum is wrong." in there[f"{PLACE}/SYN07.html"]
    assert f"{PLACE}/SYN08.pdf" in there


def test_what_no_run_has_put_there_stays_at_home(root: Path, call: Call, place: tuple[str, Read]) -> None:
    address, read = place
    folder = root / "reports" / PLACE
    (folder / "notes.html").write_text("private", "utf-8")
    (folder / "SYN08.html").write_text("altered", "utf-8")
    code, said, _ = call("publish-to", address)
    assert code == ExitCode.REPORT
    assert f"{PLACE}/SYN08.html: is not as it was published" in said
    assert {f"{PLACE}/notes.html", f"{PLACE}/SYN08.html"} & set(read()) == set()
    assert f"{PLACE}/SYN07.html" in read()


def test_another_audiences_place_and_foreign_pages_are_refused(
    root: Path, call: Call, place: tuple[str, Read]
) -> None:
    address, read = place
    call("publish-to", address)
    there = open_destination(open_project(root), address)
    there.write(LIST, json.dumps({**json.loads(read()[LIST]), "audience": "ward"}).encode())
    code, _, told = call("publish-to", address)
    assert (code, "are for ward, and not for public" in told) == (ExitCode.USAGE, True)
    there.remove(LIST)
    assert "did not put it there" in call("publish-to", address)[2]


def test_the_projects_own_folders_and_missing_ones_are_refused(
    root: Path, call: Call, tmp_path: Path
) -> None:
    for wrong in ("reports", "reports/2026-03", ".", ".boardpack", "params", str(tmp_path / "not-mounted")):
        code, _, told = call("publish-to", str(root / wrong))
        assert code == ExitCode.USAGE, wrong
        assert "choose a folder" in told or "mount the share" in told
    assert "names no bucket" in call("publish-to", "s3:///board")[2]


def test_what_breaks_off_goes_on_where_it_ended(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    write, left = Folder.write, iter([True] * 4)

    def break_off(self: Folder, path: str, content: bytes) -> None:
        if next(left, None) is None:
            raise ReportError([])
        write(self, path, content)

    with monkeypatch.context() as broken:
        broken.setattr(Folder, "write", break_off)
        assert call("publish-to", str(share))[0] == ExitCode.REPORT
    partly = [path.name for path in share.rglob("SYN*")]
    assert partly
    # withdrawn before it was ever whole there: what had come so far leaves
    assert call("withdraw", "good/SYN07", "--why", "A sum is wrong.")[0] == 0
    assert call("publish-to", str(share))[0] == 0
    assert not (share / PLACE / "SYN07.pdf").exists()
    assert (share / PLACE / "SYN08.pdf").exists()
    assert list(share.rglob(".*.part")) == []
    assert stat.S_IMODE((share / PLACE / "SYN08.pdf").stat().st_mode) == 0o644
