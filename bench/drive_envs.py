# SPDX-License-Identifier: Apache-2.0
"""A peer of bench/drive.c: drive_envs.py WHAT SCRIPT ENVS STEPS.

Prints "ready", then for each line that it reads a rate in agent-steps a second of processor time,
by one thread; or "skip REASON" and ends. WHAT is roadloom (DriveVectorEnv), highway_env or metadrive.
"""
import sys
import time

AGENTS = 64


def roadloom(script, count, steps):
    from roadloom import DriveVectorEnv

    envs = DriveVectorEnv(script, count, scores=True, on_crash="continue", threads=1)
    idm = envs.teacher("idm")
    envs.reset(seed=1)

    def run():
        agent_steps = 0
        for _ in range(steps):
            envs.step(idm.ask(envs.actions))
            agent_steps += int(envs.masks.sum()) * AGENTS
        return agent_steps

    run(), run(), run()  # a world is kept as it is rewound first
    return run


def highway_env(script, count, steps):
    import gymnasium
    import highway_env as there  # noqa: F401  registers its environments

    env = gymnasium.make("highway-v0", config={
        "vehicles_count": AGENTS - 1, "simulation_frequency": 10, "policy_frequency": 10,
        "duration": 20, "offscreen_rendering": True, "real_time_rendering": False,
    })
    env.reset(seed=1)

    def run():
        for _ in range(40):
            _, _, terminated, truncated, _ = env.step(1)
            if terminated or truncated:
                env.reset()
        return 40 * AGENTS

    return run


def metadrive(script, count, steps):
    from metadrive import MetaDriveEnv

    env = MetaDriveEnv({
        "use_render": False, "map": 4, "num_scenarios": 4, "traffic_density": 0.2, "log_level": 50,
        "decision_repeat": 5, "physics_world_step_size": 0.02,
    })
    env.reset(seed=0)

    def run():
        agent_steps = 0
        for _ in range(100):
            _, _, terminated, truncated, _ = env.step([0.0, 0.3])
            agent_steps += 1 + len(env.engine.traffic_manager.vehicles)
            if terminated or truncated:
                env.reset()
        return agent_steps

    return run


def main():
    what, script, count, steps = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    try:
        run = {"roadloom": roadloom, "highway_env": highway_env, "metadrive": metadrive}[what](
            script, count, steps
        )
    except ImportError as error:
        print(f"skip {error.name or error} isn't installed", flush=True)
        return
    except OSError as error:  # MetaDrive loads its pictures from the network when it first begins
        print(f"skip it can't load what it needs: {error}", flush=True)
        return
    print("ready", flush=True)
    for _ in sys.stdin:
        begin_s = time.process_time()
        agent_steps = run()
        print(agent_steps / (time.process_time() - begin_s), flush=True)


main()
