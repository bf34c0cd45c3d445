# SPDX-License-Identifier: Apache-2.0
"""The library's suites: each builds, what it promises happens, and policies rank on it as they must."""
import collections
import csv
import json
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("ROADLOOM_BIN", str(ROOT / "build" / "test" / "roadloom"))
LIBRARY = ROOT / "scenes" / "library"
SUITES = LIBRARY / "suites"
CASES = {"ncap": 158, "r157": 222, "nhtsa": 50, "carla38": 64}

pytestmark = pytest.mark.skipif(not os.path.exists(BIN), reason="ROADLOOM_BIN is not built")


def drive(out, scripts, policy, episodes, *more, reference="none"):
    line = [BIN, "drive", *map(str, scripts), "--policy", str(policy), "--episodes", str(episodes),
            "--reference", reference, "-o", str(out), *more]
    result = subprocess.run(line, capture_output=True, text=True, timeout=1500)
    assert result.returncode == 0, result.stderr
    with open(out / "episodes.csv", newline="") as f:
        return list(csv.DictReader(f)), json.loads((out / "report.json").read_text())


@pytest.mark.parametrize("suite", CASES)
def test_a_suite_goes_through_its_cases_once(tmp_path, suite):
    """An ego that keeps its speed and heading: what the protocol's geometry says happens to it."""
    text, n = (SUITES / f"{suite}.lua").read_text(), CASES[suite]
    assert f"{n} cases" in text
    found, report = drive(tmp_path / "data", [SUITES / f"{suite}.lua"], "constant_velocity", n)
    names = re.findall(r'^  { "(\w+)"', text, re.M)
    assert [name for name in dict.fromkeys(r["scenario"] for r in found)] == names  # in the order of cases
    ends = collections.defaultdict(list)
    for row in found:
        ends[row["scenario"]].append((row["end"], float(row["contacts.at_fault"])))
    assert {name: len(rows) for name, rows in ends.items()} == {
        name: part["episodes"] for name, part in report["by"]["scenario"].items()}
    # From behind it is the ego's fault, in every case of the grid; who steps before it is met, too.
    behind = {"ccrs", "ccrm", "ccrb", "cpla", "cbla", "cpla_fast", "cbla_fast", "r157_cut_out", "r157_braking",
              "lead_vehicle_moving", "lead_vehicle_decelerating", "lead_vehicle_stopped", "Accident", "AccidentTwoWays",
              "ConstructionObstacleTwoWays", "HardBreakRoute", "HazardAtSideLane", "HazardAtSideLaneTwoWays",
              "HighwayCutIn", "ParkedObstacle", "ParkedObstacleTwoWays"}
    beside = {"cpna", "cpfa", "cpnco", "cbna", "running_red_light", "pedestrian_no_maneuver",
              "pedestrian_obstructed", "pedalcyclist_no_maneuver", "vehicle_opposite_no_maneuver",
              "OppositeVehicleRunningRedLight", "OppositeVehicleTakingPriority", "ParkingCrossingPedestrian",
              "PedestrianCrossing", "VehicleOpensDoorTwoWays"}
    for name, rows in ends.items():
        if name in behind:
            assert all(row == ("crash", 1) for row in rows), (name, rows)
        if name in beside:
            assert all(end == "crash" for end, _ in rows), (name, rows)
    # Who turns needs to steer: one that goes straight on meets nobody.
    for name in ("ccftap", "left_turn_across_path_opposite"):
        assert all(end == "time" for end, _ in ends.get(name, []))
    assert len({row["scene_hash"] for row in found}) == n


# The scenario types of the training routes of CARLA's leaderboard 2.0, as its scenario runner names them.
CARLA = """Accident AccidentTwoWays BlockedIntersection ConstructionObstacle ConstructionObstacleTwoWays ControlLoss
CrossingBicycleFlow DynamicObjectCrossing EnterActorFlow EnterActorFlowV2 HardBreakRoute HazardAtSideLane
HazardAtSideLaneTwoWays HighwayCutIn HighwayExit InterurbanActorFlow InterurbanAdvancedActorFlow InvadingTurn
MergerIntoSlowTraffic MergerIntoSlowTrafficV2 NonSignalizedJunctionLeftTurn NonSignalizedJunctionRightTurn
OppositeVehicleRunningRedLight OppositeVehicleTakingPriority ParkedObstacle ParkedObstacleTwoWays
ParkingCrossingPedestrian ParkingCutIn ParkingExit PedestrianCrossing PriorityAtJunction SignalizedJunctionLeftTurn
SignalizedJunctionRightTurn StaticCutIn VehicleOpensDoorTwoWays VehicleTurningRoute VehicleTurningRoutePedestrian
YieldToEmergencyVehicle""".split()


def test_carlas_38_types_are_driven_by_one_that_looks_out(tmp_path):
    """It gets by, or stands before what blocks its lane; it crashes only where there is ice, which it doesn't mind, or next to no way to brake."""
    assert len(set(CARLA)) == 38
    found, _ = drive(tmp_path / "data", [SUITES / "carla38.lua"], "pdm_closed", CASES["carla38"])
    assert list(dict.fromkeys(r["scenario"] for r in found)) == CARLA
    assert all(r["failed"] == "0" for r in found)
    crashes = [r["scenario"] for r in found if r["end"] == "crash"]
    assert len(crashes) <= 6 and set(crashes) <= {"ControlLoss", "HardBreakRoute", "InvadingTurn", "ParkingCutIn"}, crashes
    ways = collections.defaultdict(list)
    for row in found:
        ways[row["scenario"]].append((row["end"], float(row["seconds"]), float(row["way_m"])))
    # What blocks a lane holds up one that keeps to it: it drives up to there and is still there at the end.
    for name in ("Accident", "AccidentTwoWays", "BlockedIntersection", "ConstructionObstacleTwoWays", "ParkedObstacle",
                 "ParkedObstacleTwoWays"):
        assert all(end == "time" and way > 40 for end, _, way in ways[name]), (name, ways[name])
    # Slow cyclists don't, but they cost time; so do flows that go first, and a red light.
    for name in ("HazardAtSideLane", "HazardAtSideLaneTwoWays"):
        assert all(way > 100 for _, _, way in ways[name]), (name, ways[name])
    for name in ("EnterActorFlow", "EnterActorFlowV2", "NonSignalizedJunctionLeftTurn", "SignalizedJunctionLeftTurn",
                 "SignalizedJunctionRightTurn", "InterurbanActorFlow", "InterurbanAdvancedActorFlow"):
        assert all(way / seconds < 10 and way > 60 for _, seconds, way in ways[name]), (name, ways[name])


def test_the_numbers_of_the_grid_are_driven(tmp_path):
    """CCRs: the change of velocity in the impact is half of the case's speed, both cars alike."""
    found, _ = drive(tmp_path / "data", [SUITES / "ncap.lua"], "constant_velocity", 40)
    for k, row in enumerate(found):
        speed = (10 + 10 * (k % 8)) / 3.6
        assert row["scenario"] == "ccrs"
        assert float(row["criticality.delta_v_mps"]) == pytest.approx(speed / 2, rel=1e-3), k


def test_a_suite_begins_again_after_its_last_case(tmp_path):
    script = tmp_path / "mine.lua"
    (tmp_path / "suite.lua").write_text((SUITES / "suite.lua").read_text())
    script.write_text("""local suite = require "suite"
return suite.of {
  { "one", require "ccrs", seconds = 1, ego_kmh = { 20, 40 }, overlap = { 1, 0.5 } },
  { "two", require "r157_braking", seconds = 2, ego_kmh = { 30 } },
}
""")
    found, _ = drive(tmp_path / "data", [script], "constant_velocity", 10)
    assert [r["scenario"] for r in found] == (["one"] * 4 + ["two"]) * 2
    way = [float(r["way_m"]) for r in found]
    for k in (0, 2):
        assert way[k] == pytest.approx(20 / 3.6, rel=1e-3) and way[k + 1] == pytest.approx(40 / 3.6, rel=1e-3)
    assert way[5:9] == pytest.approx(way[:4])
    assert found[9]["scene_hash"] != found[4]["scene_hash"]  # what no grid gives is drawn anew


def test_random_town_mixes_places_and_weathers(tmp_path):
    _, report = drive(tmp_path / "data", [SUITES / "random_town.lua"], "constant_velocity", 24,
                      "--duration-s", "0.5")
    assert set(report["by"]["scenario"]) == {"town", "grid_city", "intersection", "roundabout"}
    assert len(report["by"]["weather"]) >= 3


def rank(tmp_path, each):
    reckless = tmp_path / "reckless.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-I", ROOT / "include",
                    ROOT / "tests" / "data" / "policy_reckless.c", "-o", reckless], check=True)
    scripts = [SUITES / "random_town.lua", SUITES / "ncap.lua", LIBRARY / "highway.lua", LIBRARY / "rural.lua"]
    table = {}
    for policy in ("pdm_closed", "idm", "constant_velocity", reckless):
        name = pathlib.Path(policy).stem
        _, report = drive(tmp_path / name, scripts, policy, each, "--set", "duration_s=10",
                          reference="pdm_closed")
        assert report["policy_failed"]["count"] == 0 and report["episodes"] == 4 * each
        table[name] = report
    return table


def bounds(report, name):
    low, high = report["scores"][name]["bootstrap95"]
    return low, report["scores"][name]["mean"], high


def check_ranks(table):
    """Intervals that don't touch: drivers before one that looks at nobody, and that before a bad one."""
    for score in ("nuplan_like", "navsim.pdms"):
        of = {name: bounds(report, score) for name, report in table.items()}
        print(score, of)
        for better in ("pdm_closed", "idm"):
            assert of[better][0] > of["constant_velocity"][2], (score, of)
        assert of["constant_velocity"][1] > of["reckless"][1], (score, of)
        assert of["pdm_closed"][1] > of["idm"][1], (score, of)
    of = {name: bounds(report, "carla.ds_2_1") for name, report in table.items()}
    assert of["constant_velocity"][0] > of["reckless"][2], of
    crashes = {name: report["faults"]["crash_at_fault"] for name, report in table.items()}
    assert crashes["pdm_closed"]["wilson95"][1] < crashes["constant_velocity"]["wilson95"][0], crashes


def test_policies_rank_as_they_must(tmp_path):
    check_ranks(rank(tmp_path, 8))


@pytest.mark.slow
def test_policies_rank_as_they_must_in_200_scenes(tmp_path):
    table = rank(tmp_path, 50)
    check_ranks(table)
    of = {name: bounds(report, "nuplan_like") for name, report in table.items()}
    assert of["constant_velocity"][0] > of["reckless"][2], of
