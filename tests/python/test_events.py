# SPDX-License-Identifier: Apache-2.0
"""Jobs of scripts whose actors behave: the same bytes on any number of ranks, errors with their
line, and warnings of what was waited for in vain."""
import hashlib
import json
import subprocess

import pytest

MPIRUN = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n"]

RIG = """rig = { name = "eye", cameras = { { name = "front", width_px = 64, height_px = 48 } } }"""

LEAD = """local lead = actor { speed_mps = uniform(8, 14), at = ahead(ego, uniform(20, 40)),
  behaviour = function(self)
    while true do
      self:wait(uniform(0.1, 0.4))
      self:set_speed { speed_mps = uniform(5, 15), accel_mps2 = 3, wait = false }
    end
  end }
local child = actor { kind = "pedestrian", age = "child",
  at = beside(ego, { ahead_m = 45, kerb_m = 4 }), behaviour = function(self)
    self:wait_until(function() return distance(ego, self) < %s end)
    self:cross_road(2)
  end }
return scene { road = straight { trees_per_km = 0, sidewalk_m = 2 }, duration_s = 1.5, frame_hz = 4,
  traffic = { vehicles = 2 }, pedestrians = { count = 2 }, actors = { lead, child },
  ego = { speed_mps = 13, %s } }
"""


def generate(roadloom_bin, folder, text, ranks=0, scenes=6):
    script = folder / "event.lua"
    script.write_text(text)
    line = [roadloom_bin, "generate", str(script), "--scenes", str(scenes), "--seed", "7",
            "-o", str(folder / "data")]
    return subprocess.run(([*MPIRUN, str(ranks)] if ranks else []) + line, capture_output=True,
                          text=True, timeout=300)


def shards(folder):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted((folder / "data" / "shards").glob("*.h5"))}


def test_any_number_of_ranks_makes_the_same_events(tmp_path, roadloom_bin):
    made = []
    for ranks in (0, 1, 3):
        folder = tmp_path / str(ranks)
        folder.mkdir()
        result = generate(roadloom_bin, folder, LEAD % (40, RIG), ranks)
        assert result.returncode == 0, result.stderr
        made.append(shards(folder))
    assert made[0] and made[0] == made[1] == made[2]


def test_an_error_in_a_behaviour_names_its_line(tmp_path, roadloom_bin):
    result = generate(roadloom_bin, tmp_path, LEAD.replace("self:cross_road(2)", "self:corss_road(2)")
                      % (99, RIG), scenes=1)
    assert result.returncode != 0
    assert "event.lua:11: corss_road: actors have no such word; did you mean \"cross_road\"?" in result.stderr


@pytest.mark.parametrize("ranks", [0, 2])
def test_waits_in_vain_are_told_once_with_their_count(tmp_path, roadloom_bin, ranks):
    result = generate(roadloom_bin, tmp_path, LEAD % (-1, RIG), ranks, scenes=4)
    assert result.returncode == 0, result.stderr
    told = "event.lua:10: still waited when the scene ended"
    assert result.stderr.count(told) == 1
    assert f"{told} (in 4 scenes)" in result.stderr
    report = json.loads((tmp_path / "data" / "report.json").read_text())
    assert report["waits"] == {told: 4}
    assert told in (tmp_path / "data" / "report.html").read_text()
