# SPDX-License-Identifier: Apache-2.0
"""`roadloom replay` draws and renders what was driven."""
import os
import pathlib
import struct
import subprocess

import h5py
import numpy as np
import pytest
from conftest import run
from read_png import decode

from roadloom import Dataset, NotADataset, Shard

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("ROADLOOM_BIN", str(ROOT / "build" / "test" / "roadloom"))

pytestmark = pytest.mark.skipif(not os.path.exists(BIN), reason="ROADLOOM_BIN is not built")

SCRIPT = """
return scene { duration_s = 1.2, step_s = 0.05, frame_hz = 5, road = grid_city { blocks = { 2, 2 } },
  traffic = { vehicles = 20 }, pedestrians = { count = 10 }, time_of_day_h = 12, weather = rain { rate_mmh = 5 },
  ego = { rig = { name = "tiny",
    cameras = { { name = "back", width_px = 64, height_px = 48, yaw_deg = 180 },
                { name = "front", width_px = 96, height_px = 64, labels = { "depth", "flow" } } },
    lidars = { { name = "roof", elevations_deg = { -14, -6, -2, 5 }, azimuth_steps = 90 } } } } }
"""


def size(path):
    return struct.unpack(">II", path.read_bytes()[16:24])


def png(path):
    return decode(path.read_bytes())


@pytest.fixture(scope="module", params=["reactive", "log"])
def driven(tmp_path_factory, request):
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "tiny.lua").write_text(SCRIPT)
    run(BIN, "drive", folder / "tiny.lua", "--policy", "idm", "--traffic", request.param, "--episodes", 2,
        "--reference", "none", "-o", folder / "out")
    return folder


def replay(folder, *args):
    line = [BIN, "replay", str(folder / "out"), *map(str, args)]
    return subprocess.run(line, capture_output=True, text=True, timeout=120)


def test_episodes_are_no_dataset(driven):
    with pytest.raises(NotADataset, match="episodes of `roadloom drive`; its report.html"):
        Dataset(driven / "out")


def test_pictures_of_a_sensor_are_the_frames_of_the_shard(driven):
    done = replay(driven, "--episode", 1, "--sensor", "front,roof", "-o", driven / "pics", "--shard", driven / "e.h5")
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in (driven / "pics").iterdir())
    assert names == sorted(f"{sensor}-{k:05d}.png" for sensor in ("front", "roof") for k in range(13))
    assert size(driven / "pics" / "roof-00004.png") == (1080, 720)
    with Shard(driven / "e.h5") as shard:
        assert len(shard) == 12  # an interval a step
        frames = [shard.frame(k, ("rgb", "ego", "lidar")) for k in range(12)]
    for k in (0, 5, 11):  # what decision k + 1 saw is the step before it
        assert np.array_equal(png(driven / "pics" / f"front-{k + 1:05d}.png"), frames[k]["rgb"]["front"])
        assert frames[k]["timestamp_ns"] == k * 100_000_000
    # The ego is where it was driven.
    with h5py.File(driven / "out" / "shards" / "episodes-00001.h5") as f:
        assert f["episodes"]["episode"][:].tolist() == [1]
        first, count = (int(f["episodes"][name][0]) for name in ("step_first", "step_count"))
        way = np.stack([f["steps"][name][first : first + count] for name in ("x_m", "y_m")], 1)
    rear = np.array([frame["ego"]["pose"][:2] for frame in frames])
    assert count == 13 and np.ptp(np.linalg.norm(rear - way[:-1], axis=1)) < 0.05  # rear axle to middle


def test_one_sensor_alone_is_as_among_all(driven):
    # A sensor's number in the rig decides its noise.
    done = replay(driven, "--episode", 1, "--sensor", "front", "-o", driven / "front")
    assert done.returncode == 0, done.stderr
    done = replay(driven, "--episode", 1, "--sensor", "roof,back,front", "-o", driven / "all")
    assert done.returncode == 0, done.stderr
    for path in (driven / "front").iterdir():
        assert path.read_bytes() == (driven / "all" / path.name).read_bytes()
    seen = {path.read_bytes() for path in (driven / "front").iterdir()}
    assert len(seen) >= 12  # it moves


def test_strips_are_drawn(driven):
    done = replay(driven, "--strip", driven / "above.png", "--follow", driven / "behind.png")
    assert done.returncode == 0, done.stderr
    # What is on them is what tests/export/test_strip.c looks at.
    assert size(driven / "above.png")[0] == 1374 and size(driven / "behind.png")[0] == 1694


@pytest.mark.parametrize(
    "args, says",
    [
        (("--sensor", "nose", "-o", "x"), "no sensor 'nose' in the rig tiny; it has back, front, roof"),
        (("--sensor", "front,front", "-o", "x"), "the sensor 'front' is asked for twice"),
        (("--sensor", "front"), "--sensor: where to? Give -o DIR"),
        (("-o", "x"), "-o: which sensor's pictures? Give --sensor NAME"),
        (("--strip", "no/where.png"), "no/where.png"),
    ],
)
def test_what_cannot_be_shown_is_said(driven, args, says):
    done = replay(driven, *args)
    assert done.returncode in (1, 2) and says in done.stderr and done.stderr.count("\n") == 1
    assert not os.path.exists("x")
