"""The frame: pins, build files, make targets. What people install is what was tested."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from dotenv import dotenv_values
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from rag.settings import Settings, load_settings

# Folders that exist only on somebody's machine. Put together from pieces, so that this file does not match itself.
MACHINE_PATH = re.compile(r"(?<![\w.~*-])/(?:" + "|".join(("farm", "root", "tmp", "work", "Users")) + r")/[A-Za-z_.]")
LOCAL_FILE = re.compile("file:" + "//")
TARGETS = ("bench", "clean", "eval", "help", "install", "lint", "run", "screenshots", "test")


def _requirements(root: Path) -> list[Requirement]:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    return [Requirement(line) for group in (project["dependencies"], *extras) for line in group]


def _pin_lines(root: Path) -> list[str]:
    lines = (root / "constraints.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _pins(root: Path) -> dict[str, Version]:
    pairs = (line.split("==") for line in _pin_lines(root))
    return {canonicalize_name(name): Version(version) for name, version in pairs}


def _installed(root: Path) -> dict[str, Distribution]:
    """What the project's dependencies brought along on this machine, by canonical name; absent extras are left out."""
    found: dict[str, Distribution] = {}
    waiting = _requirements(root)
    visited: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        needed = waiting.pop()
        name, extras = canonicalize_name(needed.name), frozenset(needed.extras)
        if (name, extras) in visited:
            continue
        visited.add((name, extras))
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        below = [Requirement(line) for line in found[name].requires or ()]
        waiting += [one for one in below if any(_applies(one, extra) for extra in ("", *extras))]
    return found


def _applies(needed: Requirement, extra: str) -> bool:
    return needed.marker is None or needed.marker.evaluate({"extra": extra})


def _tracked(root: Path) -> list[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := root / name).is_file()]


def test_pins_are_plain(root: Path) -> None:
    """A constraint is one exact public version a line: no address, no local label, no package twice."""
    lines = _pin_lines(root)
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9][\w.-]*==[0-9][A-Za-z0-9.]*", line)] == []
    assert len(_pins(root)) == len(lines) > 100


def test_pins_satisfy_every_requirement(root: Path) -> None:
    """Each dependency of pyproject.toml, of every extra too, has a pin that its lower bound admits."""
    pins = _pins(root)
    requirements = _requirements(root)
    assert [str(needed) for needed in requirements if canonicalize_name(needed.name) not in pins] == []
    refused = [str(needed) for needed in requirements if pins[canonicalize_name(needed.name)] not in needed.specifier]
    assert refused == []
    assert [str(needed) for needed in requirements if not str(needed.specifier).startswith(">=")] == []


def test_what_is_installed_is_what_is_pinned(root: Path) -> None:
    """Everything a dependency brings along is pinned, at the version these tests run with (build labels aside)."""
    pins = _pins(root)
    found = _installed(root)
    assert len(found) > 50
    differing = {
        name: (package.version, str(pins.get(name)))
        for name, package in found.items()
        if name not in pins or Version(package.version).public != str(pins[name])
    }
    assert differing == {}


def test_no_machine_paths(root: Path) -> None:
    """No file of the project names a folder of the machine it was written on."""
    files = _tracked(root)
    assert root / "pyproject.toml" in files
    naming = [
        f"{path.relative_to(root)}:{number}"
        for path in files
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), 1)
        if MACHINE_PATH.search(line) or LOCAL_FILE.search(line)
    ]
    assert naming == []


@pytest.mark.parametrize("line", [f"see /{'tmp'}/x", f"path=/{'root'}/.cache", f"`/{'work'}/main`"])
def test_machine_paths_are_recognised(line: str) -> None:
    """The pattern of the test above finds what it is for."""
    assert MACHINE_PATH.search(line)


def test_make_targets_are_explained(root: Path) -> None:
    """``make help`` lists every public target with a Chinese sentence, and ``make`` alone does the same."""
    shown = subprocess.run(["make", "-s", "help"], cwd=root, check=True, capture_output=True, text=True).stdout
    assert tuple(sorted(re.findall(r"^make (\S+) +\S*[\u4e00-\u9fff]", shown, re.MULTILINE))) == TARGETS
    assert subprocess.run(["make", "-s"], cwd=root, check=True, capture_output=True, text=True).stdout == shown


@pytest.mark.parametrize("target", TARGETS)
def test_make_targets_run_although_folders_have_their_names(root: Path, target: str) -> None:
    """Each target has commands to run even when a folder of that name (``eval``) exists."""
    phony = re.search(r"^\.PHONY: (.+)$", (root / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony
    assert target in phony[1].split()


def test_ci_runs_the_target_people_run(root: Path) -> None:
    """CI does what ``make test`` does and nothing besides."""
    script = root / ".ci" / "run"
    commands = [
        line for line in script.read_text("utf-8").splitlines() if line and not line.startswith(("#", "set ", "cd "))
    ]
    assert commands == ["make test"]
    assert script.stat().st_mode & 0o111


def test_example_settings_change_nothing(root: Path) -> None:
    """``.env.example`` copied as it is leaves every default in place."""
    assert load_settings({}, root / ".env.example") == Settings()


def test_example_settings_are_valid(root: Path) -> None:
    """Every line of ``.env.example`` may be uncommented as it stands; no name occurs twice."""
    text = (root / ".env.example").read_text("utf-8")
    names = re.findall(r"^# (ANZE_[A-Z_]+)=", text, re.MULTILINE)
    values = dotenv_values(stream=StringIO(re.sub(r"^# (?=ANZE_)", "", text, flags=re.MULTILINE)))
    assert sorted(values) == sorted(names)
    assert load_settings({name: value or "" for name, value in values.items()}).org == "市住建局"


def test_settings_named_in_the_code_are_in_the_example(root: Path) -> None:
    """A setting that a message or docstring mentions can be looked up in ``.env.example``."""
    known = set(re.findall(r"^# (ANZE_[A-Z_]+)=", (root / ".env.example").read_text("utf-8"), re.MULTILINE))
    sources = [path for folder in ("index", "rag") for path in (root / folder).rglob("*.py")]
    named = {name for path in sources for name in re.findall(r"ANZE_[A-Z][A-Z_]*[A-Z]", path.read_text("utf-8"))}
    assert named
    assert named - known == set()


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, unpacked as pip would."""
    built, unpacked = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("unpacked")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(built)]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    (archive,) = built.glob("anze-*.whl")
    with ZipFile(archive) as opened:
        opened.extractall(unpacked)
    return unpacked


def test_the_wheel_holds_packages_and_documents_only(root: Path, wheel: Path) -> None:
    """The wheel has every tracked file of both packages and of the documents; no index, tests or evaluation."""
    names = {path.relative_to(wheel).as_posix() for path in wheel.rglob("*") if path.is_file()}
    ours = [path.relative_to(root).as_posix() for path in _tracked(root)]
    shipped = {re.sub("^docs/", "index/_docs/", name) for name in ours if name.startswith(("docs/", "index/", "rag/"))}
    assert {"index/model.py", "rag/settings.py"} <= shipped
    assert {name for name in names if ".dist-info/" not in name} == shipped


def test_the_installed_package_finds_its_own_documents(wheel: Path) -> None:
    """Away from the checkout the package reads the documents that came in the wheel."""
    code = "from index.corpus import docs_folder; print(docs_folder())"
    environment = {**os.environ, "PYTHONPATH": str(wheel)}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=wheel, env=environment, check=True, capture_output=True, text=True
    )
    assert Path(ran.stdout.strip()) == wheel.resolve() / "index" / "_docs"
