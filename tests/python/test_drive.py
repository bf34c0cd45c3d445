# SPDX-License-Identifier: Apache-2.0
"""`roadloom drive`: the same bytes however they are made, and policies that harm nobody else."""
import csv
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import h5py
import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("ROADLOOM_BIN", str(ROOT / "build" / "test" / "roadloom"))
SCRIPT = ROOT / "tests" / "data" / "drive.lua"
DIES = ROOT / "tests" / "data" / "policy_dies.py"
EPISODES = 12
MPIRUN = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n"]

pytestmark = pytest.mark.skipif(not os.path.exists(BIN), reason="ROADLOOM_BIN is not built")


def drive(out, *more, policy="idm", ranks=0, env=None, episodes=EPISODES, reference="none",
          scripts=(SCRIPT,)):
    line = [BIN, "drive", *map(str, scripts), "--policy", str(policy), "--episodes", str(episodes)]
    line += ["--reference", reference, "-o", str(out), *map(str, more)]
    return subprocess.run(
        ([*MPIRUN, str(ranks)] if ranks else []) + line,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT / "python"), **(env or {})},
    )


def driven(out, *more, **kw):
    result = drive(out, *more, **kw)
    assert result.returncode == 0, result.stderr
    return out


def files(out):
    names = ["episodes.csv", "report.json", "report.html", "manifest.json", "_SUCCESS"]
    paths = [out / name for name in names] + sorted((out / "shards").glob("*.h5"))
    return {str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def rows(out):
    with open(out / "episodes.csv", newline="") as f:
        return list(csv.DictReader(f))


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    return driven(tmp_path_factory.mktemp("clean") / "data")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """tests/data/policy_faults.c, compiled as a user would."""
    out = tmp_path_factory.mktemp("library") / "faults.so"
    source = ROOT / "tests" / "data" / "policy_faults.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-I", ROOT / "include", source, "-o", out], check=True)
    return out


@pytest.mark.parametrize("ranks", [1, 2, 3])
def test_ranks_make_the_same_bytes(clean, tmp_path, ranks):
    assert files(driven(tmp_path / "data", ranks=ranks)) == files(clean)


def test_rows_tell_what_happened(clean):
    found = rows(clean)
    assert [int(r["episode"]) for r in found] == list(range(EPISODES))
    report = json.loads((clean / "report.json").read_text())
    assert report["episodes"] == EPISODES and report["episodes_missing"] == 0
    assert report["policy_failed"]["count"] == 0
    assert sum(end["count"] for end in report["ends"].values()) == EPISODES
    for row in found:
        assert row["end"] in report["ends"]
        assert int(row["terminated"]) + int(row["truncated"]) == 1
        assert (row["end"] == "time") == (row["truncated"] == "1")
        assert 0 < float(row["seconds"]) <= 3
        assert "carla.ds_2_1" in row and row["nuplan_like"] == ""  # without a reference
    assert len({row["scene_hash"] for row in found}) == EPISODES


STRAIGHT = """return scene {
  scenario = scene_number() % 2 == 0 and "even" or "odd",
  duration_s = 2 + scene_number(),
  road = straight {}, traffic = { vehicles = 3 }, pedestrians = { count = 0 },
}
"""


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """A script, and a folder of one script and the module that it requires."""
    folder = tmp_path_factory.mktemp("several") / "more"
    folder.mkdir()
    (folder / "straight.lua").write_text(f'local seconds = require "seconds"\n{STRAIGHT}')
    (folder / "seconds.lua").write_text("return 2\n")
    return SCRIPT, folder


@pytest.fixture(scope="module")
def driven_several(several, tmp_path_factory):
    return driven(tmp_path_factory.mktemp("several") / "data", scripts=several, episodes=4)


@pytest.mark.parametrize("ranks", [2, 3])
def test_several_scripts_are_one_job(several, driven_several, clean, tmp_path, ranks):
    out = driven(tmp_path / "data", scripts=several, episodes=4, ranks=ranks)
    assert files(out) == files(driven_several)
    found = rows(out)
    assert [int(r["episode"]) for r in found] == list(range(8))
    assert [(r["script"], int(r["scene"])) for r in found] == [
        *(("drive.lua", k) for k in range(4)), *(("straight.lua", k) for k in range(4))]
    # An episode is what it is in a job of its script alone.
    for row, alone in zip(found[:4], rows(clean)):
        assert {**row, "script": ""} == {**alone, "script": ""}
    assert [r["scenario"] for r in found] == [""] * 4 + ["even", "odd"] * 2
    assert [float(r["seconds"]) for r in found[4:] if r["end"] == "time"] == [
        2.0 + k for k in range(4) if found[4 + k]["end"] == "time"]


def test_results_are_told_apart(driven_several):
    found, report = rows(driven_several), json.loads((driven_several / "report.json").read_text())
    assert report["scripts"] == ["drive.lua", "straight.lua"] and report["episodes"] == 8
    for key, values in report["by"].items():
        assert list(values) == list(dict.fromkeys(
            r[key] for r in (found if key == "script" else sorted(found, key=lambda r: r[key])) if r[key]))
        for value, part in values.items():
            mine = [r for r in found if r[key] == value]
            assert part["episodes"] == len(mine)
            assert sum(end["count"] for end in part["ends"].values()) == len(mine)
            scores = [float(r["carla.ds_2_1"]) for r in mine]
            assert part["scores"]["carla.ds_2_1"]["mean"] == pytest.approx(sum(scores) / len(scores))
            hit = sum(float(r["contacts.at_fault"]) > 0 for r in mine)
            assert part["faults"]["crash_at_fault"]["count"] == hit
    assert report["by"]["scenario"].keys() == {"even", "odd"}


def test_the_page_is_whole_and_loads_nothing(driven_several, tmp_path):
    from html.parser import HTMLParser

    page, found = (driven_several / "report.html").read_text(), rows(driven_several)
    report = json.loads((driven_several / "report.json").read_text())
    assert not re.search(r"https?:|<script|<link|@import|url\(|src=(?!\"data:image/png;base64,)", page)

    class Cells(HTMLParser):
        def __init__(self):
            super().__init__()
            self.rows, self.open = [], []

        def handle_starttag(self, tag, attrs):
            if tag == "tr":
                self.rows.append([])
            elif tag in ("td", "th"):
                self.rows[-1].append("")

        def handle_data(self, data):
            if self.rows and self.rows[-1]:
                self.rows[-1][-1] += data

    cells = Cells()
    cells.feed(page)
    by_name = {row[0]: row for row in reversed(cells.rows) if row}  # the first of each name
    score = report["scores"]["carla.ds_2_1"]
    low, high = score["bootstrap95"]
    assert by_name["carla.ds_2_1"][1:3] == [f"{score['mean']:.1f}", f"{low:.1f} … {high:.1f}"]
    for name, part in report["by"]["script"].items():
        assert by_name[name][1] == str(part["episodes"])
    for end, rate in report["ends"].items():
        assert by_name[end][1] == str(rate["count"])
    worst = [int(n) for n in re.findall(r"roadloom replay \. --episode (\d+)", page)]
    wanted = sorted(found, key=lambda r: (float(r["carla.ds_2_1"]),
                                          -float(r["criticality.delta_v_mps"]), int(r["episode"])))
    assert worst == [int(r["episode"]) for r in wanted]  # without a reference nuplan_like has no value
    assert report["root_hash"] in page and report["job"] in page and "policy" in by_name
    assert page.count("<figure class=p>") == page.count("<img ") >= len(worst)
    out = driven(tmp_path / "odd", scripts=[SCRIPT], episodes=2, policy=f"{sys.executable} {DIES} '<b>'")
    odd = (out / "report.html").read_text()
    assert "&lt;b&gt;" in odd and "<b>" not in odd and "failed as a program" in odd


def test_several_scripts_go_on_and_are_replayed(several, driven_several, tmp_path):
    out = tmp_path / "data"
    assert drive(out, scripts=several, episodes=4, env={"ROADLOOM_TEST_KILL": "renamed:5"}).returncode != 0
    driven(out, scripts=several, episodes=4)
    assert files(out) == files(driven_several)
    for k in (1, 6):
        line = [BIN, "replay", str(out), "--episode", str(k)]
        result = subprocess.run(line, capture_output=True, text=True, timeout=60)
        assert result.returncode == 0, result.stderr
    script, folder = several
    result = drive(out, scripts=[script], episodes=8)
    assert result.returncode == 1 and "it has 2 scripts there and 1 here" in result.stderr
    other = tmp_path / "more"
    shutil.copytree(folder, other)
    (other / "seconds.lua").write_text("return 3\n")
    result = drive(out, scripts=[script, other], episodes=4)
    assert result.returncode == 1 and "module seconds.lua" in result.stderr
    (other / "drive.lua").write_text(STRAIGHT)
    result = drive(tmp_path / "two", scripts=[script, other], episodes=4)
    assert result.returncode == 1 and "two scripts of that name" in result.stderr
    (other / "empty").mkdir()
    result = drive(tmp_path / "two", scripts=[other / "empty"], episodes=4)
    assert result.returncode == 1 and "no scene script in this folder" in result.stderr
    (other / "broken.lua").write_text("return 3\n")
    result = drive(tmp_path / "two", scripts=[script, other / "broken.lua"], episodes=4)
    assert result.returncode == 1 and "broken.lua: must end with" in result.stderr
    assert not (tmp_path / "two").exists()


def test_progress_is_scored_beside_pdm_closed(tmp_path):
    found = rows(driven(tmp_path / "data", episodes=3, reference="pdm_closed"))
    assert all(0 <= float(row["nuplan_like"]) <= 1 for row in found)
    own = rows(driven(tmp_path / "own", episodes=3, reference="pdm_closed", policy="pdm_closed"))
    for row in own:  # against itself
        assert float(row["nuplan_like.progress_m"]) == pytest.approx(
            float(row["nuplan_like.reference_m"]), abs=1e-6
        )


def test_the_last_lines_and_intervals_tell_how_it_went(tmp_path):
    out = tmp_path / "data"
    result = drive(out, episodes=4, reference="pdm_closed")
    report = json.loads((out / "report.json").read_text())
    ends = ", ".join(f"{end} {report['ends'][end]['count']}" for end in report["ends"])
    scores = [float(row["nuplan_like"]) for row in rows(out)]
    mean = sum(scores) / len(scores)
    assert f"episodes: {ends}; mean nuplan_like {mean:.3f}" in result.stdout
    score = report["scores"]["nuplan_like"]
    low, high = score["bootstrap95"]
    assert score["mean"] == pytest.approx(mean) and min(scores) <= low <= mean <= high <= max(scores)
    assert low < high or min(scores) == max(scores)
    assert "bootstrap95" not in report["scores"]["nuplan_like.nc"]
    failed = drive(tmp_path / "failed", policy=f"{sys.executable} {DIES}", episodes=2)
    assert failed.returncode == 0 and "the policy failed in 2 of 2 episodes (episode 0: died" in failed.stderr


def test_files_are_plain_hdf5(clean):
    by_episode = {int(r["episode"]): r for r in rows(clean)}
    for path in sorted((clean / "shards").glob("*.h5")):
        with h5py.File(path) as f:
            assert f.attrs["format"] == b"roadloom episodes"
            assert b"policy=idm" in f.attrs["settings"]
            steps = f["steps"]
            assert len({len(column) for column in steps.values()}) == 1
            for k, episode in enumerate(f["episodes/episode"]):
                row = by_episode[int(episode)]
                first, count = int(f["episodes/step_first"][k]), int(f["episodes/step_count"][k])
                assert count == round(float(row["seconds"]) * 10) + 1
                assert (steps["episode"][first : first + count] == episode).all()
                hashes = steps["state_hash"][first : first + count]
                assert len(set(hashes.tolist())) == count
                x, y = steps["x_m"][first : first + count], steps["y_m"][first : first + count]
                way = (((x[1:] - x[:-1]) ** 2 + (y[1:] - y[:-1]) ** 2) ** 0.5).sum()
                assert way == pytest.approx(float(row["way_m"]), abs=1e-6)
            names = [n.decode() for n in f["score_names"][:]]
            assert f["scores"].shape == (len(f["episodes/episode"]), len(names))
            assert names[0] in next(iter(by_episode.values()))


@pytest.mark.parametrize(
    "step", ["lease:3:0", "made:2", "written:5", "reported:1", "renamed:4", "journal-half:2", "told:1", "manifest"]
)
def test_what_is_killed_goes_on(clean, tmp_path, step):
    """The worker is replaced in the same launch; of a supervisor the same command goes on."""
    step = "lease:3" if step.startswith("lease") else step
    out = tmp_path / "data"
    first = drive(out, env={"ROADLOOM_TEST_KILL": step})
    if first.returncode == 0:
        pytest.fail(f"nothing was killed at {step}")
    assert not (out / "_SUCCESS").exists()
    driven(out)
    assert files(out) == files(clean)


def test_a_rank_that_dies_costs_nothing(clean, tmp_path):
    out = tmp_path / "data"
    assert drive(out, ranks=2, env={"ROADLOOM_TEST_KILL": "renamed:5"}).returncode != 0
    driven(out, ranks=3)
    assert files(out) == files(clean)


def test_a_damaged_file_is_made_again(clean, tmp_path):
    out = tmp_path / "data"
    shutil.copytree(clean, out)
    path = sorted((out / "shards").glob("*.h5"))[2]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    (out / "manifest.json").unlink()
    driven(out)
    assert files(out) == files(clean)
    assert list((out / "shards").glob("*.damaged-*"))


def test_another_job_is_refused_by_name(clean, tmp_path):
    for more, word in [
        ({"policy": "mobil"}, "policy is idm there and mobil here"),
        ({"reference": "pdm_closed"}, "reference is none there and pdm_closed here"),
        ({"episodes": 5}, "scenes is 12 there and 5 here"),
    ]:
        result = drive(clean, **more)
        assert result.returncode == 1 and word in result.stderr
    result = drive(clean, "--traffic", "log")
    assert result.returncode == 1 and "traffic is reactive there and log here" in result.stderr


@pytest.mark.parametrize("traffic", ["reactive", "log"])
def test_episodes_are_had_again_bit_for_bit(tmp_path, traffic):
    out = driven(tmp_path / "data", "--traffic", traffic, "--latency-s", "0.2", "--set",
                 "traffic.vehicles=40", "--set", "duration_s=6", policy="mobil", episodes=4)
    used = {name: 0 for name in ("command_brake_mps2", "command_drive_mps2", "command_steer_rad")}
    for path in (out / "shards").glob("*.h5"):
        with h5py.File(path) as f:
            for name in used:
                used[name] += int((f["steps"][name][:] != 0).sum())
    assert min(used.values()) > 0, used
    for row in rows(out):
        line = [BIN, "replay", str(out), "--episode", row["episode"]]
        result = subprocess.run(line, capture_output=True, text=True, timeout=60)
        assert result.returncode == 0, result.stderr
        steps = round(float(row["seconds"]) * 10)
        assert f"{steps} steps, each state as recorded; ended by {row['end']}" in result.stdout


@pytest.mark.parametrize("column", ["steps/command_drive_mps2", "episodes/goal_m", "scores", "score_names"])
def test_a_column_without_values_is_no_column_of_zeros(tmp_path, column):
    out = driven(tmp_path / "data", episodes=1)
    path = out / "shards" / "episodes-00000.h5"
    for again in range(2):
        with h5py.File(path, "r+") as f:
            if again:
                del f[column]
            else:  # of the same shape and type, but nothing was ever written
                space, kind = f[column].id.get_space(), f[column].id.get_type()
                plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
                plist.set_alloc_time(h5py.h5d.ALLOC_TIME_LATE)
                del f[column]
                h5py.h5d.create(f.id, column.encode(), kind, space, plist)
        result = subprocess.run([BIN, "replay", str(out)], capture_output=True, text=True, timeout=60)
        says = "is missing or not as" if again else "claims more values than the file can hold"
        assert result.returncode == 1 and f"{column} {says}" in result.stderr, result.stderr


def test_a_step_that_was_another_is_found(tmp_path):
    out = driven(tmp_path / "data", episodes=1)
    with h5py.File(out / "shards" / "episodes-00000.h5", "r+") as f:
        f["steps/command_drive_mps2"][4] += 1e-9
    result = subprocess.run([BIN, "replay", str(out)], capture_output=True, text=True, timeout=60)
    assert result.returncode == 1 and "the state after step 5 of" in result.stderr
    assert "another processor" in result.stderr
    job = json.loads((out / "job.json").read_text())  # as if another version had driven
    del job["id"]
    job["program_version"] = "0.0.1+other"
    text = json.dumps(job, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    job["id"] = hashlib.sha256(text.encode()).hexdigest()
    (out / "job.json").write_text(json.dumps(job))
    result = subprocess.run([BIN, "replay", str(out)], capture_output=True, text=True, timeout=60)
    assert result.returncode == 1 and "the version that drove it, 0.0.1+other: this is another" in result.stderr
    result = subprocess.run([BIN, "replay", str(out), "--episode", "7"], capture_output=True,
                            text=True, timeout=60)
    assert result.returncode == 1 and "has the episodes 0 .. 0" in result.stderr


FAULTS = {
    "crash": ("died", "signal 11"),
    "exit": ("died", "exit code 7"),
    "error": ("died", "step_batch failed"),
    "reset": ("died", "reset failed"),
    "hang": ("hung", "no answer in 0.5 s"),
    "nan": ("nan", "accel_mps2"),
    "shape": ("shape", "kind is 9"),
    "size": ("shape", "struct_size is 8"),
    "overrun": ("overrun", "outside its action"),
    "underrun": ("overrun", "outside its action"),
    "scribble": ("died", "signal 11"),
    "files": ("died", "its answer is"),
    "truncate": ("died", "exit code 9"),
    "huge": (None, ""),
    "far": (None, ""),
}


@pytest.fixture(scope="module")
def well_behaved(library, tmp_path_factory):
    out = tmp_path_factory.mktemp("well") / "data"
    return rows(driven(out, "--timeout-s", "0.5", policy=library))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_policy_harms_its_own_episodes_alone(library, well_behaved, tmp_path, fault):
    end, words = FAULTS[fault]
    out = tmp_path / "data"
    result = drive(out, "--timeout-s", "0.5", policy=library, env={"POLICY_FAULT": fault})
    assert result.returncode == 0, result.stderr
    found, bad = rows(out), 0
    for row, well in zip(found, well_behaved, strict=True):
        if row == well:
            continue
        bad += 1
        if end is None:  # drives as no vehicle can: an episode like others, with scores
            assert row["failed"] == "0" and float(row["carla.ds_2_1"]) >= 0
            continue
        assert row["end"] == end and words in row["end_text"] and row["failed"] == "1"
        assert float(row["seconds"]) == (0 if fault == "reset" else 0.5)
    assert 0 < bad < EPISODES
    report = json.loads((out / "report.json").read_text())
    assert report["policy_failed"]["count"] == (bad if end else 0)
    assert files(driven(tmp_path / "two", "--timeout-s", "0.5", policy=library, ranks=2,
                        env={"POLICY_FAULT": fault})) == files(out)


def test_a_changed_library_is_another_job(library, tmp_path):
    own = tmp_path / "own.so"
    shutil.copy(library, own)
    driven(tmp_path / "data", policy=own, episodes=2)
    with open(own, "ab") as f:
        f.write(b"x")
    result = drive(tmp_path / "data", policy=own, episodes=2)
    assert result.returncode == 1 and "policy_sha256 is" in result.stderr


def policy_hash(out):
    return json.loads((out / "report.json").read_text())["settings"]["policy_sha256"]


@pytest.mark.parametrize("how", ["first word", "interpreter", "quoted", "link"])
def test_a_changed_program_is_another_job(tmp_path, how):
    """Wherever its file stands in the command."""
    name = "my policy.py" if how == "quoted" else "my_policy.py"
    program = tmp_path / name
    program.write_text(f"#!{sys.executable}\n" + RAW.replace("STEP", "4").replace("DO", "nothing", 1)
                       .replace("        DO", "        pass"))
    program.chmod(0o755)
    link = tmp_path / "link"
    link.symlink_to(program)
    policy = {"first word": program, "link": link, "interpreter": f"{sys.executable} {program}",
              "quoted": f"{sys.executable} '{program}'"}[how]
    out = driven(tmp_path / "data", policy=policy, episodes=2)
    assert len(policy_hash(out)) == 64
    (out / "manifest.json").unlink()
    assert drive(out, policy=policy, episodes=2).returncode == 0
    with open(program, "a") as f:
        f.write("# changed\n")
    result = drive(out, policy=policy, episodes=2)
    assert result.returncode == 1 and "policy_sha256 is" in result.stderr


def test_a_program_that_changes_while_it_drives_is_noticed(tmp_path):
    program = tmp_path / "mine.py"
    program.write_text(RAW.replace("STEP", "4").replace("DO", "", 1).replace(
        "        DO", f"        open({str(program)!r}, 'a').write('#')"))
    result = drive(tmp_path / "data", policy=f"{sys.executable} {program}", episodes=2)
    assert result.returncode == 3 and "its files have changed since the job began" in result.stderr
    assert not list((tmp_path / "data" / "shards").glob("*.h5"))


def test_the_examples_drive(tmp_path):
    so = tmp_path / "lane_keeper.so"
    source = ROOT / "examples" / "lane_keeper.c"
    subprocess.run(["cc", "-std=c17", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I",
                    ROOT / "include", source, "-o", so, "-lm"], check=True)
    for row in rows(driven(tmp_path / "c", policy=so, episodes=4)):
        assert row["failed"] == "0" and row["end"] in ("goal", "time")
    program = f"{sys.executable} {ROOT / 'examples' / 'follow.py'}"
    for row in rows(driven(tmp_path / "python", "--timeout-s", "60", policy=program, episodes=4)):
        assert row["failed"] == "0" and row["end"] in ("goal", "time")


RAW = """
import mmap, os, struct, sys
in_fd, out_fd, commands, answers = map(int, os.environ["ROADLOOM_POLICY_FDS"].split())
seen, action = mmap.mmap(in_fd, 0, prot=mmap.PROT_READ), mmap.mmap(out_fd, 0)
head = struct.unpack_from("<4IQ2I3Q2dQ", seen, 0)
out = os.fdopen(answers, "w", buffering=1)
print("this goes to standard error")
out.write("ready 0 raw\\n")
steps = 0
for line in os.fdopen(commands):
    steps += line == "step\\n"
    if steps == STEP and "DO" != "nothing":
        DO
    struct.pack_into("<I4xf", action, head[12] + 4, 2, 0.5)
    out.write("ok\\n")
"""


@pytest.mark.parametrize(
    "do, end, words",
    [
        ("pass", None, ""),
        ("sys.exit(3)", "died", "exit code 3"),
        ("out.write('maybe\\n')", "died", "'maybe'"),
        ("out.write('x' * 1000)", "shape", "longer than"),
        ("import time; time.sleep(60)", "hung", "no answer"),
        ("mmap.mmap(in_fd, 0)", "died", "exit code 1"),  # not for writing
        ("os.ftruncate(out_fd, 0)", "died", "exit code 1"),  # the worker has it mapped, too
        ("os.ftruncate(os.open(f'/proc/self/fd/{in_fd}', os.O_RDWR), 0)", "died", "exit code 1"),
        ("sys.stdin.read(1) and 1/0", None, ""),  # there is nothing to read
        ("out.write('error \\x1b[31m ü bell \\x07\\n')", "died", "?[31m"),
    ],
)
def test_any_program_may_drive(tmp_path, do, end, words):
    program = tmp_path / "raw.py"
    program.write_text(RAW.replace("STEP", "4").replace("DO", do, 1).replace("        DO", f"        {do}"))
    result = drive(tmp_path / "data", "--timeout-s", "3", policy=f"{sys.executable} {program}", episodes=2)
    assert result.returncode == 0 and "\x1b" not in result.stderr, result.stderr
    found = rows(tmp_path / "data")
    for row in found:
        assert row["failed"] == ("0" if end is None else "1")
        if end:
            assert row["end"] == end and words in row["end_text"], row
        assert row["end_text"].isprintable()


def test_the_layout_in_python_is_the_headers(tmp_path):
    sys.path.insert(0, str(ROOT / "python"))
    from roadloom import policy

    pairs = {"observation": policy.OBSERVATION, "action": policy.ACTION, "ego": policy.EGO,
             "lane": policy.LANE, "agent": policy.AGENT, "signal": policy.SIGNAL,
             "obstacle": policy.OBSTACLE, "route_point": policy.ROUTE_POINT,
             "motion": policy.MOTION, "weather": policy.WEATHER, "point": policy.POINT}
    text = "#include <stdio.h>\n#include <roadloom/policy.h>\nint main(void) {\n"
    for name, dtype in pairs.items():
        text += f'printf("{name} %zu\\n", sizeof(roadloom_{name}));\n'
        for field in dtype.names:
            text += (f'printf("{name}.{field} %zu %zu\\n", offsetof(roadloom_{name}, {field}), '
                     f"sizeof(((roadloom_{name} *)0)->{field}));\n")
    source = tmp_path / "layout.c"
    source.write_text(text + "return 0; }\n")
    subprocess.run(["cc", "-I", ROOT / "include", source, "-o", tmp_path / "layout"], check=True)
    lines = subprocess.run([tmp_path / "layout"], capture_output=True, text=True, check=True).stdout
    for line in lines.splitlines():
        name, *numbers = line.split()
        struct_name, _, field = name.partition(".")
        dtype = pairs[struct_name]
        if field:
            kind, offset = dtype.fields[field][:2]
            assert numbers == [str(offset), str(kind.itemsize)], line
        else:
            assert numbers == [str(dtype.itemsize)], line
    assert np.dtype(policy.OBSERVATION).names[0] == "struct_size"


@pytest.mark.parametrize(
    "more, code, words",
    [
        (["--policy", "nobody"], 1, "neither one that comes along"),
        (["--policy", "none.so"], 1, "none.so"),
        (["--traffic", "some"], 2, "should be reactive or log"),
        (["--latency-s", "0.15"], 1, "multiple of 0.1"),
        (["--latency-s", "x"], 2, "should be a number"),
        (["--goal-m", "-3"], 1, "outside 1..100000"),
        (["--duration-s", "0"], 1, "outside 0.1..1900"),
        (["--timeout-s", "0"], 1, "outside 0.1..500"),
        (["--episodes", "0"], 2, "whole number"),
        (["--set", "step_s=0.03"], 1, "doesn't divide"),
        (["--on-crash", "stop"], 2, "should be end or continue"),
    ],
)
def test_errors_are_one_clear_line(tmp_path, more, code, words):
    result = drive(tmp_path / "data", *more)
    assert result.returncode == code
    assert words in result.stderr and len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert not (tmp_path / "data").exists()


def test_who_drives_has_to_be_said(tmp_path):
    line = [BIN, "drive", str(SCRIPT), "-o", str(tmp_path / "data")]
    result = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert result.returncode == 2 and re.search(r"who drives\? Give --policy", result.stderr)
