# SPDX-License-Identifier: Apache-2.0
"""report.json and report.html against episodes.csv: every number counted again from the rows."""
import base64
import csv
import html.parser
import json
import math
import os
import pathlib
import re
import subprocess
import sys

import h5py
import numpy as np
import pytest
from read_png import decode

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("ROADLOOM_BIN", str(ROOT / "build" / "test" / "roadloom"))
SUITE = ROOT / "scenes" / "library" / "suites" / "carla38.lua"
PLACES = ROOT / "scenes" / "library" / "suites" / "random_town.lua"
EPISODES = 26  # of either script
SHOWN = ("nuplan_like", "navsim.pdms", "carla.ds_2_1")
FAULTS = {  # of a row of scores, and what the page says
    "crash_at_fault": ("had a collision that was its fault", lambda r: r["contacts.at_fault"] > 0),
    "crash_not_at_fault": ("had collisions, none of them its fault",
                           lambda r: r["contacts"] > 0 and not r["contacts.at_fault"] > 0),
    "hit_pedestrian": ("hit somebody on foot", lambda r: r["carla.collisions_pedestrian"] > 0),
    "hit_vehicle": ("hit a vehicle", lambda r: r["carla.collisions_vehicle"] > 0),
    "hit_layout": ("hit something solid", lambda r: r["carla.collisions_layout"] > 0),
    "red_light": ("ran a red light", lambda r: r["carla.red_light"] > 0),
    "stop_sign": ("ran a stop sign", lambda r: r["carla.stop_infraction"] > 0),
    "emergency_vehicle": ("didn't let an emergency vehicle by", lambda r: r["carla.yield_emergency_vehicle"] > 0),
    "off_drivable": ("left the drivable area", lambda r: r["nuplan_like.dac"] < 1),
    "wrong_way": ("drove against its lane", lambda r: r["nuplan_like.ddc"] < 1),
    "close_call": ("came within 0.95 s of a collision", lambda r: r["nuplan_like.ttc"] < 1),
    "uncomfortable": ("braked, turned or jerked beyond comfort", lambda r: r["nuplan_like.c"] < 1),
}

pytestmark = pytest.mark.skipif(not os.path.exists(BIN), reason="ROADLOOM_BIN is not built")


class Tables(html.parser.HTMLParser):
    """The page's tables by the heading or summary before them: lists of rows of cells."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.heading, self.into = {}, "", None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag in ("h2", "summary"):
            self.heading, self.into = "", "heading"
        elif tag == "table":
            self.tables.setdefault(self.heading, []).append([])
        elif tag == "tr":
            self.tables[self.heading][-1].append([])
        elif tag in ("td", "th"):
            self.tables[self.heading][-1][-1].append("")
            self.into = "cell"
        elif tag == "svg":
            self.into = None
        elif tag == "small" and self.into == "cell":
            self.tables[self.heading][-1][-1][-1] += "|"

    def handle_endtag(self, tag):
        if tag in ("h2", "summary", "td", "th", "svg"):
            self.into = None

    def handle_data(self, data):
        if self.into == "heading":
            self.heading += data
        elif self.into == "cell":
            self.tables[self.heading][-1][-1][-1] += data

    def rows(self, heading):
        (table,) = self.tables[heading]
        return table[1:]  # without its head


def wilson(hits, n, z=1.959963984540054):
    p, square = hits / n, z * z
    middle = (p + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * math.sqrt(p * (1 - p) / n + square / (4 * n * n))
    return middle - half, middle + half


def number(text):
    try:
        return float(text)
    except ValueError:
        return text if text else math.nan


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    out = tmp_path_factory.mktemp("report") / "data"
    line = [BIN, "drive", str(SUITE), str(PLACES), "--policy", "constant_velocity", "--episodes", str(EPISODES),
            "--duration-s", "8", "-o", str(out)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    with open(out / "episodes.csv", newline="") as f:
        found = [{key: number(value) for key, value in row.items()} for row in csv.DictReader(f)]
    return found, json.loads((out / "report.json").read_text()), Tables((out / "report.html").read_text()), \
        (out / "report.html").read_text()


def scores_of(found):
    names = list(found[0])
    return names[names.index("nuplan_like"):]


def values(found, name):
    return np.array([r[name] for r in found if r["failed"] == 0 and math.isfinite(r[name])])


def close(value, wanted):
    """As JSON has it, with ten digits."""
    assert value == pytest.approx(wanted, rel=1e-8, abs=1e-9)


def check_part(part, mine):
    """One set of sums of report.json, of the rows that it is about."""
    sane = [r for r in mine if r["failed"] == 0]
    assert part["episodes"] == len(mine) and part["policy_failed"]["count"] == len(mine) - len(sane)
    assert part["truncated"] == sum(r["truncated"] for r in mine)
    close(part["seconds"], sum(r["seconds"] for r in mine))
    close(part["way_m"], sum(r["way_m"] for r in mine))
    close(part["mean_progress"], np.mean([min(1, max(0, r["progress_m"] / r["goal_m"])) for r in sane]))
    for end, rate in part["ends"].items():
        assert rate["count"] == sum(r["end"] == end for r in mine) and rate["of"] == len(mine)
    for name, (_, is_fault) in FAULTS.items():
        rate, hits = part["faults"][name], sum(bool(is_fault(r)) for r in sane)
        assert (rate["count"], rate["of"]) == (hits, len(sane)), name
        close(rate["rate"], hits / len(sane))
        low, high = wilson(hits, len(sane))
        assert rate["wilson95"] == pytest.approx([max(0, low), min(1, high)], abs=1e-8), name
    for name in scores_of(mine):
        of = values(mine, name)
        if not len(of):
            assert part["scores"].get(name) is None, name
            continue
        score = part["scores"][name]
        assert score["values"] == len(of), name
        close(score["mean"], of.mean())
        assert score["sd"] == pytest.approx(of.std(ddof=1) if len(of) > 1 else 0, rel=1e-5, abs=1e-6), name
        if "bootstrap95" in score:
            low, high = score["bootstrap95"]
            # The middle 95 % of means of resamples: within what the normal distribution says, roughly.
            half = 1.96 * of.std() / math.sqrt(len(of))
            assert of.min() <= low <= of.mean() <= high <= of.max()
            if len(of) >= 20 and half > 0:
                assert 0.7 * half < of.mean() - low < 1.4 * half and 0.7 * half < high - of.mean() < 1.4 * half, name


def test_all_numbers_of_the_report_are_those_of_its_rows(job):
    found, report, _, _ = job
    assert len(found) == 2 * EPISODES and len({r["end"] for r in found}) >= 4  # something to tell apart
    assert sum(any(f(r) for r in found) for _, f in FAULTS.values()) >= 5
    check_part(report, found)
    for key in ("script", "scenario", "place", "weather"):
        for value, part in report["by"][key].items():
            check_part(part, [r for r in found if r[key] == value])


def shown(x, most):
    return "–" if not math.isfinite(x) else f"{x:.1f}" if most > 1 else f"{x:.3f}"


def most_of(name):
    return 100 if name.startswith("carla.ds_") else 1


def test_the_page_shows_the_reports_numbers(job):
    found, report, page, text = job
    sane = [r for r in found if r["failed"] == 0]
    hours, km = sum(r["seconds"] for r in found) / 3600, sum(r["way_m"] for r in found) / 1000
    assert f"{len(found)} episodes · {hours:.1f} h and {km:.1f} km driven" in text
    scores = {row[0]: row for row in page.rows("Scores")}
    assert set(SHOWN) <= set(scores)
    for name, row in scores.items():
        of, most = values(found, name), most_of(name)
        low, high = report["scores"][name]["bootstrap95"] if len(of) > 1 else (math.nan, math.nan)
        wanted = f"{shown(low, most)} … {shown(high, most)}" if len(of) > 1 else "–"
        mean = of.mean() if len(of) else math.nan
        assert [row[1], row[2], row[4]] == [shown(mean, most), wanted, str(len(of))], name
    for heading, n, rows in (
        ("How episodes ended", len(found), {end: sum(r["end"] == end for r in found) for end in report["ends"]}),
        ("Faults", len(sane), {says: sum(bool(f(r)) for r in sane) for says, f in FAULTS.values()}),
    ):
        there = {row[0]: row[1:4] for row in page.rows(heading)}
        for name, hits in rows.items():
            low, high = wilson(hits, n)
            if hits:
                wanted = [str(hits), f"{100 * hits / n:.1f} %", f"{100 * low:.1f} … {100 * high:.1f} %"]
                assert there[name] == wanted, name
            elif heading == "Faults":
                assert there[name] == ["0", "0 %", f"below {300 / n:.3g} %"], name
    for name, mean, sd, n in page.rows("All scores and their parts"):
        of = values(found, name)
        assert [mean, n] == [f"{of.mean():.4g}", str(len(of))], name
        assert float(sd) == pytest.approx(of.std(ddof=1) if len(of) > 1 else 0, rel=2e-3, abs=1e-5), name


def test_the_pages_groups_are_in_order_and_of_their_own_rows(job):
    found, report, page, _ = job
    for key in ("script", "scenario", "place", "weather"):
        names = list(dict.fromkeys(r[key] for r in found if r[key] == r[key]))
        if key != "script":
            names.sort()
        if len(names) < 2 and key != "scenario":
            assert f"By {key}" not in page.tables
            continue
        rows = page.rows(f"By {key}")
        assert [row[0] for row in rows] == names, key
        for row in rows:
            mine = [r for r in found if r[key] == row[0]]
            share = [100 * sum(r["end"] == end for r in mine) / len(mine) for end in ("goal", "crash")]
            fault = 100 * sum(r["contacts.at_fault"] > 0 for r in mine) / len(mine)
            assert row[1] == str(len(mine)) and row[5] == "0"
            for told, wanted in zip(row[2:5], (*share, fault)):
                assert abs(float(told.removesuffix(" %")) - wanted) <= 0.5 + 1e-9, (key, row)
            for told, name in zip(row[6:], SHOWN):
                of, most, part = values(mine, name), most_of(name), report["by"][key][row[0]]["scores"]
                wanted = shown(of.mean(), most) if len(of) else "–"
                if len(of) > 1:
                    wanted += "|{} … {}".format(*(shown(x, most) for x in part[name]["bootstrap95"]))
                assert told == wanted, (key, row[0], name)


def test_the_worst_ten_are_in_order_with_their_numbers(job):
    found, _, page, _ = job
    def last(x, least):
        return x if math.isfinite(x) else least
    order = sorted((r for r in found if r["failed"] == 0), key=lambda r: (
        last(r["nuplan_like"], math.inf), last(r["carla.ds_2_1"], math.inf),
        -last(r["criticality.delta_v_mps"], 0), r["episode"]))
    rows = [row for row in page.rows("Worst episodes") if len(row) > 1]  # others are their pictures
    assert [int(row[0]) for row in rows] == [int(r["episode"]) for r in order[:10]]
    keys = [(r["nuplan_like"], r["carla.ds_2_1"], r["criticality.delta_v_mps"]) for r in order[:10]]
    assert len(set(keys)) > 1 and len({k[0] for k in keys}) < len(keys)  # ties that the next key decides
    for row, r in zip(rows, order):
        assert row[1] == f"{r['script']}|scene {r['scene']:.0f}, " + ", ".join(
            r[key] for key in ("scenario", "place", "weather") if r[key] == r[key])
        assert row[2] == f"{r['end']}|{r['end_text'] if r['end_text'] == r['end_text'] else ''}"
        assert row[3:5] == [shown(r["nuplan_like"], 1), shown(r["carla.ds_2_1"], 100)]
        n = f"{r['episode']:.0f}"
        assert row[5] == f"roadloom replay . --episode {n} --strip {n}.png"


# ---- pictures of the worst, against what a policy says that it saw ----

OWN, VEHICLE, HIT, FEET = (24, 92, 214), (52, 57, 66), (214, 40, 40), (244, 140, 30)
WALKS = (5, 6, 7)  # bicycles, people, animals


def like(picture, color, within):
    return (abs(picture.astype(int) - color) <= within).all(-1)


def files_of(out):
    """All of a job's files of episodes: [(episodes, steps, pictures, png)]."""
    found = []
    for path in sorted((out / "shards").glob("*.h5")):
        with h5py.File(path) as f:
            found.append([{k: v[()] for k, v in f[name].items()} for name in ("episodes", "steps", "pictures")]
                         + [f["png"][()].tobytes()])
    return found


@pytest.fixture(scope="module")
def witnessed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("witnessed")
    outs = []
    for ranks in (1, 2):
        out, said = folder / f"of{ranks}", folder / f"said{ranks}"
        line = [BIN, "drive", str(SUITE), str(PLACES), "--policy", f"{sys.executable} {ROOT / 'tests' / 'data' / 'policy_witness.py'}",
                "--episodes", "9", "--duration-s", "8", "--reference", "none", "-o", str(out)]
        if ranks > 1:
            line = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", str(ranks), *line]
        env = {**os.environ, "PYTHONPATH": str(ROOT / "python"), "POLICY_WITNESS": str(said)}
        done = subprocess.run(line, capture_output=True, text=True, timeout=600, env=env)
        assert done.returncode == 0, done.stderr
        outs.append(out)
    lines = [json.loads(line) for line in (folder / "said1").read_text().splitlines()]
    return outs, {tuple(np.round(it["ego"], 5)): it for it in lines}


def test_pictures_are_the_same_on_any_number_of_ranks(witnessed):
    (one, two), _ = witnessed
    for path in [one / "report.html", *(one / "shards").glob("*.h5")]:
        assert path.read_bytes() == (two / path.relative_to(one)).read_bytes(), path.name


def test_the_page_holds_the_worst_episodes_pictures_and_loads_nothing(witnessed):
    (out, _), _ = witnessed
    text = (out / "report.html").read_text()
    assert not re.search(r"https?:|<link|<script|<iframe|url\(|src=(?!\"data:image/png;base64,)", text)
    assert 100_000 < len(text) < 1_500_000
    worst = [int(row[0]) for row in Tables(text).rows("Worst episodes") if len(row) > 1]
    pictures = {}
    for _, _, table, png in files_of(out):
        for k, episode in enumerate(table["episode"]):
            first, size = int(table["png_first"][k]), int(table["png_size"][k])
            pictures.setdefault(int(episode), []).append(png[first : first + size])
    assert len(worst) == 10 and all(2 <= len(pictures[k]) <= 4 for k in worst)
    shown = [base64.b64decode(it) for it in re.findall(r'src="data:image/png;base64,([^"]*)"', text)]
    assert shown == [it for k in worst for it in pictures[k]]


def corners(x, y, yaw, length, width, more):
    along, side = np.array([math.cos(yaw), math.sin(yaw)]), np.array([-math.sin(yaw), math.cos(yaw)])
    l, w = length / 2 + more, width / 2 + more
    return lambda p: (abs((p - [x, y]) @ along) < l) & (abs((p - [x, y]) @ side) < w)


def test_everybody_is_in_the_pictures_where_the_policy_saw_them(witnessed):
    (out, _), said = witnessed
    egos = cars = walkers = crashes = 0
    for rows, steps, table, png in files_of(out):
        for k, frame in enumerate(table["frame"]):
            high, wide = int(table["height_px"][k]), int(table["width_px"][k])
            first, size = int(table["png_first"][k]), int(table["png_size"][k])
            picture = decode(png[first : first + size])
            assert picture.shape == (high, wide, 3) == (240, 240, 3)
            (row,) = np.flatnonzero(rows["episode"] == table["episode"][k])
            if frame < 0:
                continue
            scale = table["px_per_m"][k]
            assert scale == pytest.approx(5)
            # The world's places of pixels' middles.
            v, u = np.mgrid[:high, :wide] + 0.5
            world = np.stack([table["x_m"][k] + (u - wide / 2) / scale, table["y_m"][k] - (v - high / 2) / scale], -1)
            at = int(rows["step_first"][row]) + int(frame)
            assert frame < rows["step_count"][row]
            ego = np.array([steps[name][at] for name in ("x_m", "y_m", "yaw_rad")])
            crash = table["says"][k].startswith(b"collision")
            if crash:
                crashes += 1
                if rows["end"][row] == b"crash" and b"its fault" in table["says"][k]:
                    assert like(picture, HIT, 12).sum() > 20
            mine = world[like(picture, OWN, 12)]
            off = mine.mean(0) - ego[:2]
            assert np.hypot(*off) < (0.6 if crash else 0.25), (off, frame)  # its nose is pointed
            _, _, axes = np.linalg.svd(mine - mine.mean(0), full_matrices=False)
            if not crash:
                assert abs(axes[0] @ [math.cos(ego[2]), math.sin(ego[2])]) > 0.995
            egos += 1
            saw = said.get(tuple(np.round(ego, 5)))
            if saw is None:  # nothing is decided in the last frame
                assert frame == rows["step_count"][row] - 1
                continue
            inside = np.zeros((high, wide), bool)
            hidden = corners(*ego, *saw["size"], 0.4)(world) | ((u < 90) & (v > high - 34))  # the bar
            for kind, x, y, yaw, length, width in saw["others"]:
                inside |= corners(x, y, yaw, length, width, 0.35)(world)
                body = corners(x, y, yaw, length, width, -0.35 if kind not in WALKS else 0)(world)
                if not body.any() or (body & hidden).any() or body[[0, -1]].any() or body[:, [0, -1]].any():
                    continue
                if kind in WALKS:
                    walkers += 1
                    assert like(picture[body], FEET, 25).any(), (kind, x, y)
                elif kind <= 4:
                    cars += 1
                    # All of it but its pointed nose, and others that stand over it.
                    share = (like(picture[body], VEHICLE, 25) | like(picture[body], HIT, 25)).mean()
                    assert share > 0.75, (share, x, y)
            if saw["all"]:
                assert not ((like(picture, VEHICLE, 12) | like(picture, FEET, 12)) & ~inside & ~hidden).any()  # and nobody else
    assert egos > 25 and cars > 20 and walkers > 10 and crashes > 2, (egos, cars, walkers, crashes)


def test_moments_lead_up_to_what_went_wrong(witnessed):
    (out, _), _ = witnessed
    for rows, _, table, _ in files_of(out):
        for row, episode in enumerate(rows["episode"]):
            mine = table["episode"] == episode
            frames, says = table["frame"][mine], table["says"][mine]
            assert frames[0] == -1 and (np.diff(frames) > 0).all() and not any(says[:-1])
            if rows["end"][row] == b"crash":  # a contact, its fault or not, and none before
                assert says[-1].startswith(b"collision")
            if says[-1] and frames[-1] >= 20:
                assert np.diff(frames[1:]).tolist() == [10, 10]
            elif not says[-1]:
                assert frames[-1] == rows["step_count"][row] - 1
