#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A policy that has learnt to drive from pdm_closed, and how it learns.

    python3 examples/imitate.py train imitate.pt --minutes 5
    roadloom drive scenes/library/town.lua --policy "python3 examples/imitate.py imitate.pt" \\
        --duration-s 15 --timeout-s 60 --episodes 50 -o driven

Learning: a small net drives in DriveVectorEnv, at first pdm_closed in its stead, and learns what
pdm_closed would have done in each place that it got into (DAgger: Ross, Gordon, Bagnell 2011). It says two
numbers: how to accelerate over the next second, and how to curve.

Needs PyTorch and numpy, gymnasium to train; python/ on PYTHONPATH or `pip install './python[envs]'`.
"""
import argparse
import os
import time

import numpy as np
import torch
from torch import nn

from roadloom import policy

ROUTE, AGENTS, OBSTACLES, SIGNALS = 24, 16, 6, 2  # of each as many as the net sees, nearest first
FAR_M, FAST_MPS = 50.0, 15.0
STEER_S = 0.3  # in which the steering gets to where it should
CURVE = 10.0  # curvatures are small: 1 / m, times this


# ---- what the net sees of structured observations (n,) ----


def state(seen):
    ego, route = seen["ego"], seen["route"][:, :ROUTE]
    signals = seen["signals"][:, :SIGNALS]
    red = np.isin(signals["color"], (policy.SIGNAL_RED, policy.SIGNAL_YELLOW, policy.SIGNAL_RED_YELLOW))
    stop = np.where((signals["along_m"] > 0) & red, signals["along_m"], 2 * FAR_M)
    parts = [
        np.stack([ego["speed_mps"] / FAST_MPS, ego["accel_mps2"] / 5, ego["steer_rad"] * 2,
                  ego["yaw_rate_radps"] * 2, seen["off_m"] / 2,
                  np.clip(seen["goal_m"] / FAR_M, -1, 2), ego["length_m"] / 5], 1),
        route["x_m"] / FAR_M, route["y_m"] / 5, route["sin_yaw"], route["limit_mps"][:, ::6] / FAST_MPS,
        np.clip(stop / FAR_M, 0, 2),
    ]
    return np.concatenate(parts, 1).astype(np.float32)


def others(seen):
    """(n, AGENTS + OBSTACLES, 9); rows of nobody are 0."""
    agents = seen["agents"][:, :AGENTS]
    now = agents["history"][:, :, 0]
    a = np.stack([now["x_m"] / FAR_M, now["y_m"] / FAR_M, now["y_m"] / 5, now["cos_yaw"], now["sin_yaw"],
                  now["vx_mps"] / FAST_MPS, now["vy_mps"] / FAST_MPS, agents["length_m"] / 5,
                  np.ones_like(now["x_m"])], 2)
    a[np.arange(AGENTS)[None] >= seen["agent_count"][:, None]] = 0
    obstacles = seen["obstacles"][:, :OBSTACLES]
    zero = np.zeros_like(obstacles["x_m"])
    o = np.stack([obstacles["x_m"] / FAR_M, obstacles["y_m"] / FAR_M, obstacles["y_m"] / 5,
                  obstacles["cos_yaw"], obstacles["sin_yaw"], zero, zero, obstacles["length_m"] / 5,
                  np.ones_like(zero)], 2)
    o[np.arange(OBSTACLES)[None] >= seen["obstacle_count"][:, None]] = 0
    return np.concatenate([a, o], 1).astype(np.float32)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        width = 7 + 3 * ROUTE + len(range(0, ROUTE, 6)) + SIGNALS
        self.one = nn.Sequential(nn.Linear(9 + 7, 64), nn.ReLU(), nn.Linear(64, 64))
        self.all = nn.Sequential(nn.Linear(width + 64, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(),
                                 nn.Linear(128, 2))

    def forward(self, state, others):
        # Each of the others beside the ego's own motion; of all of them what counts most.
        ego = state[:, None, :7].expand(-1, others.shape[1], -1)
        seen = self.one(torch.cat([others, ego], 2))
        seen = torch.where(others[:, :, 8:] > 0, seen, torch.full_like(seen, -1.0)).max(1).values
        return self.all(torch.cat([state, seen], 1))

    @torch.no_grad()
    def say(self, seen):
        """(n, 2): acceleration in m/s2, curvature in 1/m."""
        answer = self(torch.from_numpy(state(seen)), torch.from_numpy(others(seen))).numpy()
        return answer * (1, 1 / CURVE)


def act(seen, answer):
    """(n, 2) of the action acceleration: accel_mps2, steer_rate_radps."""
    ego = seen["ego"]
    wanted = np.arctan(np.clip(answer[:, 1], -0.3, 0.3) * ego["wheelbase_m"])
    rate = np.clip((wanted - ego["steer_rad"]) / STEER_S, -1, 1)
    return np.stack([np.clip(answer[:, 0], -8, 3), rate], 1).astype(np.float32)


# ---- learning ----


def lesson(seen, actions):
    """What the net should have said: the mean acceleration of the teacher's plan over a second, and
    its curvature over the next few metres."""
    points = actions["points"][:, : int(actions["point_count"].min())]
    step = np.hypot(np.diff(points["x_m"], axis=1), np.diff(points["y_m"], axis=1))
    v0, v1 = seen["ego"]["speed_mps"], step[:, 9] / policy.DT_S
    rows, k = np.arange(len(points)), 10
    far = points[rows, np.argmax(np.cumsum(step, 1) > np.maximum(4.0, 0.8 * v0)[:, None], axis=1)]
    stands = step[:, :40].sum(1) < 4.0  # no way to tell a curve by: that of the route
    x = np.where(stands, seen["route"]["x_m"][:, 3], far["x_m"])
    y = np.where(stands, seen["route"]["y_m"][:, 3], far["y_m"])
    curve = 2 * y / np.maximum(1.0, x * x + y * y)
    return np.stack([np.clip(v1 - v0, -8, 3) / (k * policy.DT_S), np.clip(curve, -0.3, 0.3) * CURVE],
                    1).astype(np.float32)


def train(options):
    from roadloom import DriveVectorEnv

    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    rng = np.random.default_rng(1)
    envs = DriveVectorEnv(options.script, options.envs, scenes=options.scenes, duration_s=15,
                          threads=options.threads)
    teacher = envs.teacher("pdm_closed")
    envs.reset(seed=options.seed)
    net = Net()
    learner = torch.optim.Adam(net.parameters(), 1e-3)
    room = 200_000
    states = np.zeros((room, *state(envs.observations).shape[1:]), np.float32)
    around = np.zeros((room, *others(envs.observations).shape[1:]), np.float32)
    lessons = np.zeros((room, 2), np.float32)
    count, began, told, ends, losses = 0, time.time(), 0, {}, []
    while (spent := (time.time() - began) / 60) < options.minutes:
        share = spent / options.minutes
        for group in learner.param_groups:
            group["lr"] = 1e-3 * (1 - 0.95 * share)
        seen = envs.observations
        taught = teacher.ask()
        good = np.flatnonzero(taught["kind"] == policy.ACTION_TRAJECTORY)
        at = (count + np.arange(len(good))) % room
        states[at], around[at] = state(seen[good]), others(seen[good])
        lessons[at] = lesson(seen[good], taught[good])
        count += len(good)
        # The net drives ever more often: so it learns to get out of what it gets into.
        own = act(seen, net.say(seen))
        by_teacher = rng.random(envs.num_envs) < max(0.1, 1 - 3 * share)
        actions = taught.copy()
        actions["kind"][~by_teacher] = policy.ACTION_ACCELERATION
        actions["accel_mps2"][~by_teacher] = own[~by_teacher, 0]
        actions["steer_rate_radps"][~by_teacher] = own[~by_teacher, 1]
        *_, infos = envs.step(actions)
        for end in infos.get("end", ()):
            ends[end] = ends.get(end, 0) + (end is not None)
        for _ in range(options.updates):
            some = rng.integers(min(count, room), size=512)
            said = net(torch.from_numpy(states[some]), torch.from_numpy(around[some]))
            loss = nn.functional.smooth_l1_loss(said, torch.from_numpy(lessons[some]))
            learner.zero_grad()
            loss.backward()
            learner.step()
            losses.append(loss.item())
        if spent * 60 >= told:
            counts = ", ".join(f"{end} {n}" for end, n in sorted(ends.items(), key=str) if n)
            print(f"{spent:.1f} min: {count} lessons, loss {np.mean(losses[-200:]):.4f}; {counts}", flush=True)
            told, ends = spent * 60 + 30, {}
    torch.save(net.state_dict(), options.model)


# ---- driving ----


def drive(path):
    torch.set_num_threads(1)
    net = Net()
    net.load_state_dict(torch.load(path))

    def decide(seen, action):
        seen = seen.reshape(1)
        answer = act(seen, net.say(seen))[0]
        action["kind"] = policy.ACTION_ACCELERATION
        action["accel_mps2"], action["steer_rate_radps"] = answer

    policy.serve(decide, name="imitate")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="+", help="train MODEL, or MODEL to drive")
    parser.add_argument("--script", default="scenes/library/town.lua")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--envs", type=int, default=64)
    parser.add_argument("--scenes", type=int, default=4, help="of each env (default 4)")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--updates", type=int, default=4, help="of the net a step")
    parser.add_argument("--seed", type=int, default=1000)
    options = parser.parse_args()
    if options.what[0] == "train" and len(options.what) == 2:
        options.model = options.what[1]
        train(options)
    elif len(options.what) == 1:
        drive(options.what[0])
    else:
        parser.error("either train MODEL, or MODEL")


if __name__ == "__main__":
    main()
