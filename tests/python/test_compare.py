# SPDX-License-Identifier: Apache-2.0
"""roadloom compare and replay --scores: counted again from what the jobs wrote."""
import csv
import json
import math
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("ROADLOOM_BIN", str(ROOT / "build" / "test" / "roadloom"))
DIES = ROOT / "tests" / "data" / "policy_dies.py"
TOWN = ROOT / "scenes" / "library" / "town.lua"
pytestmark = pytest.mark.skipif(not os.path.exists(BIN), reason="ROADLOOM_BIN is not built")


def run(*args):
    return subprocess.run([BIN, *map(str, args)], capture_output=True, text=True, check=False)


def drive(out, policy, episodes, seed=4):
    done = run("drive", TOWN, "--policy", policy, "--episodes", episodes, "--seed", seed, "-o", out)
    assert done.returncode == 0, done.stderr
    return out


def rows(out):
    with open(out / "episodes.csv", newline="") as file:
        return {row["scene_hash"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    top = tmp_path_factory.mktemp("compare")
    return drive(top / "careful", "idm", 24), drive(top / "blind", "constant_velocity", 20)


def test_differences_are_those_of_pairs(jobs):
    done = run("compare", *jobs, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    a, b = map(rows, jobs)
    both = sorted(a.keys() & b.keys())
    assert told["policies"] == ["idm", "constant_velocity"]
    assert told["pairs"] == len(both) == 20 and told["without_the_other"] == [4, 0]
    for name, it in told["scores"].items():
        pairs = [(float(a[k][name]), float(b[k][name])) for k in both if a[k][name] and b[k][name]]
        pairs = np.array([p for p in pairs if all(map(math.isfinite, p))])
        assert it["pairs"] == len(pairs)
        first, second = pairs.mean(0)
        # The file has ten digits.
        assert it["first"] == pytest.approx(first, rel=1e-8, abs=1e-8)
        assert it["second"] == pytest.approx(second, rel=1e-8, abs=1e-8)
        assert it["difference"] == pytest.approx(first - second, rel=1e-7, abs=1e-8)
        # An interval of its own draws: the same but for their luck.
        gaps = pairs[:, 0] - pairs[:, 1]
        draws = np.random.default_rng(5).choice(gaps, (20000, len(gaps))).mean(1)
        low, high = np.quantile(draws, [0.025, 0.975])
        room = 0.25 * (high - low) + 1e-6
        assert abs(it["interval95"][0] - low) < room and abs(it["interval95"][1] - high) < room
    assert {"nuplan_like", "navsim.pdms", "carla.ds_2_1"} <= told["scores"].keys()
    crash = told["faults"]["crash_at_fault"]
    share = [np.mean([float(r[k]["contacts.at_fault"]) > 0 for k in both]) for r in (a, b)]
    assert crash["first"] == pytest.approx(share[0]) and crash["second"] == pytest.approx(share[1])
    assert share[1] > share[0]  # or nothing would be told apart
    assert told["scores"]["nuplan_like"]["interval95"][0] > 0


def test_the_table_says_the_same(jobs):
    table = run("compare", *jobs).stdout
    told = json.loads(run("compare", *jobs, "--json").stdout)
    row = next(line.split() for line in table.splitlines() if line.split()[:1] == ["nuplan_like"])
    it = told["scores"]["nuplan_like"]
    assert row[1:4] == [f"{it['first']:.3f}", f"{it['second']:.3f}", f"{it['difference']:+.3f}"]
    assert row[-1] == "*" and "20 pairs" in table


def test_turned_round_the_signs_change(jobs):
    there = json.loads(run("compare", *jobs, "--json").stdout)["scores"]
    back = json.loads(run("compare", *reversed(jobs), "--json").stdout)["scores"]
    for name, it in there.items():
        assert back[name]["difference"] == pytest.approx(-it["difference"], abs=1e-12)


def test_a_job_doesnt_differ_from_itself(jobs):
    told = json.loads(run("compare", jobs[1], jobs[1], "--json").stdout)
    for it in [*told["scores"].values(), *told["faults"].values()]:
        assert it["difference"] in (0, None) and it["interval95"] in ([0, 0], [None, None])


def test_policies_that_fail_are_left_out(jobs, tmp_path):
    broken = drive(tmp_path / "broken", f"{sys.executable} {DIES}", 4)
    told = json.loads(run("compare", jobs[0], broken, "--json").stdout)
    assert told["pairs"] == 0 and told["failed_pairs"] == 4
    assert all(it["difference"] is None for it in told["scores"].values())


def test_what_cant_be_compared_is_said(jobs, tmp_path):
    other = drive(tmp_path / "other", "idm", 2, seed=5)
    for args, code, says in [((jobs[0], other), 1, "no scene in common"), ((jobs[0],), 2, "which two?"),
                             ((jobs[0], tmp_path / "none"), 1, "none"), ((*jobs, other), 2, "is too many")]:
        done = run("compare", *args)
        assert done.returncode == code and says in done.stderr and not done.stdout


def test_frames_make_the_scores(jobs, tmp_path):
    found = rows(jobs[1])
    worst = min(found.values(), key=lambda r: float(r["nuplan_like"]))
    file = tmp_path / "frames.csv"
    done = run("replay", jobs[1], "--episode", worst["episode"], "--scores", file)
    assert done.returncode == 0, done.stderr
    with open(file, newline="") as lines:
        frames = list(csv.DictReader(lines))
    column = {name: [row[name] for row in frames] for name in frames[0]}
    numbers = {name: np.array([float(x) if x else np.nan for x in values])
               for name, values in column.items() if name != "carla.infractions"}
    assert float(worst["contacts.at_fault"]) > 0
    assert numbers["at_fault"].sum() > 0 and numbers["contacts"].max() > 0
    assert len(frames) == round(float(worst["seconds"]) / 0.1) + 1
    assert numbers["time_s"][-1] == pytest.approx(float(worst["seconds"]))
    assert np.nanmin(numbers["criticality.ttc_s"]) == pytest.approx(float(worst["criticality.ttc_s"]))
    assert np.nanmax(numbers["criticality.drac_mps2"]) == pytest.approx(float(worst["criticality.drac_mps2"]))
    assert (numbers["outside_m"].max() >= 0.3) == (float(worst["nuplan_like.dac"]) < 1)
    began = " ".join(column["carla.infractions"]).split()
    assert began.count("red_light") == float(worst["carla.red_light"])
    refused = run("replay", jobs[1], "--scores", tmp_path / "no" / "x.csv")
    assert refused.returncode != 0 and len(refused.stderr.strip().splitlines()) == 1
