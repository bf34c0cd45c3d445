# SPDX-License-Identifier: Apache-2.0
"""DriveVectorEnv and DriveEnv: gymnasium's checker, the same episodes as `roadloom drive`, envs that
harm nobody else, memory that isn't copied."""
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
SCRIPT = ROOT / "tests" / "data" / "drive.lua"

pytestmark = pytest.mark.skipif(not os.path.exists(BIN), reason="ROADLOOM_BIN is not built")
os.environ.setdefault("ROADLOOM_BIN", BIN)
sys.path.insert(0, str(ROOT / "python"))

from roadloom import DriveEnv, DriveVectorEnv, RoadloomError, policy  # noqa: E402
from roadloom.envs import EnvError  # noqa: E402


def same(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return np.array_equal(np.asarray(a), np.asarray(b))


@pytest.mark.parametrize("actions", ["pedals", "acceleration", "trajectory"])
def test_gymnasiums_checker_finds_nothing(actions):
    env = gymnasium.make("roadloom/Drive-v0", script=str(SCRIPT), actions=actions).unwrapped
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if actions != "pedals":  # SI units, where it recommends -1..1
            warnings.filterwarnings("ignore", message=".*recommend using a symmetric.*")
        check_env(env)
    env.close()


def test_episodes_are_those_of_drive(tmp_path):
    """States, ends and scores, with a teacher as the policy."""
    out = tmp_path / "data"
    subprocess.run([BIN, "drive", SCRIPT, "--policy", "pdm_closed", "--episodes", "4", "--seed", "7",
                    "--reference", "none", "-o", out], check=True, capture_output=True, timeout=300)
    with open(out / "episodes.csv", newline="") as f:
        rows = list(csv.DictReader(f))
    states = {}
    for path in (out / "shards").glob("*.h5"):
        with h5py.File(path) as f:
            for k, episode in enumerate(f["episodes/episode"]):
                first, count = int(f["episodes/step_first"][k]), int(f["episodes/step_count"][k])
                states[int(episode)] = np.stack(
                    [f["steps"][name][first : first + count] for name in ("x_m", "y_m", "yaw_rad")], 1
                )
    envs = DriveVectorEnv(SCRIPT, 2, scenes=4, scores=True)
    teacher = envs.teacher("pdm_closed")
    envs.reset(seed=[7, 1000])
    found, path = [], []
    while len(found) < 8:  # each of them twice: built, and rewound
        ego = envs.observations[0]["ego"]
        path.append([ego["x_m"], ego["y_m"], ego["yaw_rad"]])
        *_, infos = envs.step(teacher.ask())
        if infos and infos["_end"][0]:
            ego = envs.observations[0]["ego"]
            path.append([ego["x_m"], ego["y_m"], ego["yaw_rad"]])
            found.append((np.array(path), float(ego["rear_to_middle_m"]), {k: v[0] for k, v in infos.items()}))
            path = []
            envs.step(teacher.ask())  # begins the next one
    for k, (path, rear_to_middle, info) in enumerate(found):
        row = rows[k % 4]
        assert info["episode_scene"] == k % 4 and info["episode_seed"] == 7
        assert info["end"] == row["end"] and info["end_text"] == row["end_text"]
        assert info["episode_steps"] == round(float(row["seconds"]) * 10)
        x, y, yaw = states[k % 4].T  # of the middle of its box
        middle = path[:, :2] + rear_to_middle * np.stack([np.cos(yaw), np.sin(yaw)], 1)
        assert np.array_equal(path[:, 2], yaw)
        assert np.abs(middle - np.stack([x, y], 1)).max() < 1e-6  # that length is a float
        for name, value in zip(envs.score_names, info["scores"], strict=True):
            told = float(row[name]) if row[name] else np.nan
            assert value == pytest.approx(told, rel=1e-9, nan_ok=True), name
    envs.close()


def drive_some(steps=40, actions=None, num_envs=6, seeds=None, **options):
    """What each env saw and got, by step."""
    envs = DriveVectorEnv(SCRIPT, num_envs, **options)
    envs.reset(seed=seeds or list(range(10, 10 + num_envs)))
    got = []
    for k in range(steps):
        a = np.zeros((num_envs, 2), np.float32)
        for i in range(num_envs):  # by env alone
            a[i] = np.random.default_rng([k, i]).uniform((-2, -0.2), (3, 0.2))
        if actions:
            a = actions(k, a)
        *outcome, infos = envs.step(a)
        del outcome[0]
        ends = list(infos["end"]) if infos else [None] * num_envs
        got.append([
            (envs.observations[i].tobytes(), *(float(o[i]) for o in outcome), ends[i],
             bool(envs.masks[i]))
            for i in range(num_envs)
        ])
    envs.close()
    return got


def test_threads_and_company_change_nothing():
    one = drive_some(threads=1)
    assert drive_some(threads=3) == one
    assert any(row[i][4] for row in one for i in range(6))  # some end, and begin again
    alone = drive_some(num_envs=1, seeds=[10])
    assert [row[0] for row in alone] == [row[0] for row in one]


BAD = {
    "nan": (lambda a: a.__setitem__((2, 0), np.nan), "nan"),
    "infinite": (lambda a: a.__setitem__((2, 1), np.inf), "nan"),
    "far": (lambda a: a.__setitem__((2, 1), 1e30), "nan"),
}


@pytest.mark.parametrize("what", [*BAD, "too long", "a word", "ragged", "nothing"])
def test_a_bad_action_harms_its_own_env_alone(what):
    def spoil(k, a):
        if k != 7:
            return a
        if what in BAD:
            BAD[what][0](a)
            return a
        rows = list(a)
        rows[2] = {"too long": np.zeros(3, np.float32), "a word": "faster", "ragged": [1, [2, 3]],
                   "nothing": None}[what]
        return rows

    good, bad = drive_some(12), drive_some(12, spoil)
    for k in range(12):
        for i in range(6):
            if i != 2 or k < 7:
                assert bad[k][i] == good[k][i], (k, i)
    _, reward, terminated, truncated, end, mask = bad[7][2]
    assert end == (BAD[what][1] if what in BAD else "shape")
    assert terminated and not truncated and reward <= -1 and mask
    assert bad[8][2][5] is False and bad[8][2][1] == 0  # the next episode begins


def test_a_bad_action_is_told():
    envs = DriveVectorEnv(SCRIPT, 3)
    envs.reset(seed=1)
    *_, infos = envs.step([np.zeros(2), np.zeros(5), [np.nan, 0]])
    assert list(infos["end"]) == [None, "shape", "nan"]
    assert infos["end_text"][1] == "its action is float64 of shape (5,), not float32 of (2,)"
    assert "accel_mps2" in infos["end_text"][2]
    envs.reset(seed=1)
    actions = np.zeros(3, policy.ACTION)
    actions["struct_size"] = policy.ACTION.itemsize
    actions["kind"] = policy.ACTION_ACCELERATION
    actions["struct_size"][1] = 8
    *_, infos = envs.step(actions)
    assert list(infos["end"]) == [None, "shape", None] and "struct_size is 8" in infos["end_text"][1]


@pytest.mark.parametrize("actions", [np.zeros((3, 3)), np.zeros((2, 2)), np.full((3, 2), "x"),
                                     np.zeros((3, 2), complex), [np.zeros(2)] * 2, 1.0])
def test_wrong_arrays_are_one_line_and_nothing_happens(actions):
    envs = DriveVectorEnv(SCRIPT, 3)
    envs.reset(seed=1)
    before = envs.observations.tobytes()
    with pytest.raises(EnvError, match="^actions: [^\n]*$"):
        envs.step(actions)
    assert envs.observations.tobytes() == before
    envs.step(np.zeros((3, 2)))


def until_end(envs, action=(3.0, 0.0)):
    while True:
        *_, infos = envs.step(np.tile(np.float32(action), (envs.num_envs, 1)))
        if envs.terminals.any() or envs.truncations.any():
            return infos


def test_autoreset_modes_are_gymnasiums():
    make = lambda mode: DriveVectorEnv(SCRIPT, 1, scenes=2, autoreset_mode=mode)  # noqa: E731
    nxt, now, off = map(make, AutoresetMode)
    assert [e.metadata["autoreset_mode"] for e in (nxt, now, off)] == list(AutoresetMode)
    for envs in (nxt, now, off):
        envs.reset(seed=3)
        infos = until_end(envs)
        if envs is now:
            last, infos = infos["final_obs"][0], infos["final_info"]
            assert last["time_s"] > 0 and envs.observations["step"][0] == 0
            assert infos["episode_scene"][0] == 0
        else:
            assert envs.observations["step"][0] == infos["episode_steps"][0] > 0
        if envs is nxt:
            assert same({k: v[0] for k, v in envs._views["ego"].items()},
                        {k: v[0] for k, v in nxt._views["ego"].items()})
            end = nxt.observations[0].copy()
    assert last["ego"]["x_m"] == end["ego"]["x_m"] and same(last["agents"]["history"], np.stack(
        [end["agents"]["history"][name] for name in policy.MOTION.names], -1))
    _, reward, terminated, truncated, infos = nxt.step(np.zeros((1, 2)))
    assert not (terminated[0] or truncated[0] or nxt.masks[0] or infos) and reward[0] == 0
    assert nxt.observations["step"][0] == 0
    off.step(np.zeros((1, 2)))
    assert off.terminals[0] | off.truncations[0] and not off.masks[0]
    off.reset(options={"reset_mask": np.array([True])})
    begun = [bytes(e.observations["ego"].tobytes()) for e in (nxt, now, off)]
    assert begun[0] == begun[1] == begun[2]  # scene 1 of the seed


def test_terminated_and_truncated_are_told_apart():
    envs = DriveVectorEnv(SCRIPT, 2, duration_s=1.0, scenes=1)
    envs.reset(seed=1)
    infos = until_end(envs, (0.0, 0.0))
    assert list(envs.truncations) == [True, True] and not envs.terminals.any()
    assert list(infos["end"]) == ["time", "time"]
    far = DriveVectorEnv(SCRIPT, 1, goal_m=2.0, overrides={"traffic.vehicles": 1, "pedestrians.count": 0})
    far.reset(seed=1)
    rewards = 0
    while not far.terminals[0]:
        rewards += far.step(np.float32([[3, 0]]))[1][0]
        assert not far.truncations[0]
    assert rewards == pytest.approx(1, abs=1e-5)


def test_seeds_are_streams():
    envs = DriveVectorEnv(SCRIPT, 3, scenes=None)
    egos = lambda: [envs.observations[i]["ego"].tobytes() for i in range(3)]  # noqa: E731
    envs.reset(seed=4)
    first = egos()
    envs.reset()
    second = egos()
    assert len(set(first + second)) == 6
    envs.reset(seed=[5, None, 4])
    mixed = egos()
    assert mixed[0] == first[1] and mixed[2] == first[0]
    assert mixed[1] not in first + second  # went on to its third scene
    envs.reset(seed=4)
    assert egos() == first
    envs.reset(options={"reset_mask": np.array([False, True, False])})
    assert egos() == [first[0], second[1], first[2]]
    other = DriveVectorEnv(SCRIPT, 3)
    other.reset()
    assert [other.observations[i]["ego"].tobytes() for i in range(3)] != first


def test_arrays_are_the_librarys_memory():
    envs = DriveVectorEnv(SCRIPT, 4)
    seen, _ = envs.reset(seed=1)
    for leaf in (seen["ego"]["speed_mps"], seen["agents"]["history"], seen["lanes"]["points"], seen["route"]):
        assert np.shares_memory(leaf, envs.observations)
    assert envs.observation_space.contains(seen)
    assert seen["agents"]["history"].shape == (4, policy.AGENTS, policy.HISTORY, 6)
    assert np.array_equal(seen["route"][..., 4], envs.observations["route"]["limit_mps"])
    assert np.array_equal(seen["agents"]["history"][..., 1], envs.observations["agents"]["history"]["y_m"])
    where = envs.observations.__array_interface__["data"]
    envs.action_view[:] = 1
    again, rewards, *_ = envs.step(envs.action_view)
    assert again is seen and rewards is envs.rewards
    assert envs.observations.__array_interface__["data"] == where
    assert (envs.actions["accel_mps2"] == 1).all() and (envs.actions["steer_rate_radps"] == 1).all()
    with pytest.raises(ValueError, match="read-only"):
        rewards[0] = 1
    copied = DriveVectorEnv(SCRIPT, 1, copy=True)
    seen, _ = copied.reset(seed=1)
    before = seen["ego"]["x_m"].copy()
    for _ in range(5):
        copied.step(np.full((1, 2), [3, 0]))
    assert same(seen["ego"]["x_m"], before) and not same(copied.observations["ego"]["x_m"], before)


def test_memory_outlives_the_envs():
    envs = DriveVectorEnv(SCRIPT, 2)
    seen, _ = envs.reset(seed=1)
    x = seen["ego"]["x_m"]
    before = x.copy()
    envs.close()
    envs.close()
    del envs, seen
    assert same(x, before)


def test_teachers_drive_by_log_and_otherwise():
    envs = DriveVectorEnv(SCRIPT, 2, log=True)
    log, idm = envs.teacher("log_replay"), envs.teacher("idm")
    envs.reset(seed=1)
    assert (log.ask()["kind"] == policy.ACTION_TRAJECTORY).all()
    assert (idm.ask()["kind"] == policy.ACTION_ACCELERATION).all() or (
        idm.ask()["kind"] == policy.ACTION_TRAJECTORY).all()
    with pytest.raises(EnvError, match="no policy 'karl' comes along; there are constant_velocity, "):
        envs.teacher("karl")
    with pytest.raises(EnvError, match="needs envs made with the scene's log"):
        DriveVectorEnv(SCRIPT, 1).teacher("log_replay")


BREAKS = """
local lead = actor { at = ahead(ego, 60), speed_mps = 10, behaviour = function(self)
  self:wait(uniform(0.5, 1.5))
  if chance(0.5) then error("a tyre burst") end
end }
return scene { duration_s = 3, step_s = 0.1, road = straight { length_m = 400 }, traffic = { vehicles = 0 },
  actors = { lead } }
"""


def test_a_scene_that_breaks_harms_its_own_env_alone(tmp_path):
    script = tmp_path / "breaks.lua"
    script.write_text(BREAKS)
    envs = DriveVectorEnv(script, 8)
    envs.reset(seed=1)
    broken = []
    for k in range(20):
        steps = envs.observations["step"].copy()
        try:
            envs.step(np.zeros((8, 2)))
        except EnvError as error:
            assert "breaks.lua:4: a tyre burst" in str(error) and str(error).startswith("env ")
            broken += [i for i in range(8) if envs.truncations[i]]
        going = envs.masks & ~envs.terminals & ~envs.truncations
        assert (envs.observations["step"][going] == steps[going] + 1).all()
    assert 0 < len(broken) < 16 and len(set(broken)) < 8
    envs.close()


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: DriveVectorEnv("nothing.lua"), "nothing.lua"),
        (lambda: DriveVectorEnv(SCRIPT, 0), "num_envs: 0 isn't a whole number in 1..65536"),
        (lambda: DriveVectorEnv(SCRIPT, 2.5), "num_envs: 2.5"),
        (lambda: DriveVectorEnv(SCRIPT, actions="wheel"), "actions: 'wheel' should be one of"),
        (lambda: DriveVectorEnv(SCRIPT, scenes=0), "scenes: 0 isn't"),
        (lambda: DriveVectorEnv(SCRIPT, latency_s=0.05), "latency_s: 0.05 isn't a multiple of 0.1"),
        (lambda: DriveVectorEnv(SCRIPT, latency_s=9), "latency of 90 decisions is outside 0..20"),
        (lambda: DriveVectorEnv(SCRIPT, overrides={"traffic.vehicle": 3}).reset(seed=1), "traffic.vehicle"),
        (lambda: DriveVectorEnv(SCRIPT, overrides={"step_s": 0.03}).reset(seed=1),
         "env 0: scene 0: step_s = 0.03 doesn't divide"),
        (lambda: DriveVectorEnv(SCRIPT).reset(seed=-1), "seed: -1 isn't"),
        (lambda: DriveVectorEnv(SCRIPT, 2).reset(seed=[1]), "seed: 1 seeds for 2 envs"),
        (lambda: DriveEnv(SCRIPT).step([0, 0]), "call reset"),
    ],
)
def test_errors_are_one_clear_line(make, words):
    with pytest.raises(RoadloomError) as caught:
        make()
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_a_library_that_isnt_there_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("ROADLOOM_DRIVE_LIBRARY", str(tmp_path / "none.so"))
    with pytest.raises(EnvError, match="set ROADLOOM_DRIVE_LIBRARY to its path"):
        DriveVectorEnv(SCRIPT)
    (tmp_path / "none.so").write_text("no library")
    with pytest.raises(EnvError, match="can't be loaded"):
        DriveVectorEnv(SCRIPT)


@pytest.mark.parametrize("script", ["nope.lua", b"nope.lua", b"caf\xe9.lua"])
def test_a_script_that_is_not_there_is_said(script):
    with pytest.raises(EnvError, match="cannot open: No such file"):
        DriveVectorEnv(script, 1)


def test_envs_of_another_process_are_refused():
    envs = DriveVectorEnv(SCRIPT, 2)
    envs.reset(seed=1)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            envs.step(np.zeros((2, 2)))
        except EnvError as error:
            code = 0 if "make them after forking" in str(error) else 2
        os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    envs.step(np.zeros((2, 2)))


def test_structs_in_python_are_the_headers(tmp_path):
    import ctypes

    from roadloom import _envs_library as lib

    text = "#include <stddef.h>\n#include <stdio.h>\n#include <roadloom/envs.h>\nint main(void) {\n"
    expected = ""
    for name, struct in (("config", lib.Config), ("arrays", lib.Arrays)):
        text += f'printf("{name} %zu\\n", sizeof(roadloom_envs_{name}));\n'
        expected += f"{name} {ctypes.sizeof(struct)}\n"
        for field, _ in struct._fields_:
            text += f'printf("{field} %zu\\n", offsetof(roadloom_envs_{name}, {field}));\n'
            expected += f"{field} {getattr(struct, field).offset}\n"
    (tmp_path / "layout.c").write_text(text + "return 0; }\n")
    subprocess.run(["cc", "-I", ROOT / "include", tmp_path / "layout.c", "-o", tmp_path / "layout"], check=True)
    assert subprocess.run([tmp_path / "layout"], capture_output=True, text=True).stdout == expected


def python_with_torch():
    """An interpreter that has PyTorch, and its environment: this one, or Debian's python3, whose python3-torch no
    virtual environment sees, with what this one has beside it."""
    paths = [str(ROOT / "python"), *(p for p in sys.path if p.endswith("site-packages"))]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    for python in (sys.executable, "/usr/bin/python3"):
        line = [python, "-c", "import gymnasium, numpy, torch; torch.from_numpy(numpy.zeros(1))"]
        if os.path.exists(python) and subprocess.run(line, env=env, capture_output=True).returncode == 0:
            return python, env
    pytest.skip("no Python here has PyTorch (Debian: python3-torch)")


def test_the_example_that_learns_drives(tmp_path):
    """A few lessons make no driver: that it learns, saves, loads and answers is what is looked at."""
    python, env = python_with_torch()
    example, net = ROOT / "examples" / "imitate.py", tmp_path / "net.pt"
    told = subprocess.run([python, example, "train", net, "--script", SCRIPT, "--minutes", "0.03",
                           "--envs", "4", "--scenes", "1"], env=env, check=True, capture_output=True, text=True)
    assert "lessons, loss" in told.stdout
    subprocess.run([BIN, "drive", SCRIPT, "--policy", f"{python} {example} {net}", "--episodes", "2",
                    "--timeout-s", "60", "--reference", "none", "-o", tmp_path / "data"], env=env, check=True)
    with open(tmp_path / "data" / "episodes.csv", newline="") as f:
        assert [row["failed"] for row in csv.DictReader(f)] == ["0", "0"]
