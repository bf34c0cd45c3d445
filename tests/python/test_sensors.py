# SPDX-License-Identifier: Apache-2.0
"""Policies that drive by rendered sensors: all doors see the same bytes, those that `replay` renders."""
import csv
import os
import pathlib
import subprocess
import sys
import warnings

import gymnasium
import h5py
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("ROADLOOM_BIN", str(ROOT / "build" / "test" / "roadloom"))

pytestmark = pytest.mark.skipif(not os.path.exists(BIN), reason="ROADLOOM_BIN is not built")
os.environ.setdefault("ROADLOOM_BIN", BIN)
sys.path.insert(0, str(ROOT / "python"))

from roadloom import DriveVectorEnv, Shard, policy  # noqa: E402
from roadloom.envs import EnvError  # noqa: E402

SCRIPT = """
return scene {{ duration_s = {seconds}, step_s = 0.05, frame_hz = 5, road = grid_city {{ blocks = {{ 2, 2 }} }},
  traffic = {{ vehicles = 20 }}, pedestrians = {{ count = 10 }}, time_of_day_h = uniform(7, 12),
  weather = rain {{ rate_mmh = 5 }},
  ego = {{ rig = {{ name = "tiny",
    cameras = {{ {{ name = "back", width_px = 64, height_px = 48, yaw_deg = 180 }},
      {{ name = "front", width_px = {width}, height_px = 64, electronics = "full", exposure = "auto" }} }},
    lidars = {{ {{ name = "roof", elevations_deg = {{ -14, -6, -2, 5 }}, azimuth_steps = 90 }} }} }} }} }}
"""
STANDS = """
local it = actor { kind = 'car', driver = 'constant', speed_mps = 0, at = ahead(ego, 60) }
return scene { duration_s = 8, road = straight { length_m = 600 }, actors = { it }, street_furniture = 0,
  traffic = { vehicles = 0 }, pedestrians = { count = 0 },
  ego = { speed_mps = 12, start_m = 80, driver = 'constant', rig = { name = "roof", lidars = {
    { name = "roof", elevations_deg = { -10, -8, -6, -5, -4, -3, -2, -1, 0, 1 }, azimuth_steps = 720 } } } } }
"""
STEPS = 8
BOTH = "front, roof"


def drive(folder, *args, ranks=0, env=None):
    line = [BIN, "drive", *map(str, args), "--reference", "none"]
    if ranks:
        line = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", str(ranks), *line]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=300,
                          env={**os.environ, "PYTHONPATH": str(ROOT / "python"), **(env or {})})


def rows(out):
    with open(out / "episodes.csv", newline="") as f:
        return list(csv.DictReader(f))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sensors")
    (folder / "tiny.lua").write_text(SCRIPT.format(seconds=STEPS / 10, width=96))
    (folder / "stands.lua").write_text(STANDS)
    source = ROOT / "tests" / "data" / "policy_senses.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-I", ROOT / "include", source, "-o", folder / "senses.so"], check=True)
    return folder


@pytest.fixture(scope="module", params=["reactive", "log"])
def seen(folder, request):
    """What a library's sense() was shown: (traffic, [{name: array}] by decision)."""
    kept = folder / request.param
    kept.mkdir()
    done = drive(folder, "tiny.lua", "--policy", "./senses.so", "--sensors", BOTH, "--traffic", request.param,
                 "-o", f"{request.param}-out", env={"POLICY_SENSES": str(kept)})
    assert done.returncode == 0, done.stderr
    assert rows(folder / f"{request.param}-out")[0]["failed"] == "0"
    paths = sorted(kept.iterdir())
    assert len(paths) == STEPS
    found = []
    for k, path in enumerate(paths):
        head, views = policy.sensed_views(path.read_bytes())
        assert list(views) == ["front", "roof"] and head["size"] == path.stat().st_size
        assert head["begin_s"] == pytest.approx((k - 1) / 10) and head["duration_s"] == pytest.approx(0.1)
        count = int(head["sensors"][1]["points"])
        assert 50 < count <= views["roof"].shape[0] and not views["roof"][count:].any()
        found.append({"front": views["front"], "roof": views["roof"][:count]})
    return request.param, found


@pytest.fixture(scope="module")
def frames(folder, seen):
    """Frames of the same episode as `replay --shard` renders them."""
    traffic, _ = seen
    line = [BIN, "replay", f"{traffic}-out", "--shard", f"{traffic}.h5"]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    with Shard(folder / f"{traffic}.h5") as shard:
        return [shard.frame(k, ("rgb", "lidar")) for k in range(STEPS)]


def test_a_library_sees_what_replay_renders(seen, frames):
    _, seen = seen
    for k in range(1, STEPS):  # decision k sees the step before it
        lidar = frames[k - 1]["lidar"]["roof"]
        assert np.array_equal(seen[k]["front"], frames[k - 1]["rgb"]["front"])
        columns = [lidar[name] for name in ("x", "y", "z", "intensity")]
        assert np.array_equal(seen[k]["roof"], np.stack(columns, 1))
        assert not np.array_equal(seen[k]["front"], frames[k]["rgb"]["front"])


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_envs_see_what_a_library_sees(folder, seen, frames, mode):
    traffic, seen = seen
    envs = DriveVectorEnv(folder / "tiny.lua", 2, sensors=["front", "roof"], actions="pedals", traffic=traffic,
                          autoreset_mode=mode, threads=2)
    now, _ = envs.reset(seed=[0, 5])
    still = np.zeros((2, 3), "f4")
    for episode in range(2):  # the second one begins in a scene that is kept
        for k in range(STEPS):
            count = int(now["sensors"]["roof"]["count"][0])
            assert np.array_equal(now["sensors"]["front"][0], seen[k]["front"]), (episode, k)
            assert np.array_equal(now["sensors"]["roof"]["points"][0, :count], seen[k]["roof"])
            assert not np.array_equal(now["sensors"]["front"][1], seen[k]["front"])  # of another scene
            now, _, _, truncated, infos = envs.step(still)
        assert truncated.all()
        if mode is AutoresetMode.NEXT_STEP:
            last = now["sensors"]["front"][0].copy()
            now, *_ = envs.step(still)
        else:
            last = infos["final_obs"][0]["sensors"]["front"]
        assert np.array_equal(last, frames[STEPS - 1]["rgb"]["front"])  # what it ended with
        assert not np.array_equal(last, now["sensors"]["front"][0])
    envs.close()


def test_gymnasiums_checker_finds_nothing_with_sensors(folder):
    env = gymnasium.make("roadloom/Drive-v0", script=str(folder / "tiny.lua"), sensors=["front", "roof"]).unwrapped
    space = env.observation_space["sensors"]
    assert space["front"].shape == (64, 96, 3) and space["front"].dtype == np.uint8
    assert space["roof"]["points"].shape[1] == 4 and space["roof"]["points"].dtype == np.float32
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message=".*recommend using a symmetric.*")
        check_env(env)
    env.close()


def test_a_program_that_brakes_by_its_lidar_stops(folder):
    brake = f"{sys.executable} {ROOT / 'examples' / 'lidar_brake.py'}"
    for ranks in (0, 2):
        done = drive(folder, "stands.lua", "--policy", brake, "--sensors", "roof", "--episodes", 2,
                     "-o", f"brakes{ranks}", ranks=ranks)
        assert done.returncode == 0, done.stderr
        assert [row["end"] for row in rows(folder / f"brakes{ranks}")] == ["time"] * 2, done.stderr
    names = ["episodes.csv", "report.json", "shards/episodes-00000.h5", "shards/episodes-00001.h5"]
    for name in names:
        assert (folder / "brakes0" / name).read_bytes() == (folder / "brakes2" / name).read_bytes()
    drive(folder, "stands.lua", "--policy", "constant_velocity", "-o", "rolls")
    assert rows(folder / "rolls")[0]["end"] == "crash"
    with h5py.File(folder / "brakes0" / "shards" / "episodes-00000.h5") as f:
        first, count = int(f["episodes/step_first"][0]), int(f["episodes/step_count"][0])
        x, y, speeds = (f["steps"][name][first : first + count] for name in ("x_m", "y_m", "ahead_mps"))
    way = np.hypot(x[-1] - x[0], y[-1] - y[0])
    assert abs(speeds[-1]) < 0.1 and 40 < way < 60, way  # before the car that stands


@pytest.mark.parametrize(
    "args, says",
    [
        (("tiny.lua", "--policy", "./senses.so", "--sensors", "nose"),
         "--sensors: tiny.lua: no sensor 'nose' in the rig tiny; it has back, front, roof"),
        (("tiny.lua", "--policy", "./senses.so", "--sensors", ","), "--sensors: tiny.lua: no sensor is named"),
        (("tiny.lua", "--policy", "idm", "--sensors", "front"), "--sensors: idm drives without any"),
    ],
)
def test_sensors_that_are_not_there_are_said(folder, args, says):
    done = drive(folder, *args, "-o", "none")
    assert done.returncode == 1 and says in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert not (folder / "none" / "shards").exists()


def test_who_asks_and_who_gives_must_agree(folder):
    done = drive(folder, "tiny.lua", "--policy", "./senses.so", "-o", "blind", env={"POLICY_SENSES": "."})
    assert done.returncode == 1 and "it drives with sensors: name them by --sensors" in done.stderr, done.stderr
    follow = f"{sys.executable} {ROOT / 'examples' / 'follow.py'}"
    done = drive(folder, "tiny.lua", "--policy", follow, "--sensors", "front", "-o", "unasked")
    assert done.returncode == 1 and "it looks at no sensors" in done.stderr, done.stderr
    assert not (folder / "blind").exists() and not (folder / "unasked").exists()


def test_scenes_of_other_sizes_are_refused(folder):
    sizes = SCRIPT.format(seconds=0.5, width="64 + 16 * scene_number()")
    (folder / "sizes.lua").write_text(sizes)
    done = drive(folder, "sizes.lua", "--policy", "./senses.so", "--sensors", "front", "--episodes", 2,
                 "-o", "sizes", env={"POLICY_SENSES": str(folder)})
    assert done.returncode != 0 and "scene 1: its camera front has 80 x 64 px" in done.stderr, done.stderr
    envs = DriveVectorEnv(folder / "sizes.lua", 1, sensors=["front"], scenes=2)
    envs.reset(seed=0)
    with pytest.raises(EnvError, match="env 0: scene 1: its camera front has 80 x 64 px"):
        envs.reset()


@pytest.mark.parametrize(
    "options, says",
    [
        ({"sensors": ["nose"]}, "no sensor 'nose' in the rig tiny; it has back, front, roof"),
        ({"sensors": "front"}, "should be a list of names"),
        ({"sensors": ["front", "front"]}, "asked for twice"),
        ({"sensors": ["front"], "device": "abacus"}, "abacus"),
    ],
)
def test_envs_say_what_is_wrong(folder, options, says):
    with pytest.raises(EnvError, match=says):
        DriveVectorEnv(folder / "tiny.lua", 1, **options)
    with pytest.raises(EnvError, match="without sensors"):
        DriveVectorEnv(folder / "tiny.lua", 1).sensor_about()


def test_without_sensors_no_device_is_opened(folder):
    program = """if True:
        import sys, numpy as np
        from roadloom import DriveVectorEnv
        envs = DriveVectorEnv(sys.argv[1], 1, sensors=["roof"] if sys.argv[2] == "1" else None)
        envs.reset(seed=0)
        envs.step(np.zeros((1, 2), "f4"))
        print(sum("libpocl" in line for line in open("/proc/self/maps")))
    """
    found = [subprocess.run([sys.executable, "-c", program, "tiny.lua", wanted], cwd=folder, check=True, text=True,
                            capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT / "python")}).stdout
             for wanted in "01"]
    assert int(found[0]) == 0
    if int(found[1]) == 0:
        pytest.skip("the device here isn't PoCL's")


def test_mounts_and_lenses_are_told(folder):
    envs = DriveVectorEnv(folder / "tiny.lua", 1, sensors=["back", "roof"])
    envs.reset(seed=0)
    about = envs.sensor_about()
    assert list(about) == ["back", "roof"]
    back = about["back"]
    assert back["cx_px"] == 32 and back["cy_px"] == 24 and back["width_px"] == 64
    # A camera that looks back: its z is the ego's -x.
    w, x, y, z = (back[k] for k in ("qw", "qx", "qy", "qz"))
    assert [2 * (x * z + w * y), 2 * (y * z - w * x)] == pytest.approx([-1, 0], abs=1e-12)
