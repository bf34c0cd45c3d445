# SPDX-License-Identifier: Apache-2.0
"""Every kernel run by Oclgrind, an interpreter that checks each access: none reads or writes
outside its arrays, no two work-items race.

It finds what PoCL doesn't: there a read beyond an array is a read of the next one.
"""
import os
import shutil
import subprocess

import pytest

# A picture whose sides no tile divides, with every label and bounced light; lamps, rain and
# mirrors; a lidar.
SCENE = """
return scene {
  road = straight { length_m = 100, lanes = 1 }, duration_s = 0.1, frame_hz = 10,
  time_of_day_h = 22, weather = rain { rate_mmh = 20 },
  traffic = { vehicles = 2 }, pedestrians = { count = 1 },
  ego = { rig = {
    cameras = { { width_px = 20, height_px = 16, labels = "all", exposure_s = 0.01,
                  preset = "quality", electronics = "simple", bounces = 1, paths = 2 },
                { width_px = 17, height_px = 19, labels = { "raw", "hdr" }, electronics = "full",
                  exposure = "auto", white_balance = "auto" } },
    lidars = { { elevations_deg = { -10, -5 }, azimuth_steps = 16 } } } } }
"""
# Without optimisation Clang keeps to instructions that the interpreter knows.
OPTIONS = "-cl-opt-disable -DNO_PREFETCH -DNO_REDUCE"


def findings(roadloom_bin, folder, paths_of):
    if not shutil.which("oclgrind"):
        pytest.fail("oclgrind isn't there; tools/install tools/packages-test.txt brings it")
    script, log = folder / "tiny.lua", folder / "oclgrind.log"
    script.write_text(SCENE)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ROADLOOM_AS_")}
    result = subprocess.run(
        ["oclgrind", "--build-options", OPTIONS, "--data-races", "--log", str(log),
         roadloom_bin, "generate", str(script), "--scenes", "1", "-o", str(folder / "out")],
        capture_output=True, text=True, timeout=1800,
        env=environment | {f"ROADLOOM_AS_{paths_of}": "1", "ROADLOOM_HANG_S": "1700"})
    assert result.returncode == 0, result.stderr[-2000:]
    assert "1 of 1 shards" in result.stdout + result.stderr
    return log.read_text()


def test_kernels_for_processors_stay_within_their_arrays(roadloom_bin, tmp_path):
    assert findings(roadloom_bin, tmp_path, "CPU") == ""


@pytest.mark.slow
def test_kernels_for_accelerators_stay_within_their_arrays(roadloom_bin, tmp_path):
    assert findings(roadloom_bin, tmp_path, "GPU") == ""
