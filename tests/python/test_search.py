# SPDX-License-Identifier: Apache-2.0
"""`roadloom drive --search`: rounds that learn from each other, on any number of ranks, after a kill and in
a replay; estimates apart from finds."""
import json
import subprocess
import sys

import numpy as np
import pytest
from test_drive import BIN, ROOT, drive, files, rows

SCRIPT = ROOT / "tests" / "data" / "search.lua"
EPISODES = 160


def search(out, kind, **kw):
    kw = {"policy": "constant_velocity", "episodes": EPISODES, "scripts": (SCRIPT,), **kw}
    result = drive(out, "--search", kind, **kw)
    return out, result


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """{kind: its folder}"""
    folder = tmp_path_factory.mktemp("search")
    out = {}
    for kind in ("random", "importance", "cem"):
        out[kind], result = search(folder / kind, kind)
        assert result.returncode == 0, result.stderr
    return out


def report(folder):
    said = json.loads((folder / "report.json").read_text())["search"]
    return said, said["scripts"]["search.lua"]


def at_fault(row):
    return float(row["contacts.at_fault"]) > 0


def test_a_search_finds_more_than_chance(found):
    counts = {kind: sum(map(at_fault, rows(folder))) for kind, folder in found.items()}
    assert counts["cem"] > 1.5 * counts["random"] and counts["importance"] > 1.2 * counts["random"], counts
    last = [at_fault(row) for row in rows(found["cem"]) if row["search.round"] == "7"]
    assert len(last) == EPISODES // 8 and np.mean(last) > 0.5


def test_the_estimate_is_of_the_scripts_own_odds(found):
    _, counted = report(found["random"])
    _, weighed = report(found["importance"])
    _, finds = report(found["cem"])
    assert finds["estimate"] is None  # a search for finds says nothing of how many there are
    n = [row for row in rows(found["importance"]) if int(row["search.round"]) >= 4]
    by_hand = sum(float(row["search.weight"]) * at_fault(row) for row in n) / len(n)
    assert weighed["estimate"]["rate"] == pytest.approx(by_hand, rel=1e-9)
    assert weighed["estimate"]["policy_failed"] == 0
    assert weighed["estimate"]["unbiased"] and weighed["estimate"]["episodes"] == EPISODES // 2
    assert 1 < weighed["estimate"]["effective_episodes"] < EPISODES // 2
    low, high = weighed["estimate"]["interval95"]
    assert low < counted["estimate"]["rate"] < high
    assert np.mean([at_fault(row) for row in n]) > high  # without weights it would be far off
    assert counted["estimate"]["rate"] == np.mean([at_fault(row) for row in rows(found["random"])])


@pytest.mark.parametrize("ranks", [2, 3])
def test_ranks_search_alike(found, tmp_path, ranks):
    out, result = search(tmp_path / "data", "cem", ranks=ranks)
    assert result.returncode == 0, result.stderr
    assert files(out) == files(found["cem"])


@pytest.mark.parametrize("step", ["reported:9", "renamed:17"])
def test_what_is_killed_goes_on_searching(found, tmp_path, step):
    out, result = search(tmp_path / "data", "cem", env={"ROADLOOM_TEST_KILL": step})
    assert result.returncode != 0
    _, result = search(tmp_path / "data", "cem")
    assert result.returncode == 0 and files(out) == files(found["cem"])


def test_where_the_policy_breaks_down_nobody_knows(found, tmp_path):
    """One that drives on but answers nonsense just before it would crash."""
    policy = tmp_path / "blind.py"
    policy.write_text("""
from roadloom.policy import serve

def decide(seen, action):
    now = seen["agents"][:seen["agent_count"]]["history"][:, 0]
    gaps = [a["x_m"] for a in now if a["x_m"] > 0 and abs(a["y_m"]) < 2]
    action["kind"] = 2
    action["accel_mps2"] = float("nan") if gaps and min(gaps) < 12 else 0.0

serve(decide)
""")
    out, result = search(tmp_path / "data", "random", policy=f"{sys.executable} {policy}", episodes=60)
    assert result.returncode == 0, result.stderr
    _, said = report(out)
    broke_down = sum(row["failed"] == "1" for row in rows(out))
    estimate = said["estimate"]
    assert 3 < broke_down == estimate["policy_failed"] and not estimate["unbiased"]
    assert estimate["rate"] == 0 and estimate["interval95"][1] > broke_down / 60
    assert f"In {broke_down} of them the policy broke down" in (out / "report.html").read_text()


def test_finds_are_driven_again_bit_for_bit(found):
    _, said = report(found["cem"])
    late = [find for find in said["finds"] if find["round"] > 2]
    assert late and all(find["failed"] for find in late)
    for find in late[:2]:
        result = subprocess.run([BIN, "replay", found["cem"], "--episode", str(find["episode"])], text=True,
                                capture_output=True, timeout=300)
        assert result.returncode == 0 and "each state as recorded; ended by crash" in result.stdout, result


def test_the_page_tells_finds_and_estimate_apart(found):
    page = (found["importance"] / "report.html").read_text()
    assert "By the script's own odds" in page and "without bias" in page and "roadloom replay . --episode" in page
    assert "says nothing of how often they are" in (found["cem"] / "report.html").read_text()


@pytest.mark.parametrize("kind, episodes, says", [
    ("luck", 160, "--search: 'luck' should be random, importance or cem"),
    ("cem", 100, "--episodes: 100 don't make the 8 rounds of --search cem; 104 do"),
    ("importance", 8, "8 don't make the 8 rounds of --search importance; 80 do"),
])
def test_what_cant_be_is_one_clear_line(tmp_path, kind, episodes, says):
    out, result = search(tmp_path / "data", kind, episodes=episodes)
    assert result.returncode != 0 and says in result.stderr and not out.exists()
    assert len(result.stderr.splitlines()) == 1

