# SPDX-License-Identifier: Apache-2.0
"""Cameras with full electronics, from the script to the reader."""
import os
import subprocess

import numpy as np
import pytest
from conftest import run

from roadloom import Dataset, bayer_colors, develop

SCRIPT = """
local function cam(t)
  t.width_px, t.height_px, t.fov_deg, t.electronics = 160, 96, 80, "full"
  return t
end
return scene { duration_s = 0.4, road = straight { sidewalk_m = 2 }, traffic = { vehicles_per_km = 10 },
  time_of_day_h = 13, weather = cloudy {},
  ego = { rig = { name = "e", cameras = {
    cam { name = "plain", labels = { "raw", "hdr" }, glare = 0, psf_px = 0, vignetting = "none",
          read_noise_e = 0, dsnu_e = 0, prnu = 0 },
    cam { name = "auto", exposure = "auto", white_balance = "auto", exposure_ev = -1, labels = "none" },
    { name = "simple", width_px = 160, height_px = 96, fov_deg = 80,
      labels = { "depth", "semantic", "instance", "hdr" } },
    { name = "quality", width_px = 160, height_px = 96, fov_deg = 80, preset = "quality",
      labels = { "depth", "semantic", "instance", "hdr" } },
    { name = "guessed", width_px = 160, height_px = 96, fov_deg = 80, preset = "quality", bounces = 0,
      labels = { "depth", "semantic", "instance", "hdr" } } } } } }
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory, roadloom_bin):
    folder = tmp_path_factory.mktemp("electronics")
    (folder / "e.lua").write_text(SCRIPT)
    run(roadloom_bin, "generate", folder / "e.lua", "-o", folder / "one", "--scenes", 2)
    return folder


def test_raw_developed_is_the_light_in_front_of_the_lens(made):
    data = Dataset(made / "one")
    frame = data[0]
    raw, hdr = frame["raw"]["plain"], frame["hdr"]["plain"]
    calib, shot = frame["calibration"]["plain"], frame["shots"]["plain"]
    assert raw.dtype == np.uint16 and raw.max() <= 4095 and hdr.dtype == np.float32
    light = develop(raw, calib, shot)
    bright = np.array([0.2126, 0.7152, 0.0722])
    full = np.zeros(raw.shape, bool)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            full |= np.roll(raw, (dy, dx), (0, 1)) > 3900
    blocks = [(y, x) for y in range(0, 96, 8) for x in range(0, 160, 8)
              if not full[y:y + 8, x:x + 8].any()
              and hdr[y:y + 8, x:x + 8].std() < 0.1 * hdr[y:y + 8, x:x + 8].mean()]
    assert len(blocks) > 40
    ratio = np.array([(light[y + 1:y + 7, x + 1:x + 7] @ bright).mean() /
                      (hdr[y + 1:y + 7, x + 1:x + 7] @ bright).mean() for y, x in blocks])
    assert abs(np.median(ratio) - 1) < 0.01
    assert np.quantile(np.abs(ratio - 1), 0.9) < 0.05


def test_shots_and_calibration_say_how_raw_was_made(made):
    frame = Dataset(made / "one")[0]
    assert set(frame["shots"]) == {"plain", "auto", "quality", "guessed"} and set(frame["raw"]) == {"plain"}
    assert set(frame["hdr"]) == {"plain", "simple", "quality", "guessed"}
    calib, shot = frame["calibration"]["plain"], frame["shots"]["plain"]
    assert calib["electronics"] == 1 and frame["calibration"]["simple"]["electronics"] == 0
    assert shot["system_gain"] == pytest.approx(
        (4095 - calib["black_level"]) / calib["full_well_e"] * shot["gain"])
    assert bayer_colors(calib, 2, 2).tolist() == [[0, 1], [1, 2]]


def test_exposure_in_stops_is_what_was_asked_for(made):
    frame = Dataset(made / "one", keys=["rgb", "shots"])[0]
    mean = {n: float(frame["rgb"][n].mean()) for n in ("plain", "auto")}
    assert 20 < mean["auto"] < mean["plain"] < 220


def test_quality_smooths_the_picture_and_leaves_its_labels(made):
    frame = Dataset(made / "one")[0]
    for key in ("depth", "semantic", "instance"):
        assert np.array_equal(frame[key]["simple"], frame[key]["quality"])
        assert np.array_equal(frame[key]["simple"], frame[key]["guessed"])
    plain, guessed, bounced = (np.minimum(frame["hdr"][n] @ np.array([0.2126, 0.7152, 0.0722]), 3e4)
                               for n in ("simple", "guessed", "quality"))
    rows = frame["semantic"]["simple"] != 11  # the sky's edges and the sun aside
    assert abs(guessed[rows].mean() / plain[rows].mean() - 1) < 0.04
    for fine in (guessed, bounced):
        step = [np.abs(np.diff(np.log(a + 1), axis=1))[rows[:, 1:]].mean() for a in (plain, fine)]
        assert step[1] < 0.97 * step[0], step
    # What bounces is about what the preset fast guesses, and another light; the sky stays.
    assert abs(bounced[rows].mean() / guessed[rows].mean() - 1) < 0.2
    assert np.abs(np.log((bounced[rows] + 1) / (guessed[rows] + 1))).mean() > 0.01
    sky = ~rows & (np.arange(96)[:, None] < 8)
    assert sky.any() and abs(bounced[sky].mean() / guessed[sky].mean() - 1) < 0.01


def test_samples_of_a_pixel_look_at_a_wet_road_each_in_its_own_way(tmp_path, roadloom_bin):
    """One mirror ray a pixel is grain; sixteen of one pixel are its mean, unless all go one way."""
    (tmp_path / "wet.lua").write_text("""
local function eye(name, preset)
  return { name = name, width_px = 160, height_px = 96, electronics = "simple", preset = preset,
    bounces = preset and 0, labels = { "standard", "hdr" } }
end
return scene { duration_s = 0.5, frame_hz = 2, time_of_day_h = 18.2,
  road = straight { length_m = 200, sidewalk_m = 2, building_height_m = 14 }, traffic = { vehicles = 0 },
  weather = clear { wetness = 1, water_film_mm = 0.3 },
  ego = { speed_mps = 0, rig = { cameras = { eye("one"), eye("many", "quality") }, lidars = {} } } }
""")
    run(roadloom_bin, "generate", tmp_path / "wet.lua", "-o", tmp_path / "data")
    frame = next(iter(Dataset(tmp_path / "data", keys=["hdr", "semantic"])))
    grain = []
    for name in ("one", "many"):
        light = np.log(np.float64(frame["hdr"][name]).mean(-1) + 1)
        road = frame["semantic"][name] == 1
        inside = road[1:-1, 1:-1] & road[:-2, 1:-1] & road[2:, 1:-1] & road[1:-1, :-2] & road[1:-1, 2:]
        around = (light[:-2, 1:-1] + light[2:, 1:-1] + light[1:-1, :-2] + light[1:-1, 2:]) / 4
        grain.append(np.abs(light[1:-1, 1:-1] - around)[inside].mean())
        assert inside.sum() > 1000
    assert grain[1] < 0.45 * grain[0], grain


def test_pictures_are_the_same_on_any_number_of_ranks(made, roadloom_bin):
    def images(folder):
        return [{k: {n: v.copy() for n, v in f[k].items()} for k in ("rgb", "raw", "hdr")}
                for f in Dataset(folder, keys=["rgb", "raw", "hdr"])]

    run("mpirun", "-n", 2, "--oversubscribe", roadloom_bin, "generate", made / "e.lua", "-o",
        made / "two", "--scenes", 2)
    one, two = images(made / "one"), images(made / "two")
    assert len(one) == len(two) == 8
    for a, b in zip(one, two):
        for key in a:
            for name in a[key]:
                assert np.array_equal(a[key][name], b[key][name])


def test_bounced_light_is_the_same_in_bands_of_rows(tmp_path, roadloom_bin):
    (tmp_path / "b.lua").write_text("""
return scene { duration_s = 0.5, frame_hz = 2, road = straight { length_m = 200, sidewalk_m = 2 },
  traffic = { vehicles_per_km = 40 }, time_of_day_h = 21.5, ego = { rig = { cameras = { {
    name = "eye", width_px = 140, height_px = 430, preset = "quality", electronics = "simple",
    labels = { "hdr", "albedo" }, paths = 2, fx_px = 110 } } } } }
""")
    made = {}
    for mib in ("100000", "148"):
        result = subprocess.run([roadloom_bin, "generate", tmp_path / "b.lua", "-o", tmp_path / mib], text=True,
                                capture_output=True, timeout=300,
                                env={**os.environ, "ROADLOOM_DEVICE_MEMORY_MIB": mib})
        assert result.returncode == 0, result.stderr
        assert ("in bands of" in result.stderr) == (mib == "148"), result.stderr
        made[mib] = next((tmp_path / mib).rglob("*.h5")).read_bytes()
    assert made["148"] == made["100000"]
