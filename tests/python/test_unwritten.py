# SPDX-License-Identifier: Apache-2.0
"""Data don't hang on memory that nobody has written: glibc fills what a process is given with one byte,
then with another (MALLOC_PERTURB_), and everything comes out alike, pictures, labels and points.
"""
import os
import re
import subprocess

# Pictures whose sides no tile divides, in rain by night and by day and in snow: mirrors, lamps, drops,
# every label, both presets, a rolling shutter, full electronics, and a lidar.
SCENE = """
return scene {
  road = straight { length_m = 160, lanes = 1, sidewalk_m = 2 }, duration_s = 0.2, frame_hz = 10,
  time_of_day_h = scene_number() == 0 and 22 or 10,
  weather = scene_number() == 2 and snow { rate_mmh = 2 } or rain { rate_mmh = 20 },
  traffic = { vehicles = 6 }, pedestrians = { count = 4 },
  ego = { rig = {
    cameras = { { width_px = 164, height_px = 92, labels = "all", exposure_s = 0.01,
                  preset = "quality", electronics = "simple", bounces = 1, paths = 2 },
                { width_px = 324, height_px = 190, labels = "all" },
                { width_px = 171, height_px = 99, labels = { "raw", "hdr" }, electronics = "full",
                  readout_s = 0.02, exposure = "auto", white_balance = "auto" } },
    lidars = { { elevations_deg = { -10, -5 }, azimuth_steps = 160 } } } } }
"""
# Memory begins as the complement: numbers of 3e38, and nothing but zeros.
FILLS = ("128", "255")


def test_what_memory_held_before_changes_nothing(roadloom_bin, tmp_path):
    (tmp_path / "wet.lua").write_text(SCENE)
    made = []
    for fill in FILLS:
        result = subprocess.run(
            [roadloom_bin, "generate", str(tmp_path / "wet.lua"), "--scenes", "3", "-o",
             str(tmp_path / fill)], capture_output=True, text=True, timeout=600,
            env=os.environ | {"MALLOC_PERTURB_": fill})
        assert result.returncode == 0, result.stderr[-2000:]
        made.append(re.search(r"root hash ([0-9a-f]{64})", result.stdout + result.stderr).group(1))
    assert made[0] == made[1], f"data hang on unwritten memory: {made[0]}, {made[1]}"
