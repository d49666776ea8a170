from pathlib import Path

import pytest

from modelcheck.errors import UserError
from modelcheck.report.files import write_text


def test_folders_are_made_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "report.html"
    write_text(path, "one\n")
    write_text(path, "two →\n")
    assert path.read_bytes() == "two →\n".encode()
    assert [file.name for file in path.parent.iterdir()] == ["report.html"]


def test_text_that_is_no_unicode_is_written_with_escapes(tmp_path: Path) -> None:
    write_text(tmp_path / "log", "bad \udc80 byte")
    assert (tmp_path / "log").read_text(encoding="utf-8") == "bad \\udc80 byte"


def test_a_file_that_cannot_be_written_is_the_users_error(tmp_path: Path) -> None:
    folder = tmp_path / "report.html"
    folder.mkdir()
    with pytest.raises(UserError, match=r"cannot write .*report\.html: Is a directory"):
        write_text(folder, "")
    assert list(tmp_path.iterdir()) == [folder]


def test_a_parent_that_is_no_folder_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot write"):
        write_text(tmp_path / "file" / "report.html", "")
