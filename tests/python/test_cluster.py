# SPDX-License-Identifier: Apache-2.0
"""Whole jobs: the same bytes however they are made, and nothing lost whatever dies."""
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time

import h5py
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("ROADLOOM_BIN", str(ROOT / "build" / "test" / "roadloom"))
TINY = ROOT / "tests" / "data" / "tiny.lua"
SCENES = 6
SEED = 11
MPIRUN = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n"]

pytestmark = pytest.mark.skipif(not os.path.exists(BIN), reason="ROADLOOM_BIN is not built")


def command(out, ranks=0, seed=SEED, scenes=SCENES, more=()):
    line = [BIN, "generate", str(TINY), "--seed", str(seed), "--scenes", str(scenes), "-o", str(out)]
    return ([*MPIRUN, str(ranks)] if ranks else []) + line + list(more)


def generate(out, ranks=0, env=None, **kw):
    return subprocess.run(
        command(out, ranks, **kw),
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, **(env or {})},
    )


def shards(out):
    return {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted((out / "shards").glob("*.h5"))
    }


def manifest(out):
    return json.loads((out / "manifest.json").read_text())


def is_complete(out, clean):
    """`out` is the clean run, byte for byte, with nothing left over."""
    assert shards(out) == shards(clean)
    assert (out / "manifest.json").read_bytes() == (clean / "manifest.json").read_bytes()
    assert (out / "_SUCCESS").read_text().strip() == manifest(clean)["root_hash"]
    assert not (out / "tmp").exists()
    assert not (out / "job.lock").exists()


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    out = tmp_path_factory.mktemp("clean") / "data"
    result = generate(out)
    assert result.returncode == 0, result.stderr
    assert manifest(out)["root_hash"] in result.stdout
    return out


def test_the_manifest_tells_the_truth(clean):
    m = manifest(clean)
    assert m["scenes"] == SCENES and m["quarantined"] == []
    assert sorted(s for row in m["shards"] for s in row["scenes"]) == list(range(SCENES))
    assert len(m["shards"]) > 1  # two ranks have work
    lines = ""
    for row in m["shards"]:
        data = (clean / row["path"]).read_bytes()
        assert len(data) == row["bytes"]
        assert hashlib.sha256(data).hexdigest() == row["sha256"]
        assert row["path"].startswith(f"shards/{row['split']}-")
        lines += f"{pathlib.Path(row['path']).stem} {row['sha256']}\n"
    assert hashlib.sha256(lines.encode()).hexdigest() == m["root_hash"]


def test_shards_open_in_h5py_and_hold_the_manifests_scenes(clean):
    for row in manifest(clean)["shards"]:
        with h5py.File(clean / row["path"], "r") as f:
            assert f.attrs["complete"] == 1
            assert f.attrs["seed"] == SEED
            assert list(f["scenes/index"]) == row["scenes"]
            assert len(f["frames/timestamp_ns"]) == row["frames"]


def test_report_and_journal_agree_with_the_manifest(clean):
    m, report = manifest(clean), json.loads((clean / "report.json").read_text())
    assert report["root_hash"] == m["root_hash"]
    assert report["frames"] == m["frames"] == report["last_launch"]["frames"]
    assert report["devices"] and report["stage_seconds"]["render"] > 0
    rows = [json.loads(line) for line in (clean / "journal" / "0.jsonl").read_text().splitlines()]
    assert sorted(r["sha256"] for r in rows) == sorted(r["sha256"] for r in m["shards"])
    assert "<table>" in (clean / "report.html").read_text()
    assert m["root_hash"] in (clean / "README.md").read_text()
    for line in (clean / "events" / "0.jsonl").read_text().splitlines():
        json.loads(line)


def metrics(out):
    rows = [line for line in (out / "metrics.prom").read_text().splitlines() if not line.startswith("# ")]
    return {row.split("{")[0].removeprefix("roadloom_"): float(row.split()[-1]) for row in rows}


def test_prometheus_finds_how_far_it_is(tmp_path, clean):
    m, job = manifest(clean), json.loads((clean / "job.json").read_text())["id"]
    found = metrics(clean)
    assert found["shards"] == found["shards_done"] == len(m["shards"])
    assert found["scenes"] == found["scenes_done"] == SCENES
    assert found["frames"] == found["launch_frames"] == m["frames"]
    assert found["bytes"] == sum(row["bytes"] for row in m["shards"])
    assert (found["launch_exit_code"], found["launch_faults"], found["launch_ranks"]) == (0, 0, 1)
    text = (clean / "metrics.prom").read_text()
    assert text.count(f'{{job_id="{job[:12]}"}} ') == len(found) == text.count("# HELP ") == text.count(" gauge\n")
    out = tmp_path / "data"
    assert generate(out, env={"ROADLOOM_TEST_KILL": "renamed:1"}).returncode != 0
    assert metrics(out)["launch_exit_code"] == -1  # nobody was left to say more
    assert metrics(out)["shards_done"] < found["shards"]
    assert generate(out, 2).returncode == 0
    assert metrics(out)["frames"] == m["frames"] > metrics(out)["launch_frames"]
    assert metrics(out)["launch_ranks"] == 2


@pytest.mark.parametrize("ranks", [1, 2, 3])
def test_any_number_of_ranks_makes_the_same_bytes(tmp_path, clean, ranks):
    out = tmp_path / "data"
    result = generate(out, ranks)
    assert result.returncode == 0, result.stderr
    is_complete(out, clean)
    assert result.stdout.count("root hash") == 1  # one rank speaks


def test_another_seed_makes_other_bytes(tmp_path, clean):
    out = tmp_path / "data"
    assert generate(out, seed=SEED + 1, scenes=1).returncode == 0
    assert set(shards(out).values()).isdisjoint(shards(clean).values())


def test_more_scenes_leave_the_first_ones_as_they_were(tmp_path, clean):
    out = tmp_path / "data"
    assert generate(out, scenes=SCENES + 2).returncode == 0

    def hashes(folder):
        found = {}
        for row in manifest(folder)["shards"]:
            with h5py.File(folder / row["path"], "r") as f:
                found.update({int(i): (row["split"], int(h)) for i, h in zip(f["scenes/index"], f["scenes/hash"])})
        return found

    before, after = hashes(clean), hashes(out)
    assert {i: after[i] for i in before} == before


def test_the_same_command_again_does_nothing(tmp_path, clean):
    out = tmp_path / "data"
    shutil.copytree(clean, out)
    before = {p: p.stat().st_mtime_ns for p in out.rglob("*")}
    result = generate(out)
    assert result.returncode == 0 and "nothing to do" in result.stdout
    assert {p: p.stat().st_mtime_ns for p in out.rglob("*")} == before


def test_another_job_is_refused_by_the_field_that_differs(clean):
    for kw, words in [
        ({"seed": SEED + 1}, f"seed is {SEED} there and {SEED + 1} here"),
        ({"scenes": SCENES + 1}, "scenes is"),
        ({"more": ["--set", "duration_s=1"]}, "--set number 1 is nothing there and duration_s=1 here"),
        ({"more": ["--split", "train=1"]}, "split is"),
    ]:
        result = generate(clean, **kw)
        assert result.returncode == 1
        assert words in result.stderr, result.stderr
        assert len(result.stderr.splitlines()) == 1
    result = generate(clean, 2, seed=SEED + 1)
    assert result.returncode == 1
    assert result.stderr.count("holds another job") == 1  # one rank speaks


def slow(step):
    return pytest.param(step, marks=pytest.mark.slow)


# tests/cluster/test_run.c dies at every step with a maker that costs nothing; here it
# is about the real one.
SUPERVISOR_STEPS = ["renamed:1", "journal-half:1"] + [
    slow(step) for step in ["job", "reported:1", "folder:1", "journalled:1", "told:1", "finish", "manifest"]
]
WORKER_STEPS = ["written:1"] + [slow(step) for step in ["lease:1", "made:1", "synced:1"]]


@pytest.mark.parametrize("step", SUPERVISOR_STEPS)
def test_a_rank_killed_at_any_step_loses_nothing(tmp_path, clean, step):
    out = tmp_path / "data"
    assert generate(out, env={"ROADLOOM_TEST_KILL": step}).returncode != 0
    assert not (out / "_SUCCESS").exists()
    result = generate(out)
    assert result.returncode == 0, result.stderr
    is_complete(out, clean)


@pytest.mark.parametrize("step", ["renamed:1", slow("journal-half:2"), slow("manifest")])
def test_a_rank_of_two_killed_loses_nothing(tmp_path, clean, step):
    out = tmp_path / "data"
    assert generate(out, 2, env={"ROADLOOM_TEST_KILL": step}).returncode != 0
    result = generate(out, 3)
    assert result.returncode == 0, result.stderr
    is_complete(out, clean)


@pytest.mark.parametrize("step", WORKER_STEPS)
def test_a_worker_killed_three_times_is_quarantined_and_then_made(tmp_path, clean, step):
    out = tmp_path / "data"
    result = generate(out, env={"ROADLOOM_TEST_KILL": step})
    assert result.returncode == 3, result.stderr
    assert not (out / "_SUCCESS").exists()
    row = json.loads((out / "quarantine.jsonl").read_text().splitlines()[0])
    assert row["tries"] == 3 and "--only" in row["command"]
    assert len(manifest(out)["shards"]) == len(manifest(clean)["shards"]) - 1
    result = generate(out)
    assert result.returncode == 0, result.stderr
    is_complete(out, clean)


def test_a_worker_killed_once_is_replaced(tmp_path, clean):
    out = tmp_path / "data"
    result = generate(out, env={"ROADLOOM_TEST_KILL": "written:0:1"})
    assert result.returncode == 0, result.stderr
    assert "signal 9" in result.stderr
    is_complete(out, clean)


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_worker_killed_once_while_it_gets_ready_is_replaced(tmp_path, clean, ranks):
    for worker in [1, 2]:  # on rank 0 the first looks at the script, the second opens the device
        out = tmp_path / f"data{worker}"
        result = generate(out, ranks, env={"ROADLOOM_TEST_KILL": f"ready:{worker}"})
        assert result.returncode == 0, result.stderr
        assert "signal 9 (Killed; was memory short?) while getting ready; a new one starts" in result.stderr
        is_complete(out, clean)


def test_workers_that_never_get_ready_end_in_a_command_that_goes_on(tmp_path, clean):
    out = tmp_path / "data"
    result = generate(out, env={"ROADLOOM_TEST_KILL": "ready"})
    assert result.returncode == 1, result.stderr
    errors = [line for line in result.stderr.splitlines() if "error:" in line]
    assert len(errors) == 1 and "signal 9" in errors[0] and "3 were tried" in errors[0]
    line = errors[0].split("To go on: ")[1]
    assert subprocess.run(line, shell=True, timeout=300, capture_output=True).returncode == 0
    is_complete(out, clean)


@pytest.mark.slow
def test_kills_at_random_moments_lose_nothing(tmp_path, clean):
    out, dice = tmp_path / "data", random.Random(5)
    for _ in range(4):
        with subprocess.Popen(
            command(out, 2), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        ) as job:
            time.sleep(dice.uniform(0.3, 2.5))
            try:
                os.killpg(job.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    for _ in range(20):  # until workers that lost their supervisor are gone
        result = generate(out)
        if "another launch" not in result.stderr:
            break
        time.sleep(0.5)
    assert result.returncode == 0, result.stderr
    is_complete(out, clean)


def test_a_shard_changed_anywhere_is_made_again(tmp_path, clean):
    dice = random.Random(6)
    for i in range(4):
        out = tmp_path / f"data{i}"
        shutil.copytree(clean, out)
        (out / "_SUCCESS").unlink()
        victim = sorted((out / "shards").glob("*.h5"))[dice.randrange(len(shards(clean)))]
        data = bytearray(victim.read_bytes())
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        victim.write_bytes(data)
        if i % 2:  # without its journal line: the file itself must tell
            shutil.rmtree(out / "journal")
        result = generate(out)
        assert result.returncode == 0, result.stderr
        assert "moved aside" in result.stderr
        is_complete(out, clean)


def test_whole_shards_without_a_journal_are_adopted(tmp_path, clean):
    out = tmp_path / "data"
    shutil.copytree(clean, out)
    (out / "_SUCCESS").unlink()
    shutil.rmtree(out / "journal")
    before = {p: p.stat().st_mtime_ns for p in (out / "shards").iterdir()}
    result = generate(out, 2)
    assert result.returncode == 0, result.stderr
    assert {p: p.stat().st_mtime_ns for p in (out / "shards").iterdir()} == before
    is_complete(out, clean)


def test_sigterm_prints_the_command_that_goes_on(tmp_path, clean):
    out = tmp_path / "data"
    with subprocess.Popen(command(out), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as job:
        while not (out / "events" / "0.jsonl").exists():
            assert job.poll() is None
            time.sleep(0.05)
        job.send_signal(signal.SIGTERM)
        _, text = job.communicate(timeout=60)
    if job.returncode != 0:  # it may have been faster than the signal
        assert job.returncode == 5, text
        assert "To go on: " in text
        line = text[text.index("To go on: ") + len("To go on: "):].strip()
        assert subprocess.run(line, shell=True, timeout=300, capture_output=True).returncode == 0
    is_complete(out, clean)


def test_a_full_disk_ends_with_numbers_and_goes_on(tmp_path, clean):
    small = tmp_path / "small"
    small.mkdir()
    one = max(p.stat().st_size for p in (clean / "shards").iterdir())
    probe = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", str(small)], capture_output=True)
    if probe.returncode != 0:
        pytest.skip("mounting a small file system is not permitted here")
    line = " ".join(command(small / "data"))
    text = f"""
        mount -t tmpfs -o size={one * 2 + 100_000} none {small}
        {line}; echo "code $?"
        find {small}/data -name '*.part' | wc -l
        mount -o remount,size=1g {small}
        {line} && cp -r {small}/data {tmp_path}/data
    """
    result = subprocess.run(["unshare", "-m", "sh", "-c", text], capture_output=True, text=True, timeout=300)
    assert "code 4\n0\n" in result.stdout, result
    assert "needed for the next shard" in result.stderr and "To go on" in result.stderr
    is_complete(tmp_path / "data", clean)


def test_an_unwritable_folder_is_one_line(tmp_path):
    ours = tmp_path / "data"
    ours.mkdir()
    if os.geteuid() == 0:  # root writes anywhere but into a read-only mount
        text = f"mount -t tmpfs -o ro none {ours} && exec {' '.join(command(ours))}"
        if subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", str(ours)], capture_output=True).returncode:
            pytest.skip("mounting is not permitted here")
        line = ["unshare", "-m", "sh", "-c", text]
    else:
        ours.chmod(0o555)
        line = command(ours)
    result = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1 and "cannot write" in result.stderr
