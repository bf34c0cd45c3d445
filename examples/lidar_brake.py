#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A policy that sees by its lidar alone: it steers along the route and brakes for what returns come
from on its way. Nobody tells it who is there.

    roadloom drive scenes/library/first_drive.lua --policy "python3 examples/lidar_brake.py" \\
        --sensors lidar_top -o driven

Needs numpy, and python/ on PYTHONPATH or `pip install ./python`.
"""
import math

import numpy as np

from roadloom import policy

BRAKE, ACCEL, KEEP_M, LOW_M, HIGH_M, LEAST = 4.0, 1.5, 4.0, 0.4, 2.2, 3
FAINT = 0.003  # of rain and fog; hardly anything solid returns so little


def in_ego_frame(points, about, ego):
    """Lidar points as (N, 3) in the ego frame of now. They are given where the ego was as the step
    that is seen began: history[1]."""
    w, x, y, z = (float(about[k]) for k in ("qw", "qx", "qy", "qz"))
    turn = np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ])
    mounted = points[:, :3] @ turn.T + [about["x_m"], about["y_m"], about["z_m"]]
    if ego["seen"] < 2:  # it stands as the episode begins
        return mounted
    then = ego["history"][1]
    c, s = float(then["cos_yaw"]), float(then["sin_yaw"])
    moved = mounted.copy()
    moved[:, 0] = then["x_m"] + c * mounted[:, 0] - s * mounted[:, 1]
    moved[:, 1] = then["y_m"] + s * mounted[:, 0] + c * mounted[:, 1]
    return moved


def free_way(points, seen):
    """Metres before the front without clear returns between LOW_M and HIGH_M over the route."""
    ego, route = seen["ego"], seen["route"][: seen["route_count"]]
    front = float(ego["rear_to_middle_m"] + ego["length_m"] / 2)
    high = points[(points[:, 2] > LOW_M) & (points[:, 2] < HIGH_M) & (points[:, 0] > front)]
    if len(high) < LEAST or len(route) < 2:
        return 200.0
    dx = high[:, 0, None] - route["x_m"][None]
    dy = high[:, 1, None] - route["y_m"][None]
    nearest = np.argmin(dx * dx + dy * dy, axis=1)
    rows, point = np.arange(len(high)), route[nearest]
    beside = np.abs(dy[rows, nearest] * point["cos_yaw"] - dx[rows, nearest] * point["sin_yaw"])
    along = np.sort(nearest[beside < ego["width_m"] / 2 + 0.3] * policy.ROUTE_STEP_M - front)
    return float(along[LEAST - 1]) if len(along) >= LEAST else 200.0


def decide(seen, action, sensed):
    name = next(iter(sensed))
    ego, route = seen["ego"], seen["route"]
    v = float(ego["speed_mps"])
    points = sensed[name][sensed[name][:, 3] > FAINT]
    way = max(0.0, free_way(in_ego_frame(points, sensed.about[name], ego), seen) - KEEP_M)
    wanted = min(float(route[0]["limit_mps"]), math.sqrt(2 * BRAKE * way))
    k = min(int(max(4.0, 1.2 * v) / policy.ROUTE_STEP_M), int(seen["route_count"]) - 1)
    x, y = float(route[k]["x_m"]), float(route[k]["y_m"])
    steer = math.atan(2 * y * float(ego["wheelbase_m"]) / max(1.0, x * x + y * y))
    action["kind"] = policy.ACTION_ACCELERATION
    stands = v <= 0.05 and wanted < 0.1
    action["accel_mps2"] = 0 if stands else max(-2 * BRAKE, min(ACCEL, 2 * (wanted - v)))
    action["steer_rate_radps"] = max(-1.0, min(1.0, (steer - float(ego["steer_rad"])) * 5))


policy.serve(decide, senses=True, name="lidar_brake")
