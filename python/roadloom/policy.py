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

_HEAD = struct.Struct("<4IQ2I3Q2dQ")


class Route:
    """An episode's way: points and log are (n, 3) arrays of x, y, yaw in the world frame."""

    def __init__(self, memory):
        (_, _, _, _, self.seed, count, logs, _, route, log, self.goal_m, self.duration_s, _) = (
            _HEAD.unpack_from(memory, 0)
        )
        self.points = np.frombuffer(memory, D, 3 * count, route).reshape(count, 3)
        self.log = np.frombuffer(memory, D, 3 * logs, log).reshape(logs, 3)


def serve(decide, reset=None, wants_log=False, name="python"):
    """Answers until Roadloom hangs up. `reset(route)` is called as an episode begins, `decide(seen,
    action)` at each step; an exception in either ends that episode as a failure of the policy."""
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
    answer.write(f"ready {1 if wants_log else 0} {name}\n")
    with os.fdopen(commands) as lines:
        for line in lines:
            try:
                if line == "reset\n":
                    if reset:
                        reset(Route(seen_memory))
                elif line == "step\n":
                    decide(seen, action)
                else:
                    raise ValueError(f"unknown command {line!r}")
            except Exception as error:  # said to the program, which ends the episode
                text = f"{type(error).__name__}: {error}".replace("\n", " ")
                answer.write(f"error {text[:200]}\n")
            else:
                answer.write("ok\n")
