# SPDX-License-Identifier: Apache-2.0
"""A policy that rolls on and writes down who it saw: a line of JSON a decision, appended to the file
that POLICY_WITNESS names. Places are of the world, of boxes' middles."""
import json
import math
import os

from roadloom import policy


def decide(seen, action):
    action["kind"] = policy.ACTION_ACCELERATION
    action["accel_mps2"] = 0
    action["steer_rate_radps"] = 0
    ego = seen["ego"]
    x, y, yaw = (float(ego[k]) for k in ("x_m", "y_m", "yaw_rad"))
    c, s = math.cos(yaw), math.sin(yaw)
    middle = float(ego["rear_to_middle_m"])
    others = []
    for it in seen["agents"][: int(seen["agent_count"])]:
        now = it["history"][0]
        ax, ay = float(now["x_m"]), float(now["y_m"])
        turned = math.atan2(now["sin_yaw"], now["cos_yaw"]) + yaw
        others.append([int(it["kind"]), x + c * ax - s * ay, y + s * ax + c * ay, turned,
                       float(it["length_m"]), float(it["width_m"])])
    line = {"ego": [x + c * middle, y + s * middle, yaw], "size": [float(ego["length_m"]), float(ego["width_m"])],
            "others": others, "all": int(seen["agents_around"]) == len(others)}
    with open(os.environ["POLICY_WITNESS"], "a") as f:
        f.write(json.dumps(line) + "\n")


policy.serve(decide)
