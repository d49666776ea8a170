"""A proof as a folder: an invariant in the words of the spec, and what makes it one as SMT-LIB.

`certificate.json` says of which spec, with which constants, and what each clause rules out; it is
written last, with the hashes of the other files. `invariant.txt` is for reading.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from modelcheck.check import Instance
from modelcheck.engines.smt.induction.proof import Clause
from modelcheck.errors import UserError
from modelcheck.ir.render import spec_hash
from modelcheck.report.files import write_text
from modelcheck.version import VERSION

FORMAT = "modelcheck-certificate"
FORMAT_VERSION = 1
MANIFEST = "certificate.json"
READABLE = "invariant.txt"
AGAIN = "write it again, with `modelcheck prove SPEC --certificate DIR`"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a folder claims to prove."""

    spec: str
    spec_hash: str
    constants: Mapping[str, str]
    properties: tuple[str, ...] | None
    """None: all that can be proved so."""

    invariant: tuple[Clause, ...]
    files: Mapping[str, str]
    """The text of each of the other files."""


def write_certificate(
    folder: Path,
    instance: Instance,
    constants: Mapping[str, str],
    properties: frozenset[str] | None,
    clauses: tuple[Clause, ...],
    scripts: Mapping[str, str],
) -> None:
    """Write a proof; raises `UserError` if the folder holds anything else, or cannot be written."""
    manifest = folder / MANIFEST
    try:
        if folder.exists() and any(folder.iterdir()) and not manifest.is_file():
            message = f"{folder} holds something, and no certificate"
            raise UserError(message, way_out="name a folder that is empty, or not there yet")
        folder.mkdir(parents=True, exist_ok=True)
        manifest.unlink(missing_ok=True)  # half a certificate is none
    except OSError as problem:
        message = f"cannot write {folder}: {problem.strerror}"
        raise UserError(message, way_out="name another folder") from None
    texts = {READABLE: readable(clauses), **scripts}
    for name, text in texts.items():
        write_text(folder / name, text)
    document = {
        "format": FORMAT,
        "format-version": FORMAT_VERSION,
        "tool-version": VERSION,
        "spec": instance.model.path,
        "spec-hash": spec_hash(instance.model),
        "constants": dict(constants),
        "properties": None if properties is None else sorted(properties),
        "files": {name: _hash(text) for name, text in texts.items()},
        "invariant": [
            {"says": one.told, "never": {name: list(held) for name, held in one.ruled}}
            for one in clauses
        ],
    }
    write_text(manifest, json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def readable(clauses: tuple[Clause, ...]) -> str:
    """An invariant for reading, a clause a line."""
    return "".join(f"{one.told}\n" for one in clauses)


def read_certificate(folder: Path) -> Certificate:
    """What a folder claims; raises `UserError` if it is no certificate, or a damaged one."""
    document = _document(folder / MANIFEST)
    if document.get("format") != FORMAT:
        raise UserError(f"{folder / MANIFEST} is no certificate", way_out=AGAIN)
    if document.get("format-version") != FORMAT_VERSION:
        message = f"{folder} has a format that this version does not know"
        raise UserError(message, way_out=AGAIN)
    try:
        files = {
            name: _verified(folder / name, digest)
            for name, digest in _texts(document["files"]).items()
            if Path(name).name == name
        }
        properties = document["properties"]
        return Certificate(
            _text(document["spec"]),
            _text(document["spec-hash"]),
            _texts(document["constants"]),
            None if properties is None else tuple(map(_text, _list(properties))),
            tuple(_clause(one) for one in _list(document["invariant"])),
            files,
        )
    except (KeyError, TypeError) as problem:
        message = f"{folder / MANIFEST} is damaged: {problem}"
        raise UserError(message, way_out=AGAIN) from None


def _document(path: Path) -> dict[str, object]:
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        message = f"cannot read {path}: {problem.strerror}"
        raise UserError(message, way_out="name the folder of a certificate") from None
    except ValueError as problem:
        raise UserError(f"{path} is damaged: {problem}", way_out=AGAIN) from None
    return found if isinstance(found, dict) else {}


def _verified(path: Path, digest: str) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise UserError(f"cannot read {path}", way_out=AGAIN) from None
    if _hash(text) != digest:
        raise UserError(f"{path} is not the file that was written", way_out=AGAIN)
    return text


def _clause(found: object) -> Clause:
    if not isinstance(found, dict):
        raise TypeError("a clause is no object")
    never = found["never"]
    if not isinstance(never, dict):
        raise TypeError("a clause does not say what it rules out")
    ruled = tuple((_text(name), tuple(map(_text, _list(held)))) for name, held in never.items())
    return Clause(ruled, _text(found["says"]))


def _list(found: object) -> list[object]:
    if not isinstance(found, list):
        raise TypeError("a list was expected")
    return found


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise TypeError("a text was expected")
    return found


def _texts(found: object) -> dict[str, str]:
    if not isinstance(found, dict):
        raise TypeError("an object was expected")
    return {_text(name): _text(value) for name, value in found.items()}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
