# SPDX-License-Identifier: Apache-2.0
"""Small pictures of weathers, hours and lenses beside those in tests/data/golden.

After a change that is meant to be seen: ROADLOOM_UPDATE_GOLDEN=1 pytest tests/python/test_golden.py,
then look at what git says has changed. The means of 8 x 8 pixels are compared, as another CPU's rounding
moves single pixels (edges, grain) by much and the means of blocks hardly.
"""
import os
import pathlib
import struct
import zlib

import numpy as np
import pytest
from conftest import run
from read_png import decode

from roadloom import Dataset

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "data/golden"
NAMES = ("day", "rain", "snow", "fog", "night", "fisheye")
# Mean and greatest difference of blocks' means, of 255.
MEAN, MOST = 0.15, 4.0
SCRIPT = """
local kind = scene_number() + 1
local sky = { clear { time_of_day_h = 10 }, rain { rate_mmh = 10, time_of_day_h = 14 },
  snow { rate_mmh = 2, time_of_day_h = 12 }, fog { fog_visibility_m = 150, time_of_day_h = 9 }, night {},
  cloudy { time_of_day_h = 17 } }
local lens = kind == 6 and { lens = "kannala_brandt", fov_deg = 180 } or { fov_deg = 75 }
lens.name, lens.width_px, lens.height_px = "c", 160, 96
return scene { duration_s = 2, frame_hz = 0.5, road = straight { sidewalk_m = 2, length_m = 160 },
  weather = sky[kind], traffic = { vehicles = 4 }, pedestrians = { count = 4 },
  ego = { rig = { name = "golden", cameras = { lens } } } }
"""


def write_png(path, rgb):
    def part(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    high, wide = rgb.shape[:2]
    rows = np.zeros((high, 1 + 3 * wide), np.uint8)
    rows[:, 1:] = rgb.reshape(high, -1)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + part(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)) +
                     part(b"IDAT", zlib.compress(rows.tobytes(), 9)) + part(b"IEND", b""))


def read_png(path):
    return decode(path.read_bytes())


def apart(one, other):
    """Mean and greatest difference of the means of 8 x 8 pixels."""
    high, wide = one.shape[:2]
    blocks = [p.astype(float).reshape(high // 8, 8, wide // 8, 8, 3).mean((1, 3)) for p in (one, other)]
    off = np.abs(blocks[0] - blocks[1])
    return off.mean(), off.max()


def pictures(roadloom_bin, folder, script=SCRIPT, *options):
    (folder / "golden.lua").write_text(script)
    run(roadloom_bin, "generate", folder / "golden.lua", "-o", folder / "data", "--scenes", len(NAMES),
        "--seed", 1, *options)
    frames = Dataset(folder / "data", keys=["rgb"])
    made = {NAMES[int(f["scene"])]: f["rgb"]["c"] for f in frames}
    frames.close()
    assert sorted(made) == sorted(NAMES)
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory, roadloom_bin):
    return pictures(roadloom_bin, tmp_path_factory.mktemp("golden"))


def test_pictures_are_as_they_were(made):
    for name, rgb in made.items():
        path = GOLDEN / f"{name}.png"
        if os.environ.get("ROADLOOM_UPDATE_GOLDEN") == "1":
            GOLDEN.mkdir(parents=True, exist_ok=True)
            write_png(path, rgb)
        mean, most = apart(rgb, read_png(path))
        assert mean <= MEAN and most <= MOST, f"{name}: mean {mean:.3f}, most {most:.2f} of 255 off"


def test_rounding_passes(made):
    """A grey level up or down at random, and one pixel in 200 another one."""
    random = np.random.default_rng(1)
    for name, rgb in made.items():
        other = np.clip(rgb + random.integers(-1, 2, rgb.shape), 0, 255)
        for _ in range(rgb.shape[0] * rgb.shape[1] // 200):
            y, x = random.integers(1, rgb.shape[0]), random.integers(1, rgb.shape[1])
            other[y, x] = rgb[y - 1, x - 1]
        mean, most = apart(rgb, other)
        assert mean <= MEAN and most <= MOST, f"{name}: mean {mean:.3f}, most {most:.2f}"


def test_planted_faults_fail(made, tmp_path, roadloom_bin):
    """The sun 2 degrees on, rain and snow a third weaker, fog thinner, an evening for the night, a wider lens."""
    script = SCRIPT
    for old, new in (("time_of_day_h = 10 }", "time_of_day_h = 10.14 }"), ("rate_mmh = 10,", "rate_mmh = 6.5,"),
                     ("rate_mmh = 2,", "rate_mmh = 1.3,"), ("visibility_m = 150", "visibility_m = 190"),
                     ("night {}", "night { time_of_day_h = 20.5 }"), ("fov_deg = 180", "fov_deg = 182")):
        assert old in script
        script = script.replace(old, new)
    for name, rgb in pictures(roadloom_bin, tmp_path, script).items():
        mean, most = apart(rgb, read_png(GOLDEN / f"{name}.png"))
        print(name, mean, most)
        assert mean > MEAN or most > MOST, f"{name}: mean {mean:.3f}, most {most:.2f} pass"
