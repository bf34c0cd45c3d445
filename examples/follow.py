#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A policy as a program: follows the route's middle behind whoever is ahead.

    roadloom drive scenes/library/town.lua --policy "python3 examples/follow.py" -o driven

Needs numpy, and python/ on PYTHONPATH or `pip install ./python`.
"""
import math

import numpy as np

from roadloom import policy

KEEP_M, BRAKE, ACCEL = 3.0, 3.0, 1.5


def free_way(seen):
    """Metres before the front that nobody is on."""
    ego = seen["ego"]
    front = ego["rear_to_middle_m"] + ego["length_m"] / 2
    route = seen["route"][: seen["route_count"]]
    agents = seen["agents"][: seen["agent_count"]]
    way = 200.0
    if len(agents):
        now = agents["history"][:, 0]
        dx = now["x_m"][:, None] - route["x_m"][None]
        dy = now["y_m"][:, None] - route["y_m"][None]
        nearest = np.argmin(dx * dx + dy * dy, axis=1)
        rows = np.arange(len(agents))
        point = route[nearest]
        beside = np.abs(dy[rows, nearest] * point["cos_yaw"] - dx[rows, nearest] * point["sin_yaw"])
        room = (ego["width_m"] + agents["width_m"]) / 2 + 0.3
        gap = nearest * policy.ROUTE_STEP_M - front - agents["length_m"] / 2
        ahead = (beside < room) & (gap > -1)
        if ahead.any():
            way = min(way, float(gap[ahead].min()))
    for signal in seen["signals"][: seen["signal_count"]]:
        if signal["along_m"] > front and signal["color"] in (policy.SIGNAL_RED, policy.SIGNAL_YELLOW):
            way = min(way, float(signal["along_m"] - front) + KEEP_M - 1)
    return way


def decide(seen, action):
    ego, route = seen["ego"], seen["route"]
    v = float(ego["speed_mps"])
    way = max(0.0, free_way(seen) - KEEP_M)
    wanted = min(float(route[0]["limit_mps"]), math.sqrt(2 * BRAKE * way))
    k = min(int(max(4.0, 1.2 * v) / policy.ROUTE_STEP_M), int(seen["route_count"]) - 1)
    x, y = float(route[k]["x_m"]), float(route[k]["y_m"])
    steer = math.atan(2 * y * float(ego["wheelbase_m"]) / max(1.0, x * x + y * y))
    action["kind"] = policy.ACTION_ACCELERATION
    stands = v <= 0.05 and wanted < 0.1
    action["accel_mps2"] = 0 if stands else max(-2 * BRAKE, min(ACCEL, 2 * (wanted - v)))
    action["steer_rate_radps"] = max(-1.0, min(1.0, (steer - float(ego["steer_rad"])) * 5))


policy.serve(decide)
