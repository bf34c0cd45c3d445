# SPDX-License-Identifier: Apache-2.0
"""Datasets to read: a made-up one, and one that the program has just generated.

ROADLOOM_BIN     the program; without it only the made-up dataset is read
ROADLOOM_SAMPLE  the program test_export_sample; by default beside ROADLOOM_BIN, else in build/
"""
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "scenes" / "library"


def run(*command):
    """Runs a program; its words are the test's when it fails."""
    result = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=900)
    if result.returncode != 0:
        pytest.fail(f"{' '.join(map(str, command))} gave {result.returncode}:\n"
                    f"{result.stdout[-2000:]}\n{result.stderr[-4000:]}")
    return result.stdout


@pytest.fixture(scope="session")
def roadloom_bin():
    """The program, for tests that can't do without it."""
    path = os.environ.get("ROADLOOM_BIN")
    if not path:
        pytest.skip("needs ROADLOOM_BIN, the path of the program")
    if not os.access(path, os.X_OK):
        pytest.fail(f"ROADLOOM_BIN={path} can't be run")
    return path


def find_sample():
    named = os.environ.get("ROADLOOM_SAMPLE")
    if named:
        return pathlib.Path(named)
    if os.environ.get("ROADLOOM_BIN"):
        return pathlib.Path(os.environ["ROADLOOM_BIN"]).parent / "test_export_sample"
    built = sorted(ROOT.glob("build/*/test_export_sample"), key=lambda p: p.stat().st_mtime)
    return built[-1] if built else ROOT / "build/test/test_export_sample"


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """A made-up dataset: shards/ alone, no manifest, three shards of two scenes of four frames."""
    program = find_sample()
    if not program.exists():
        pytest.fail(f"{program} isn't built: cmake --build its folder --target test_export_sample")
    folder = tmp_path_factory.mktemp("sample") / "dataset"
    run(program, folder)
    return folder


@pytest.fixture(scope="session")
def generated(tmp_path_factory, roadloom_bin):
    """A dataset from the program itself: three short scenes of the demo town."""
    folder = tmp_path_factory.mktemp("generated") / "dataset"
    run(roadloom_bin, "generate", LIBRARY / "first_drive.lua", "--scenes", "3", "--seed", "5",
        "--set", "duration_s=1", "--set", "ego.rig.cameras[*].labels=all", "-o", folder)
    return folder


@pytest.fixture(scope="session", params=["made-up", "generated"])
def dataset(request):
    """Each of the two in turn."""
    if request.param == "made-up":
        return request.getfixturevalue("sample")
    return request.getfixturevalue("generated")
