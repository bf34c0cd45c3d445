# SPDX-License-Identifier: Apache-2.0
"""A job is made from the modules that its script had when it began, and from no others."""
import hashlib
import json
import os
import pathlib
import subprocess
import time

import h5py
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("ROADLOOM_BIN", str(ROOT / "build" / "test" / "roadloom"))
TINY = (ROOT / "tests" / "data" / "tiny.lua").read_text()
SCENES = 6
# Scene 0 and the others ask for either module by chance.
SCRIPT = TINY.replace("rain { rate_mmh = uniform(1, 10) }", "chance(0.5) and require 'wet' or require('dry')")
WET = "return rain { rate_mmh = uniform(1, 10) }\n"
DRY = "return clear { cloud_cover = require('shared').cloud_cover }\n"
SHARED = "local m = {}\nm.cloud_cover = 0.2\nreturn m\n"

pytestmark = pytest.mark.skipif(not os.path.exists(BIN), reason="ROADLOOM_BIN is not built")


@pytest.fixture
def folder(tmp_path):
    assert "require" in SCRIPT
    scripts = {"scene.lua": SCRIPT, "wet.lua": WET, "dry.lua": DRY, "shared.lua": SHARED, "other.lua": "return 1\n"}
    for name, text in scripts.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def command(folder, out):
    return [BIN, "generate", str(folder / "scene.lua"), "--seed", "3", "--scenes", str(SCENES), "--split", "train=1",
            "-o", str(folder / out)]


def generate(folder, out, env=None):
    return subprocess.run(command(folder, out), capture_output=True, text=True, timeout=300,
                          env={**os.environ, **(env or {})})


def shards(folder, out):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (folder / out / "shards").glob("*.h5")}


def test_job_and_shards_say_which_modules_there_are(folder):
    assert generate(folder, "out").returncode == 0
    texts = {"dry": DRY, "shared": SHARED, "wet": WET}
    job = json.loads((folder / "out" / "job.json").read_text())
    assert job["modules"] == [{"name": name, "text": text} for name, text in texts.items()]
    lines = "".join(f"{name}.lua {hashlib.sha256(text.encode()).hexdigest()}\n" for name, text in texts.items())
    weathers = set()
    for path in (folder / "out" / "shards").glob("*.h5"):
        with h5py.File(path) as f:
            assert bytes(f["job/modules"][()]).decode() == lines
            assert f.attrs["modules_sha256"].decode() == hashlib.sha256(lines.encode()).hexdigest()
            weathers.update(f["scenes/weather"][()])
    assert len(weathers) == 2, "the seed should make scenes of both modules"


@pytest.mark.parametrize("name, text, words", [
    ("wet", "-- calmer\n" + WET, "module wet.lua, which scene.lua may require, differs, first in line 1"),
    ("shared", SHARED.replace("0.2", "0.3"), "module shared.lua, which scene.lua may require, differs, first in line 2"),
    ("dry", None, "module dry.lua, which scene.lua may require, is only there"),
])
def test_going_on_with_a_changed_module_is_refused_by_its_name(folder, name, text, words):
    assert generate(folder, "clean").returncode == 0
    assert generate(folder, "out", {"ROADLOOM_TEST_KILL": "renamed:2"}).returncode != 0
    before = shards(folder, "out")
    assert 0 < len(before) < SCENES
    path, old = folder / f"{name}.lua", (folder / f"{name}.lua").read_text()
    path.write_text(text) if text else path.unlink()
    result = generate(folder, "out")
    assert result.returncode == 1
    assert words in result.stderr and "choose another -o" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert shards(folder, "out") == before
    path.write_text(old)
    (folder / "other.lua").write_text("return 2\n")  # nobody names it
    result = generate(folder, "out")
    assert result.returncode == 0, result.stderr
    assert shards(folder, "out") == shards(folder, "clean")


def test_a_module_edited_while_the_job_runs_changes_nothing(folder):
    assert generate(folder, "clean").returncode == 0
    with subprocess.Popen(command(folder, "out"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as job:
        while not (folder / "out" / "job.json").exists():
            assert job.poll() is None
            time.sleep(0.01)
        for name in ["wet", "dry", "shared"]:
            (folder / f"{name}.lua").write_text("return snow {}\n")
        _, said = job.communicate(timeout=300)
    assert job.returncode == 0, said
    assert shards(folder, "out") == shards(folder, "clean")


def test_names_that_are_computed_take_the_whole_folder_along(folder):
    (folder / "scene.lua").write_text(SCRIPT.replace("chance(0.5) and require 'wet' or require('dry')",
                                                     "require(pick { 'wet', 'dry' })"))
    (folder / "notes.lua").write_bytes(b"-- caf\xe9\n")  # left out: it can't be a module
    assert generate(folder, "out").returncode == 0
    job = json.loads((folder / "out" / "job.json").read_text())
    names = [m["name"] for m in job["modules"]]
    assert {"dry", "other", "scene", "shared", "wet"} <= set(names) and "notes" not in names
    (folder / "other.lua").write_text("return 2\n")
    result = generate(folder, "out")
    assert result.returncode == 1 and "module other.lua" in result.stderr
