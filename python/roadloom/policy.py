# SPDX-License-Identifier: Apache-2.0
"""A policy as a program of its own, for `roadloom drive --policy "python3 mine.py"`.

    from roadloom.policy import serve

    def decide(seen, action):          # numpy records: roadloom/policy.h names the fields
        action["kind"] = 2             # ROADLOOM_ACTION_ACCELERATION
        action["accel_mps2"] = 1.0

    serve(decide)

`seen` and `action` are views of shared memory: nothing is copied. What the program prints goes to
standard error. Needs numpy and nothing else.
"""
import mmap
import os
import struct

import numpy as np

ABI = 1
DT_S = 0.1
ROUTE_STEP_M = 2.0
HISTORY, ROUTE_POINTS, LANES, LANE_POINTS = 21, 100, 48, 16
AGENTS, OBSTACLES, SIGNALS, TRAJECTORY_POINTS = 48, 32, 16, 81
ACTION_TRAJECTORY, ACTION_ACCELERATION, ACTION_PEDALS = 1, 2, 3
SIGNAL_RED, SIGNAL_RED_YELLOW, SIGNAL_GREEN, SIGNAL_YELLOW, SIGNAL_FLASHING = 1, 2, 3, 4, 5

F, U, D = "<f4", "<u4", "<f8"


def _fields(kind, names):
    return [(name, kind) for name in names.split()]


MOTION = np.dtype(_fields(F, "x_m y_m cos_yaw sin_yaw vx_mps vy_mps"))
EGO = np.dtype(
    _fields(D, "x_m y_m yaw_rad")
    + _fields(
        F,
        "speed_mps side_mps accel_mps2 side_mps2 yaw_rate_radps steer_rad length_m width_m"
        " height_m wheelbase_m rear_to_middle_m steer_most_rad drive_most_mps2 brake_most_mps2",
    )
    + [("seen", U), ("history", MOTION, HISTORY)],
    align=True,
)
ROUTE_POINT = np.dtype(_fields(F, "x_m y_m cos_yaw sin_yaw limit_mps width_m left_m right_m"))
LANE = np.dtype(
    _fields(U, "id flags left right signal")
    + _fields(F, "limit_mps width_m")
    + [("points", F, (LANE_POINTS, 2))]
)
AGENT = np.dtype(
    _fields(U, "id kind flags seen")
    + _fields(F, "length_m width_m height_m")
    + [("history", MOTION, HISTORY)]
)
OBSTACLE = np.dtype(
    _fields(U, "id kind") + _fields(F, "x_m y_m cos_yaw sin_yaw length_m width_m")
)
SIGNAL = np.dtype(
    _fields(U, "id color") + _fields(F, "x_m y_m cos_yaw sin_yaw left_s along_m")
)
WEATHER = np.dtype(
    _fields(F, "rain_mmh snow_mmh fog_visibility_m friction sun_elevation_rad cloud_cover")
)
OBSERVATION = np.dtype(
    _fields(U, "struct_size env step flags")
    + [("time_s", D), ("ego", EGO)]
    + _fields(F, "off_m goal_m")
    + _fields(U, "route_count lane_count agent_count obstacle_count signal_count agents_around")
    + [
        ("route", ROUTE_POINT, ROUTE_POINTS),
        ("lanes", LANE, LANES),
        ("agents", AGENT, AGENTS),
        ("obstacles", OBSTACLE, OBSTACLES),
        ("signals", SIGNAL, SIGNALS),
        ("weather", WEATHER),
    ],
    align=True,
)
POINT = np.dtype(_fields(F, "x_m y_m yaw_rad"))
ACTION = np.dtype(
    _fields(U, "struct_size kind point_count")
    + _fields(F, "accel_mps2 steer_rate_radps throttle brake steer")
    + [("points", POINT, TRAJECTORY_POINTS)]
)

_HEAD = struct.Struct("<4IQ2I3Q2dQQ")
SENSORS, CAMERA, LIDAR = 16, 1, 2
SENSOR = np.dtype(
    [("name", "S32")]
    + _fields(U, "kind width_px height_px points_most points lens")
    + _fields("<u8", "data_at data_size")
    + _fields(D, "x_m y_m z_m qw qx qy qz fx_px fy_px cx_px cy_px")
    + [("coefficients", D, 8)],
    align=True,
)
SENSED = np.dtype(
    _fields(U, "struct_size count")
    + [("size", "<u8")]
    + _fields(D, "begin_s duration_s")
    + [("sensors", SENSOR, SENSORS)],
    align=True,
)


def sensed_views(memory, at=0):
    """What a roadloom_sensors at that place of a buffer holds: its head, a SENSED record, and {name:
    array} of all of its data, a camera's (H, W, 3) uint8, a lidar's (points_most, 4) float32 of which
    the head's `points` hold. Views: nothing is copied."""
    head = np.frombuffer(memory, SENSED, 1, at)[0]
    views = {}
    for it in head["sensors"][: head["count"]]:
        start = at + int(it["data_at"])
        if it["kind"] == CAMERA:
            shape, kind = (int(it["height_px"]), int(it["width_px"]), 3), "u1"
        else:
            shape, kind = (int(it["points_most"]), 4), F
        flat = np.frombuffer(memory, kind, int(np.prod(shape)), start)
        views[it["name"].decode()] = flat.reshape(shape)
    return head, views


class Route:
    """An episode's way: points and log are (n, 3) arrays of x, y, yaw in the world frame."""

    def __init__(self, memory):
        (_, _, _, _, self.seed, count, logs, _, route, log, self.goal_m, self.duration_s, _, _) = (
            _HEAD.unpack_from(memory, 0)
        )
        self.points = np.frombuffer(memory, D, 3 * count, route).reshape(count, 3)
        self.log = np.frombuffer(memory, D, 3 * logs, log).reshape(logs, 3)


class Sensed(dict):
    """What the sensors that --sensors names see before a decision: {name: array}, a camera's
    (H, W, 3) uint8 and a lidar's (points, 4) float32 of x, y, z in m and intensity. `about` has the
    SENSOR records by name (mount, intrinsics), `begin_s` and `duration_s` the step that was seen."""

    def __init__(self, memory, at):
        super().__init__()
        self._head, self._all = sensed_views(memory, at)
        self.about = {it["name"].decode(): it for it in self._head["sensors"]}
        self.about.pop("", None)
        self.look()

    def look(self):
        """Takes up how many points there are now."""
        self.begin_s, self.duration_s = float(self._head["begin_s"]), float(self._head["duration_s"])
        for name, view in self._all.items():
            it = self.about[name]
            self[name] = view[: int(it["points"])] if it["kind"] == LIDAR else view


def serve(decide, reset=None, wants_log=False, name="python", senses=False):
    """Answers until Roadloom hangs up. `reset(route)` is called as an episode begins, `decide(seen,
    action)` at each step; an exception in either ends that episode as a failure of the policy.

    senses: it drives with sensors, which `roadloom drive --sensors` names: `decide(seen, action,
    sensed)` gets what they see, see Sensed."""
    fds = os.environ.get("ROADLOOM_POLICY_FDS")
    if not fds:
        raise SystemExit("roadloom.policy: to be started by roadloom drive --policy \"python3 …\"")
    in_fd, out_fd, commands, answers = map(int, fds.split())
    seen_memory = mmap.mmap(in_fd, 0, prot=mmap.PROT_READ)
    action_memory = mmap.mmap(out_fd, 0)
    head = _HEAD.unpack_from(seen_memory, 0)
    protocol, abi, observation_size, action_size = head[:4]
    wanted = (1, ABI, OBSERVATION.itemsize, ACTION.itemsize)
    answer = os.fdopen(answers, "w", buffering=1)
    if (protocol, abi, observation_size, action_size) != wanted:
        answer.write("error this roadloom.policy is of another version than the program\n")
        return
    seen = np.frombuffer(seen_memory, OBSERVATION, 1, head[7])[0]
    action = np.frombuffer(action_memory, ACTION, 1, head[12])[0]
    answer.write(f"ready {(1 if wants_log else 0) + (4 if senses else 0)} {name}\n")
    sensed = None
    with os.fdopen(commands) as lines:
        for line in lines:
            try:
                if line == "reset\n":
                    if reset:
                        reset(Route(seen_memory))
                elif line == "step\n":
                    if not senses:
                        decide(seen, action)
                    else:
                        if sensed is None:
                            sensed = Sensed(seen_memory, head[13])
                        sensed.look()
                        decide(seen, action, sensed)
                else:
                    raise ValueError(f"unknown command {line!r}")
            except Exception as error:  # said to the program, which ends the episode
                text = f"{type(error).__name__}: {error}".replace("\n", " ")
                answer.write(f"error {text[:200]}\n")
            else:
                answer.write("ok\n")
