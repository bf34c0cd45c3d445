# SPDX-License-Identifier: Apache-2.0
"""A job is made on the maps that its script could read when it began, and on no others."""
import hashlib
import json
import math
import os
import pathlib
import shutil
import subprocess
import time

import h5py
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("ROADLOOM_BIN", str(ROOT / "build" / "test" / "roadloom"))
LANE = (ROOT / "tests" / "scenes" / "data" / "modules" / "lane.xodr").read_text()
CROSSING = (ROOT / "scenes" / "library" / "crossing.xodr").read_text()
SCENES = 4
SCRIPT = """
return scene {
  duration_s = 0.4,
  frame_hz = 5,
  road = opendrive(pick { "lane.xodr", "crossing.xodr" }),
  traffic = { vehicles = 2 },
  pedestrians = { count = 0 },
  ego = { rig = { name = "tiny", cameras = { { name = "front", width_px = 64, height_px = 48 } } } },
}
"""

pytestmark = pytest.mark.skipif(not os.path.exists(BIN), reason="ROADLOOM_BIN is not built")


def sha(data):
    return hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "scene.lua").write_text(SCRIPT)
    (tmp_path / "lane.xodr").write_text(LANE)
    (tmp_path / "other.xodr").write_text(LANE)
    return tmp_path


def command(folder, out, ranks=0):
    mpirun = ["mpirun", "-n", str(ranks), "--oversubscribe", "--allow-run-as-root"] if ranks else []
    return mpirun + [BIN, "generate", str(folder / "scene.lua"), "--seed", "3", "--scenes", str(SCENES), "--split",
                     "train=1", "-o", str(folder / out)]


def generate(folder, out, ranks=0, env=None):
    return subprocess.run(command(folder, out, ranks), capture_output=True, text=True, timeout=300,
                          env={**os.environ, **(env or {})})


def shards(folder, out):
    return {p.name: sha(p.read_bytes()) for p in (folder / out / "shards").glob("*.h5")}


def test_job_and_shards_say_which_maps_there_are(folder):
    result = generate(folder, "out")
    assert result.returncode == 0, result.stderr
    maps = {"crossing.xodr": CROSSING, "lane.xodr": LANE}
    job = json.loads((folder / "out" / "job.json").read_text())
    assert [(m["name"], m["bytes"], m["sha256"]) for m in job["maps"]] == \
        [(name, len(text.encode()), sha(text)) for name, text in maps.items()]
    lines = "".join(f"{name} {sha(text)}\n" for name, text in maps.items())
    for path in (folder / "out" / "shards").glob("*.h5"):
        with h5py.File(path) as f:
            assert bytes(f["job/maps"][()]).decode() == lines
            assert f.attrs["maps_sha256"].decode() == sha(lines)
    assert len(shards(folder, "out")) == SCENES


@pytest.mark.skipif(not shutil.which("mpirun"), reason="needs mpirun")
def test_one_rank_and_two_make_the_same_shards(folder):
    results = [generate(folder, f"out{ranks}", ranks) for ranks in (1, 2)]
    assert [r.returncode for r in results] == [0, 0], results[1].stderr
    assert shards(folder, "out1") == shards(folder, "out2")
    assert len(shards(folder, "out1")) == SCENES


def test_going_on_with_a_changed_map_is_refused_by_its_name(folder):
    assert generate(folder, "clean").returncode == 0
    assert generate(folder, "out", env={"ROADLOOM_TEST_KILL": "renamed:2"}).returncode != 0
    before = shards(folder, "out")
    assert 0 < len(before) < SCENES
    (folder / "lane.xodr").write_text(LANE.replace("<road", "<!-- new --><road", 1))
    result = generate(folder, "out")
    assert result.returncode == 1
    assert "map lane.xodr, which scene.lua may read, has" in result.stderr
    assert "put it back as it was to go on" in result.stderr and "choose another -o" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert shards(folder, "out") == before
    (folder / "lane.xodr").unlink()
    result = generate(folder, "out")
    assert result.returncode == 1
    (folder / "lane.xodr").write_text(LANE)
    (folder / "crossing.xodr").write_text(CROSSING)  # the same bytes in a nearer place
    (folder / "other.xodr").write_text("nobody names it")
    result = generate(folder, "out")
    assert result.returncode == 0, result.stderr
    assert shards(folder, "out") == shards(folder, "clean")


def test_a_map_edited_while_the_job_runs_changes_nothing(folder):
    assert generate(folder, "clean").returncode == 0
    with subprocess.Popen(command(folder, "out"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as job:
        while not (folder / "out" / "job.json").exists():
            assert job.poll() is None
            time.sleep(0.01)
        (folder / "lane.xodr").write_text("<gone/>")
        _, said = job.communicate(timeout=300)
    assert job.returncode == 0, said
    assert shards(folder, "out") == shards(folder, "clean")


def test_names_that_are_put_together_take_the_whole_folder_along(folder):
    (folder / "scene.lua").write_text(SCRIPT.replace('pick { "lane.xodr", "crossing.xodr" }',
                                                     'pick { "lane", "crossing" } .. ".xodr"'))
    assert generate(folder, "out").returncode == 0
    job = json.loads((folder / "out" / "job.json").read_text())
    assert [m["name"] for m in job["maps"]] == ["crossing.xodr", "lane.xodr", "other.xodr"]


def test_a_map_is_warned_of_once_however_many_scenes_and_ranks(folder):
    (folder / "lane.xodr").write_text(LANE.replace("</road>", "<railroad/></road>", 1))
    runs = [command(folder, "one"), [BIN, "check", str(folder / "scene.lua")],
            [BIN, "road", str(folder / "scene.lua"), "--scene", "3"]]
    if shutil.which("mpirun"):
        runs.append(command(folder, "two", 2))
    for run in runs:
        result = subprocess.run(run, capture_output=True, text=True, timeout=300)
        assert result.returncode == 0, result.stderr
        assert result.stderr.count("warning: lane.xodr:") == 1, result.stderr


def ring(clockwise):
    """A roundabout of three arms, driven round one way or the other."""
    around = [(18 * math.cos(math.pi * i / 6), 18 * math.sin(math.pi * i / 6)) for i in range(12)]
    far = [(120 * math.cos(2 * math.pi * i / 3), 120 * math.sin(2 * math.pi * i / 3)) for i in range(3)]
    nodes = "".join(f'<node id="{i + 1}" lat="{50 + y / 111320:.8f}" lon="{8 + x / 71556:.8f}"/>'
                    for i, (x, y) in enumerate(around + far))
    ids = list(range(1, 13)) + [1]
    ways = [(ids[::-1] if clockwise else ids, '<tag k="junction" v="roundabout"/>')]
    ways += [([1 + 4 * i, 13 + i], "") for i in range(3)]
    return '<osm version="0.6">' + nodes + "".join(
        f'<way id="{i + 1}">' + "".join(f'<nd ref="{n}"/>' for n in refs) + f'<tag k="highway" v="tertiary"/>{tags}</way>'
        for i, (refs, tags) in enumerate(ways)) + "</osm>"


@pytest.mark.parametrize("hand", ["left", "right"])
@pytest.mark.parametrize("clockwise", [True, False])
def test_warnings_about_an_extract_are_for_the_side_it_is_driven_on(folder, hand, clockwise):
    (folder / "ring.osm").write_text(ring(clockwise))
    (folder / "scene.lua").write_text(f'return scene {{ traffic = {{ hand = "{hand}" }}, road = osm("ring.osm") }}')
    for tool in ("road", "check"):
        result = subprocess.run([BIN, tool, str(folder / "scene.lua")], capture_output=True, text=True, timeout=300)
        assert result.returncode == 0, result.stderr
        assert ("a roundabout is read as a crossing" in result.stderr) == (clockwise != (hand == "left")), result.stderr
