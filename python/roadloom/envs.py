# SPDX-License-Identifier: Apache-2.0
"""Scenes to drive in, as gymnasium has them.

    from roadloom import DriveVectorEnv

    envs = DriveVectorEnv("town.lua", num_envs=256)
    seen, infos = envs.reset(seed=1)
    while True:
        seen, rewards, terminated, truncated, infos = envs.step(decide(seen))

Needs gymnasium, numpy and libroadloom_drive.so of the same build. What is seen and what may be done
is that of roadloom/policy.h; docs/driving.md tells rewards and ends.
"""
import ctypes
import os

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from . import policy
from ._env_spaces import copies_of, rows_of, sensor_space, sensor_views, space_of, views_of
from ._envs_library import ABI, Arrays, Call, Config, EnvError, load

__all__ = ["DriveEnv", "DriveVectorEnv", "EnvError", "Teacher"]

_MODES = {AutoresetMode.NEXT_STEP: 0, AutoresetMode.SAME_STEP: 1, AutoresetMode.DISABLED: 2}
# kind, the fields beside each other in the struct, least, most
_ACTIONS = {
    "acceleration": (
        policy.ACTION_ACCELERATION, ("accel_mps2", "steer_rate_radps"), (-10, -1.5), (10, 1.5)
    ),
    "pedals": (policy.ACTION_PEDALS, ("throttle", "brake", "steer"), (0, 0, -1), (1, 1, 1)),
}
_SCORE_LIMIT = 1000


class _Owner:
    """The library's envs. Arrays that show their memory keep it alive."""

    def __init__(self, config):
        self.library = load()
        self.call = Call(self.library)
        self.handle = ctypes.c_void_p()
        self.call("create", ctypes.byref(self.handle), ctypes.byref(config))
        self.arrays = Arrays(struct_size=ctypes.sizeof(Arrays))
        self.call("arrays_of", self.handle, ctypes.byref(self.arrays))
        self.pid = os.getpid()

    def array(self, name, dtype, *shape):
        dtype = np.dtype(dtype)
        size = int(np.prod(shape)) * dtype.itemsize
        memory = (ctypes.c_char * size).from_address(getattr(self.arrays, name))
        memory.owner = self
        return np.frombuffer(memory, dtype).reshape(shape)

    def __del__(self):
        if getattr(self, "handle", None) and self.pid == os.getpid():
            self.library.roadloom_envs_destroy(self.handle)


def _config(script, num_envs, threads, mode, overrides, options):
    texts = [f"{path}={_text(value)}".encode() for path, value in (overrides or {}).items()]
    return Config(
        struct_size=ctypes.sizeof(Config),
        abi_version=ABI,
        envs=num_envs,
        threads=threads,
        autoreset=_MODES[mode],
        override_count=len(texts),
        overrides=(ctypes.c_char_p * max(1, len(texts)))(*texts),
        script=os.fsencode(script),
        **options,
    )


def _names(sensors):
    if not sensors:
        return None
    if isinstance(sensors, str) or not all(isinstance(name, str) for name in sensors):
        raise EnvError(f"sensors: {sensors!r} should be a list of names")
    return ",".join(sensors).encode()


def _text(value):
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _whole(name, value, least, most):
    if not isinstance(value, (int, np.integer)) or not least <= value <= most:
        raise EnvError(f"{name}: {value!r} isn't a whole number in {least}..{most}")
    return int(value)


class DriveVectorEnv(gymnasium.vector.VectorEnv):
    """Many episodes of a scene script side by side.

    Env i is a stream of episodes of its own: with seed S its episode k is scene k of that seed, the
    one that `roadloom drive --seed S` calls episode k. What one env does changes nothing of another.

    script: path of the scene script.
    scenes: how many scenes an env goes through again and again; they are kept, so that a further
        episode costs next to nothing. None: each episode is a new scene, which has to be built.
    actions: "acceleration" (accel_mps2, steer_rate_radps), "pedals" (throttle, brake, steer) or
        "trajectory" (`points` rows of x_m, y_m, yaw_rad in the ego frame, 0.1 s apart).
    autoreset_mode: gymnasium's AutoresetMode.
    traffic: "reactive", or "log": others do what they do when the scene's own driver drives.
    on_crash: "end" or "continue". latency_s, duration_s, goal_m: as of `roadloom drive`.
    overrides: {"traffic.vehicles": 20, …} as `--set`.
    scores: all scores of docs/scores.md at each episode's end, in infos; named by `score_names`.
    log: the scene's own driver drives each scene first, which Teacher("log_replay") needs.
    sensors: names of sensors of the script's rig, ["front", "lidar_top"], that are rendered at every
        step: observations then have "sensors", see below. device: that renders, as `--device`.
    threads: how many share the work; 0: as many as there are processors. No number depends on it.
    copy: give copies of the arrays. Without, what reset and step give is the library's own memory,
        which the next call overwrites.

    Observations' "sensors" holds by name a camera's (H, W, 3) uint8 (sRGB, top row first), and of a
    lidar {"points": (most, 4) float32 of x, y, z in m in its own frame and intensity, then zeros;
    "count": how many there are}. They see the step before, and nothing of what is to come;
    roadloom/policy.h says how. `sensor_about(i)` gives mounts and lenses in env i's scene.

    Of the library's memory are also `observations` and `actions` (structured arrays of
    roadloom.policy's OBSERVATION and ACTION), `action_view` (what `actions` names of it),
    `rewards`, `terminals`, `truncations` and `masks` (False where a step began an episode and took
    no action). Make envs after any fork.
    """

    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.NEXT_STEP}

    def __init__(
        self,
        script,
        num_envs=1,
        *,
        scenes=1,
        actions="acceleration",
        points=41,
        autoreset_mode=AutoresetMode.NEXT_STEP,
        traffic="reactive",
        on_crash="end",
        latency_s=0.0,
        duration_s=None,
        goal_m=None,
        overrides=None,
        scores=False,
        log=False,
        sensors=None,
        device=None,
        threads=0,
        copy=False,
        render_mode=None,
    ):
        if render_mode is not None:
            raise EnvError(f"render_mode: {render_mode!r} isn't there; None is")
        mode = AutoresetMode(autoreset_mode)
        self.num_envs = _whole("num_envs", num_envs, 1, 65536)
        for name, value, choices in (
            ("actions", actions, (*_ACTIONS, "trajectory")),
            ("traffic", traffic, ("reactive", "log")),
            ("on_crash", on_crash, ("end", "continue")),
        ):
            if value not in choices:
                raise EnvError(f"{name}: {value!r} should be one of {', '.join(choices)}")
        points = _whole("points", points, 2, policy.TRAJECTORY_POINTS)
        self.metadata = {**self.metadata, "autoreset_mode": mode}
        self._mode, self._copy = mode, copy
        latency = round(latency_s / policy.DT_S)
        if abs(latency - latency_s / policy.DT_S) > 1e-6 or latency < 0:
            raise EnvError(f"latency_s: {latency_s} isn't a multiple of {policy.DT_S}")
        options = dict(
            scenes=0 if scenes is None else _whole("scenes", scenes, 1, 4096),
            scores=bool(scores),
            log=bool(log),
            log_traffic=traffic == "log",
            drives_on=on_crash == "continue",
            latency=latency,
            duration_s=duration_s or 0,
            goal_m=goal_m or 0,
            sensors=_names(sensors),
            device=None if device is None else str(device).encode(),
        )
        threads = _whole("threads", threads, 0, 1024)
        self._owner = _Owner(_config(script, self.num_envs, threads, mode, overrides, options))
        self._show_arrays()
        self._make_spaces(actions, points)
        self._seeded = np.zeros(self.num_envs, bool)
        self._wrong = {}

    # ---- arrays and spaces ----

    def _show_arrays(self):
        n, show = self.num_envs, self._owner.array
        self.observations = show("observations", policy.OBSERVATION, n)
        self.actions = show("actions", policy.ACTION, n)
        self.rewards = show("rewards", "<f4", n)
        self.terminals = show("terminals", bool, n)
        self.truncations = show("truncations", bool, n)
        self.masks = show("masks", bool, n)
        self._ended = show("ended", bool, n)
        self._ends = show("ends", "<u4", n)
        self._end_numbers = {
            "episode_steps": show("end_steps", "<u4", n),
            "episode_seed": show("end_seeds", "<u8", n),
            "episode_scene": show("end_scenes", "<u4", n),
        }
        name = self._owner.library.roadloom_envs_score_name
        count = self._owner.arrays.score_count
        self.score_names = [name(self._owner.handle, k).decode() for k in range(count)]
        self._scores = show("scores", "<f8", n, count) if count else None
        self._views = views_of(self.observations)
        stride = self._owner.arrays.sensor_stride
        self._sensed = show("sensed", "u1", n, stride) if stride else None
        if stride:
            self._views["sensors"] = sensor_views(self._sensed)
        if self._mode is AutoresetMode.SAME_STEP:
            self._final_views = views_of(show("final_observations", policy.OBSERVATION, n))
            if stride:
                self._final_views["sensors"] = sensor_views(show("final_sensed", "u1", n, stride))
        # The library is the only writer of all but the actions.
        for array in (self.rewards, self.terminals, self.truncations, self.masks):
            array.flags.writeable = False

    def _make_spaces(self, actions, points):
        n = self.num_envs
        if actions == "trajectory":
            self._kind = policy.ACTION_TRAJECTORY
            self.action_view = views_of(self.actions["points"])[:, :points]
            low, high = np.full((points, 3), -1000, "<f4"), np.full((points, 3), 1000, "<f4")
        else:
            self._kind, fields, low, high = _ACTIONS[actions]
            first = self.actions[fields[0]]
            self.action_view = np.lib.stride_tricks.as_strided(
                first, (n, len(fields)), (*first.strides, first.itemsize)
            )
            low, high = np.array(low, "<f4"), np.array(high, "<f4")
        self._points = points
        self.single_observation_space = space_of(policy.OBSERVATION)
        if self._sensed is not None:
            self.single_observation_space["sensors"] = sensor_space(self._views["sensors"])
        self.single_action_space = gymnasium.spaces.Box(low, high, dtype=np.float32)
        self.observation_space = batch_space(self.single_observation_space, n)
        self.action_space = batch_space(self.single_action_space, n)

    def _check_open(self):
        if self.closed:
            raise EnvError("the envs are closed")
        if self._owner.pid != os.getpid():
            raise EnvError("the envs were made in another process; make them after forking")

    def _seen(self):
        return copies_of(self._views) if self._copy else self._views

    # ---- reset ----

    def reset(self, *, seed=None, options=None):
        """Begins an episode in all envs, or in those of options["reset_mask"] (num_envs, bool).

        seed: a number S gives env i the seed S + i; a list gives each its own, None in it leaves
        that env's stream as it is. Without, the streams go on; they begin with random seeds.
        """
        self._check_open()
        n = self.num_envs
        mask = np.ones(n, bool)
        wanted = (options or {}).get("reset_mask")
        if wanted is not None:
            if not isinstance(wanted, np.ndarray) or wanted.shape != (n,) or wanted.dtype != bool:
                raise EnvError(f"reset_mask: should be a numpy array of bool of shape ({n},)")
            if not wanted.any():
                raise EnvError("reset_mask: names no env")
            mask = wanted.copy()
        if seed is None or isinstance(seed, (int, np.integer)):
            first = None if seed is None else _whole("seed", seed, 0, 2**64 - n)
            seeds = [None if first is None else first + i for i in range(n)]
            if first is not None:
                super().reset(seed=first)
        else:
            seeds = [None if s is None else _whole("seed", s, 0, 2**64 - 1) for s in seed]
            if len(seeds) != n:
                raise EnvError(f"seed: {len(seeds)} seeds for {n} envs")
        for i in np.flatnonzero(mask & ~self._seeded):
            if seeds[i] is None:
                seeds[i] = int(self.np_random.integers(2**63))
        given = np.array([s is not None for s in seeds])
        values = np.array([s or 0 for s in seeds], "<u8")
        self._seeded |= mask & given
        for part, new in ((mask & given, values), (mask & ~given, None)):
            if part.any():
                pointer = None if new is None else new.ctypes.data
                bits = np.ascontiguousarray(part, "u1")
                self._owner.call("reset", self._owner.handle, pointer, bits.ctypes.data)
        return self._seen(), {}

    # ---- step ----

    def step(self, actions):
        """A decision for each env: an array (num_envs, …) of action_space; a structured array
        (num_envs,) of roadloom.policy.ACTION, of any kind; or a list of an action each.

        An action that isn't finite, or one of a list that has the wrong shape or type, ends the
        episode of its env, which infos tells ("nan", "shape"). An array of the wrong shape or type
        is an EnvError, and nothing has happened.
        """
        self._check_open()
        self._take(actions)
        self._owner.call("step", self._owner.handle)
        seen, infos = self._seen(), self._tell_ends() if self._ended.any() else {}
        outcome = (self.rewards, self.terminals, self.truncations)
        if self._copy:
            outcome = tuple(array.copy() for array in outcome)
        return seen, *outcome, infos

    def _take(self, actions):
        self._wrong.clear()
        if isinstance(actions, np.ndarray) and actions.dtype == policy.ACTION:
            if actions.shape != (self.num_envs,):
                raise EnvError(f"actions: {actions.shape} of ACTION, not ({self.num_envs},)")
            if actions is not self.actions:
                self.actions[:] = actions
            return
        self.actions["kind"] = self._kind
        if self._kind == policy.ACTION_TRAJECTORY:
            self.actions["point_count"] = self._points
        if actions is self.action_view:
            return
        view = self.action_view
        try:
            array = np.asarray(actions)
        except ValueError:  # rows of several shapes
            array = None
        if array is None or (array.dtype == object and not isinstance(actions, np.ndarray)):
            return self._take_rows(actions)
        if array.dtype == object and array.shape == (self.num_envs,):
            return self._take_rows(actions)
        if array.shape != view.shape or array.dtype.kind not in "fiu":
            raise EnvError(
                f"actions: {array.dtype} of shape {array.shape}, not float32 of {view.shape}"
            )
        with np.errstate(over="ignore"):  # what is too large for a float ends its episode
            np.copyto(view, array, casting="unsafe")

    def _take_rows(self, rows):
        if len(rows) != self.num_envs:
            raise EnvError(f"actions: {len(rows)} for {self.num_envs} envs")
        wanted = self.action_view.shape[1:]
        for i, row in enumerate(rows):
            try:
                array = np.asarray(row)
                good = array.shape == wanted and array.dtype.kind in "fiu"
                found = f"{array.dtype} of shape {array.shape}"
            except ValueError:
                good, found = False, "rows of several lengths"
            if good:
                with np.errstate(over="ignore"):
                    self.action_view[i] = array
            else:
                self.actions["kind"][i] = 0
                self._wrong[i] = f"its action is {found}, not float32 of {wanted}"

    def _tell_ends(self):
        ended = self._ended.copy()
        library, handle = self._owner.library, self._owner.handle
        end, text = np.full(self.num_envs, None, object), np.full(self.num_envs, None, object)
        for i in map(int, np.flatnonzero(ended)):
            end[i] = library.roadloom_envs_end_name(int(self._ends[i])).decode()
            told = library.roadloom_envs_end_text(handle, i).decode("utf-8", "replace")
            text[i] = self._wrong.get(i, told) if end[i] == "shape" else told
        told = {"end": end, "end_text": text}
        told.update((name, array.copy()) for name, array in self._end_numbers.items())
        if self._scores is not None:
            told["scores"] = self._scores.copy()
        told.update([(f"_{name}", ended.copy()) for name in told])
        if self._mode is not AutoresetMode.SAME_STEP:
            return told
        final = np.full(self.num_envs, None, object)
        for i in map(int, np.flatnonzero(ended)):
            final[i] = rows_of(self._final_views, i)
        return {"final_obs": final, "_final_obs": ended.copy(),
                "final_info": told, "_final_info": ended.copy()}

    # ---- the rest ----

    def sensor_about(self, env=0):
        """{name: record of roadloom.policy's SENSOR} of an env's sensors: where they are mounted, how
        large they are, a camera's lens. Copies."""
        if self._sensed is None:
            raise EnvError("sensor_about: the envs were made without sensors")
        head = np.frombuffer(self._sensed[env], policy.SENSED, 1)[0]
        return {it["name"].decode(): it.copy() for it in head["sensors"][: head["count"]]}

    def teacher(self, name):
        """One of the policies that come along ("idm", "pdm_closed", …), which looks on from the
        next reset on. See Teacher."""
        self._check_open()
        return Teacher(self, name)

    def close_extras(self, **kwargs):
        """Lets go of the library's envs. Arrays that somebody still has stay readable."""
        self._owner = None


class Teacher:
    """A policy that comes along, asked for what it would do in each env: to learn from it."""

    def __init__(self, envs, name):
        self._envs, self.name, number = envs, name, ctypes.c_uint32()
        envs._owner.call("teacher", envs._owner.handle, name.encode(), ctypes.byref(number))
        self._number = number.value

    def ask(self, into=None):
        """Actions, a structured array (num_envs,) of roadloom.policy.ACTION, which `step` takes as
        it is. Where an env is between two episodes its `kind` is 0. into: an array to fill, e.g.
        the envs' own `actions`, which saves a copy."""
        envs = self._envs
        envs._check_open()
        if into is None:
            into = np.zeros(envs.num_envs, policy.ACTION)
        if into.dtype != policy.ACTION or into.shape != (envs.num_envs,) or not into.flags.c_contiguous:
            raise EnvError(f"into: should be a contiguous ({envs.num_envs},) of ACTION")
        envs._owner.call("ask", envs._owner.handle, self._number, into.ctypes.data)
        return into


class DriveEnv(gymnasium.Env):
    """One episode at a time: DriveVectorEnv's options without those of many envs. What it gives are
    copies."""

    metadata = {"render_modes": []}

    def __init__(self, script, *, actions="acceleration", render_mode=None, **options):
        self._envs = DriveVectorEnv(
            script,
            1,
            actions=actions,
            autoreset_mode=AutoresetMode.DISABLED,
            render_mode=render_mode,
            threads=1,
            **options,
        )
        self.observation_space = self._envs.single_observation_space
        self.action_space = self._envs.single_action_space
        self.score_names = self._envs.score_names
        self._begun = False

    def reset(self, *, seed=None, options=None):
        """The first scene of a seed, or the next one."""
        super().reset(seed=seed)
        if seed is None and not self._begun:
            seed = int(self.np_random.integers(2**63))
        self._envs.reset(seed=seed)
        self._begun = True
        return rows_of(self._envs._views, 0), {}

    def step(self, action):
        """An action that is no good ends the episode, which info["end"] tells."""
        if not self._begun or self._envs.terminals[0] or self._envs.truncations[0]:
            raise EnvError("the episode has ended or not begun; call reset")
        row = np.empty(1, object)
        row[0] = action
        _, rewards, terminated, truncated, infos = self._envs.step(row)
        info = {name: value[0] for name, value in infos.items() if not name.startswith("_")}
        return (
            rows_of(self._envs._views, 0),
            float(rewards[0]),
            bool(terminated[0]),
            bool(truncated[0]),
            info,
        )

    def close(self):
        self._envs.close()


gymnasium.register(
    id="roadloom/Drive-v0",
    entry_point="roadloom.envs:DriveEnv",
    vector_entry_point="roadloom.envs:DriveVectorEnv",
)
