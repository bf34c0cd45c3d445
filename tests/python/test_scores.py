# SPDX-License-Identifier: Apache-2.0
"""The scores of an episode against the originals' own formulas, worked out here with numpy and
scipy, on episodes drawn at random. test_sim_print_scores, a program of the tests, scores a file.

ROADLOOM_BIN  the program roadloom; test_sim_print_scores lies beside it
"""
import functools
import json
import math
import os
import pathlib
import re
import subprocess

import numpy as np
import pytest
from scipy.signal import savgol_filter
from scipy.stats import binomtest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ON_LANE, IN_LANE, JUNCTION, WRONG_WAY, RED, STOP, ROUTE_LANE = (1 << k for k in range(7))
CAR, BICYCLE, PERSON, CONE = 13, 18, 19, 21  # thing_kind of scenes/scene.h
STOPPED_EGO, STOPPED_OTHER, REAR, FRONT, LATERAL = range(5)
LENGTH, WIDTH, BACK, STEP = 4.8, 1.9, 1.4, 0.1


@pytest.fixture(scope="session")
def program():
    named = os.environ.get("ROADLOOM_BIN")
    path = (pathlib.Path(named).parent if named else ROOT / "build/test") / "test_sim_print_scores"
    if not path.exists():
        pytest.fail(f"{path} isn't built: cmake --build its folder --target {path.name}")
    return path


@pytest.fixture(scope="session")
def ask(program, tmp_path_factory):
    """Hands the program words and numbers, and returns what it answers."""
    file = tmp_path_factory.mktemp("scores") / "question"

    def asked(*words):
        file.write_text(" ".join(repr(float(w)) if isinstance(w, float) else str(w) for w in words))
        done = subprocess.run([str(program), str(file)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
    return asked


class Episode:
    """An episode drawn at random: the ego winds along x among others that cross its way."""

    def __init__(self, seed, frames=75, actors=7, calm=False):
        r = np.random.default_rng(seed)
        self.n, self.m = frames, actors
        t = np.arange(frames) * STEP
        calm_by = 0.15 if calm else 1.0
        self.v = 8 + 3 * calm_by * np.sin(0.7 * t + r.uniform(0, 6)) + calm_by * r.normal(0, 0.05, frames)
        if seed % 5 == 1:
            self.v[-25:] = 0  # stands at the end
        self.rate = 0.1 * calm_by * np.sin(0.9 * t + r.uniform(0, 6))
        self.yaw = 3.0 + np.cumsum(self.rate) * STEP  # crosses pi
        self.yaw = (self.yaw + np.pi) % (2 * np.pi) - np.pi
        self.u, self.w = self.v * np.sign(r.uniform(-0.1, 1)), 0.1 * np.sin(t)
        self.ax, self.ay = np.gradient(self.u, STEP), self.u * self.rate
        self.x = np.cumsum(self.u * np.cos(self.yaw)) * STEP
        self.y = np.cumsum(self.u * np.sin(self.yaw)) * STEP
        self.lane = r.choice([1, 2], frames, p=[0.9, 0.1]) if seed % 3 else np.ones(frames, int)
        self.lane_s = np.maximum(0, 50 + np.cumsum(-self.u if seed % 4 == 3 else self.u) * STEP)
        self.left = r.normal(0, 0.08, frames) + (0.7 if seed % 4 == 0 else 0)
        self.limit = np.where(r.uniform(0, 1, frames) < 0.5, 8.0, 13.0)
        marks = np.full(frames, ON_LANE | IN_LANE | ROUTE_LANE)
        for bit, p in ((IN_LANE, 0.2), (ROUTE_LANE, 0.04), (ON_LANE, 0.03)):
            marks = np.where(r.uniform(0, 1, frames) < p, marks & ~bit, marks)
        for bit, p in ((JUNCTION, 0.2), (RED, 0.01), (STOP, 0.01), (WRONG_WAY, 0.03)):
            marks = np.where(r.uniform(0, 1, frames) < p * (bit == JUNCTION or not calm), marks | bit, marks)
        self.marks = marks
        self.limit = np.where(marks & ON_LANE, self.limit, np.inf)
        self.outside = np.where(r.uniform(0, 1, frames) < (0.005 if calm else 0.02), r.uniform(0, 0.4, frames), 0.0)
        self.middle = np.where(r.uniform(0, 1, frames) < 0.03, 2.0, 0.0)
        self.route = np.cumsum(np.abs(self.u)) * STEP
        self.off = np.abs(self.left)
        self.begin, self.goal = 0.0, float(self.route[-1] * r.uniform(0.9, 3))
        self.reference = np.cumsum(np.full(frames, r.uniform(3, 12))) * STEP
        self.kind = r.choice([CAR, BICYCLE, PERSON], actors)
        self.size = np.array([{CAR: (4.6, 1.8), BICYCLE: (1.8, 0.6), PERSON: (0.5, 0.6)}[k]
                              for k in self.kind])
        # Each passes close by the ego at some time, at any angle.
        when, angle = r.integers(0, frames, actors), r.uniform(-np.pi, np.pi, actors)
        speed = np.where(r.uniform(0, 1, actors) < 0.15, 0.0, r.uniform(0.5, 14, actors))
        # Of calm ones most keep away.
        off = (r.normal(0, 1, actors) + (9 if calm else 0)) * r.choice([-1, 1], actors)
        off_x, off_y = r.normal(0, 3, actors) - off * np.sin(angle), off * np.cos(angle)
        away = (np.arange(frames)[:, None] - when) * STEP
        self.ox = self.x[when] + off_x + away * speed * np.cos(angle)
        self.oy = self.y[when] + off_y + away * speed * np.sin(angle)
        # Single precision, as the record keeps them.
        self.ocos = np.tile(np.float32(np.cos(angle)), (frames, 1)).astype(float)
        self.osin = np.tile(np.float32(np.sin(angle)), (frames, 1)).astype(float)
        self.ovx = np.tile(np.float32(speed * np.cos(angle)), (frames, 1)).astype(float)
        self.ovy = np.tile(np.float32(speed * np.sin(angle)), (frames, 1)).astype(float)
        self.size = self.size.astype(np.float32).astype(float)
        self.here = (r.uniform(0, 1, actors) < 0.9) | (np.arange(frames)[:, None] > 5)
        self.plans = self.plan_points = 0
        self.plan_frame, self.plan = [], np.zeros((0, 0, 3))

    def words(self):
        yield from ("episode", STEP, LENGTH, WIDTH, BACK, self.n, self.m, 0, 1, self.begin, self.goal)
        yield from (float(self.x[-1]), float(self.y[-1]), len(self.reference))
        yield from (len(self.plan_frame), self.plan.shape[1], STEP, 1, 0.0)
        yield from map(float, self.reference)
        for k in range(self.n):
            yield from map(float, (self.x[k], self.y[k], self.yaw[k], self.u[k], self.w[k], self.ax[k],
                                   self.ay[k], self.rate[k], self.lane[k], self.lane_s[k], self.left[k],
                                   0, self.limit[k], self.outside[k], self.middle[k], self.marks[k],
                                   self.route[k], self.off[k]))
        for i in range(self.m):
            yield from map(float, (self.kind[i], *self.size[i]))
        for k in range(self.n):
            for i in range(self.m):
                yield from map(float, (self.here[k, i], self.ox[k, i], self.oy[k, i], self.ocos[k, i],
                                       self.osin[k, i], self.ovx[k, i], self.ovy[k, i], 0, 0))
        yield from map(float, self.plan_frame)
        yield from map(float, np.ravel(self.plan))

    def speed(self, k):
        return math.hypot(self.u[k], self.w[k])

    def ego_box(self, k, ahead=0.0):
        c, s = math.cos(self.yaw[k]), math.sin(self.yaw[k])
        return corners(self.x[k] + c * ahead, self.y[k] + s * ahead, c, s, LENGTH, WIDTH)

    def box(self, k, i, t=0.0, along_heading=False):
        c, s = self.ocos[k, i], self.osin[k, i]
        vx, vy = self.ovx[k, i], self.ovy[k, i]
        if along_heading:
            speed = math.hypot(vx, vy)
            vx, vy = speed * c, speed * s
        return corners(self.ox[k, i] + vx * t, self.oy[k, i] + vy * t, c, s, *self.size[i])

    def angle(self, k, i, then=None):
        """Of another's middle from the ego's heading, seen from its rear axle."""
        j = k if then is None else then
        c, s = math.cos(self.yaw[k]), math.sin(self.yaw[k])
        dx, dy = self.ox[j, i] - self.x[k] + BACK * c, self.oy[j, i] - self.y[k] + BACK * s
        return math.degrees(math.acos(max(-1, min(1, (dx * c + dy * s) / math.hypot(dx, dy)))))

    def watched(self, k, i, then=None):
        wide = not self.marks[k] & IN_LANE or self.marks[k] & JUNCTION
        a = self.angle(k, i, then)
        return a < 30 or (bool(wide) and a <= 150)


def corners(x, y, c, s, length, width):
    out = [(1, 1), (-1, 1), (-1, -1), (1, -1)]
    return np.array([(x + c * a * length / 2 - s * b * width / 2,
                      y + s * a * length / 2 + c * b * width / 2) for a, b in out])


def touch(a, b):
    """Whether two convex polygons have a point in common: no edge of either parts them."""
    for p in (a, b):
        for k in range(len(p)):
            edge = p[(k + 1) % len(p)] - p[k]
            normal = np.array([-edge[1], edge[0]])
            if not normal.any():
                continue
            one, two = a @ normal, b @ normal
            if one.max() < two.min() or two.max() < one.min():
                return False
    return True


@functools.cache
def contacts_of(e):
    """(frame, who, type, at fault) of all pairs that touch, as nuPlan classifies them."""
    found = []
    for k in range(e.n):
        for i in range(e.m):
            if not e.here[k, i] or not touch(e.ego_box(k), e.box(k, i)):
                continue
            if e.speed(k) <= 0.05:
                kind = STOPPED_EGO
            elif math.hypot(e.ovx[k, i], e.ovy[k, i]) <= 0.05:
                kind = STOPPED_OTHER
            elif e.angle(k, i) > 150:
                kind = REAR
            else:
                front = e.ego_box(k)[[0, 3]]
                kind = FRONT if touch(front, e.box(k, i)) else LATERAL
            fault = kind in (STOPPED_OTHER, FRONT) or (kind == LATERAL and not e.marks[k] & IN_LANE)
            found.append((k, i, kind, fault))
    return found


def comfort_of(e):
    def smooth(a):
        return np.round(savgol_filter(a, polyorder=2, window_length=min(8, len(a))), 8)

    def change(a, window, order=2, derivative=1):
        return np.round(savgol_filter(a, polyorder=order, window_length=min(window, len(a)),
                                      deriv=derivative, delta=STEP), 8)
    alpha = np.diff(e.rate, prepend=e.rate[0]) / STEP
    ahead, left = e.ax - e.rate**2 * BACK, e.ay + alpha * BACK
    yaw = np.unwrap(e.yaw)
    return {"lon_accel": smooth(ahead), "lat_accel": smooth(left),
            "jerk": change(smooth(np.hypot(e.ax, e.ay)), 15),
            "lon_jerk": change(smooth(ahead), 15),
            "yaw_rate": change(yaw, 5), "yaw_accel": change(yaw, 5, 3, 2)}


BOUNDS = {"lon_accel": (-4.05, 2.40), "lat_accel": (-4.89, 4.89), "jerk": (-8.37, 8.37),
          "lon_jerk": (-4.13, 4.13), "yaw_rate": (-0.95, 0.95), "yaw_accel": (-1.93, 1.93)}


def comfortable(parts):
    return all(BOUNDS[k][0] < v.min() and v.max() < BOUNDS[k][1] for k, v in parts.items())


@pytest.fixture(scope="session", params=range(10))
def scored(request, ask):
    e = Episode(request.param, calm=request.param % 2 == 0)
    return e, ask(*e.words())


@pytest.mark.parametrize("window,order,derivative,n", [
    (8, 2, 0, 60), (8, 2, 0, 8), (8, 2, 0, 9), (15, 2, 1, 60), (15, 2, 1, 15), (5, 2, 1, 33), (5, 3, 2, 33),
    (5, 3, 2, 5), (41, 2, 0, 41), (41, 2, 1, 41), (56, 2, 1, 56), (4, 2, 0, 20), (7, 3, 1, 200)])
def test_the_filter_is_scipys(ask, window, order, derivative, n):
    r = np.random.default_rng(n + window)
    values = np.cumsum(r.normal(size=n)) + 100
    out = ask("savgol", window, order, derivative, STEP, n, *map(float, values))["out"]
    expected = savgol_filter(values, window, order, deriv=derivative, delta=STEP)
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-6)


def test_comfort_is_nuplans(scored):
    e, found = scored
    expected = comfort_of(e)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=0, atol=1e-6, err_msg=name)
    assert found["values"]["nuplan_like.c"] == comfortable(expected)


def test_contacts_are_those_of_polygons_and_nuplans_rules(scored):
    e, found = scored
    assert [tuple(c[:4]) for c in found["contacts"]] == contacts_of(e)


def test_nuplan_like_is_nuplans_formula(scored):
    e, found = scored
    v, contacts = found["values"], contacts_of(e)
    first, faults, fault_frames = {}, {"vru": 0, "vehicle": 0}, set()
    for k, i, _, fault in contacts:
        if i not in first:
            first[i] = k
            if fault:
                faults["vehicle" if e.kind[i] == CAR else "vru"] += 1
                fault_frames.add(k)
    nc = math.prod(max(0, 1 - n) for n in faults.values())
    ttc = np.full(e.n, np.inf)
    for k in range(e.n):
        if k in fault_frames:
            ttc[k] = 0
        elif e.speed(k) > 0.005:
            others = [i for i in range(e.m)
                      if e.here[k, i] and first.get(i, e.n) > k and e.watched(k, i)]
            for t in np.arange(0.1, 3.0, 0.1):
                if any(touch(e.ego_box(k, e.speed(k) * t), e.box(k, i, t, True)) for i in others):
                    ttc[k] = t
                    break
    np.testing.assert_allclose(found["frame_ttc_s"], ttc, atol=1e-9)
    way, before, lane = [], None, None
    for k in range(e.n):
        now = e.lane[k] if e.marks[k] & ON_LANE else None
        lane = now if k == 0 else lane
        step = 0.0
        if now is not None and now == lane:
            step = e.lane_s[k] - before if before is not None else 0.0
            before = e.lane_s[k]
        elif now is not None:
            lane, before = now, None
        way.append(step)
    sums = np.array([sum(way[max(0, k - 10):k + 1]) for k in range(e.n)])
    np.testing.assert_allclose(found["frame_way_m"], sums, atol=1e-9)
    against = abs(min(sums))
    ddc = 1.0 if against < 2 else 0.5 if against < 6 else 0.0
    progress = e.route[-1] - e.route[0]
    ep = min(1, max(progress, 2) / max(e.reference[-1] - e.reference[0], 2))
    over = np.maximum(0, np.hypot(e.u, e.w) - e.limit)
    sl = max(0, 1 - over.sum() * STEP / (2.23 * (e.n - 1) * STEP))
    parts = {"nc": nc, "dac": float((e.outside < 0.3).all()), "mp": float(ep >= 0.2), "ddc": ddc, "ep": ep,
             "ttc": float(ttc.min() > 0.95), "sl": sl, "c": float(comfortable(comfort_of(e)))}
    for name, value in parts.items():
        assert v[f"nuplan_like.{name}"] == pytest.approx(value, abs=1e-9), name
    p = parts
    total = p["nc"] * p["dac"] * p["mp"] * p["ddc"] * (5 * ep + 5 * p["ttc"] + 4 * sl + 2 * p["c"]) / 16
    assert v["nuplan_like"] == pytest.approx(total, abs=1e-9)


def navsim_comfort(e, a, b):
    def change(values, window, order=2, derivative=1):
        return savgol_filter(values, polyorder=order, window_length=min(window, len(values)),
                             deriv=derivative, delta=STEP)
    ax, ay, yaw, n = e.ax[a:b], e.ay[a:b], np.unwrap(e.yaw[a:b]), b - a
    smooth = lambda values: np.round(savgol_filter(values, 8, 2), 8)
    return comfortable({"lon_accel": savgol_filter(ax, n, 2), "lat_accel": savgol_filter(ay, n, 2),
                        "jerk": change(smooth(np.hypot(ax, ay)), n), "lon_jerk": change(smooth(ax), n),
                        "yaw_rate": change(yaw, 5), "yaw_accel": change(yaw, 5, 3, 2)})


def navsim_window(e, first, contacts):
    last, by_frame = first + 40, {}
    for k, i, _, fault in contacts:
        by_frame.setdefault(k, []).append((i, fault))
    gone = {i for i, _ in by_frame.get(first, [])}
    met, nc, ttc, ttc2 = set(gone), 1.0, 1.0, 1.0
    for k in range(first, last + 1):
        for i, fault in by_frame.get(k, []):
            if i not in gone and fault:
                nc = 0.0
            elif i not in gone:
                gone.add(i)
        for tenths in (0, 3, 6, 9):
            if k + tenths >= e.n or e.speed(k) < 0.005:
                continue
            own = e.ego_box(k, e.speed(k) * tenths / 10)
            for i in range(e.m):
                if i in met or not e.here[k + tenths, i] or not touch(own, e.box(k + tenths, i)):
                    continue
                if e.watched(k, i, k + tenths):
                    ttc, ttc2 = 0.0, 0.0 if k - first <= 31 else ttc2
                else:
                    met.add(i)
    dac = float((e.outside[first:last + 1] <= 0).all())
    tlc = float(not (e.marks[first + 1:last + 1] & RED).any())
    steps = np.hypot(np.diff(e.x[first:last + 1], prepend=e.x[first]),
                     np.diff(e.y[first:last + 1], prepend=e.y[first]))
    on = ON_LANE | ROUTE_LANE
    steps[(e.marks[first:last + 1] & on) == on] = 0
    wrong = max(sum(steps[max(0, k - 10):k + 1]) for k in range(41))
    ddc = 1.0 if wrong < 2 else 0.5 if wrong < 6 else 0.0
    off, lk = 0, 1.0
    for k in range(first, last + 1):
        if e.marks[k] & JUNCTION:
            continue
        off = off + 1 if abs(e.left[k]) > 0.5 else 0
        lk = 0.0 if off >= 20 else lk
    one, two = nc * dac, nc * dac * ddc * tlc
    own, ref = max(0, e.route[last] - e.route[first]), e.reference[last] - e.reference[first]

    def share(factor):
        most = max(own * factor, ref)
        return own * factor / most if most > 5 else float(factor > 0)
    c = float(navsim_comfort(e, first, last + 1))
    hc = float(navsim_comfort(e, max(0, first - 15), last + 1))
    pdms = one * (5 * share(one) + 5 * ttc + 2 * c) / 12
    epdms = two * (5 * share(two) + 5 * ttc2 + 2 * lk + 2 * hc) / 14
    return [pdms, epdms, nc, dac, ddc, tlc, share(one), share(two), ttc, ttc2, lk, c, hc]


def test_navsim_is_navsims_formula(scored):
    e, found = scored
    contacts = contacts_of(e)
    expected = np.array([navsim_window(e, f, contacts) for f in range(0, e.n - 40, 5)])
    for part in range(expected.shape[1]):
        np.testing.assert_allclose(found[f"window_{part}"], expected[:, part], atol=1e-9,
                                   err_msg=f"part {part}")
    assert found["values"]["navsim.windows"] == len(expected)
    assert found["values"]["navsim.epdms"] == pytest.approx(expected[:, 1].mean(), abs=1e-9)
    assert math.isnan(found["values"]["navsim.ec"])


def test_extended_comfort_is_navsims(ask):
    r = np.random.default_rng(3)
    e = Episode(2)
    e.plan_frame = [0, 5, 10]
    t = np.arange(41) * STEP
    plans = []
    for k in range(3):
        v = 8 + 0.3 * k * np.sin(t) + r.normal(0, 0.02, 41)
        yaw = 3.1 + 0.05 * k * np.sin(t)
        x, y = np.cumsum(v * np.cos(yaw)) * STEP, np.cumsum(v * np.sin(yaw)) * STEP
        plans.append(np.stack([x, y, (yaw + np.pi) % (2 * np.pi) - np.pi], axis=1))
    e.plan = np.array(plans)
    found = ask(*e.words())

    def features(p):
        # Central differences of places, at the ends one-sided.
        step = np.gradient(p[:, 0], STEP), np.gradient(p[:, 1], STEP)
        a = np.abs(np.gradient(np.hypot(*step), STEP))
        a, yaw = np.round(savgol_filter(a, 8, 2), 8), np.unwrap(p[:, 2])
        change = lambda v, w, d: savgol_filter(v, w, 2, deriv=d, delta=STEP)
        return a, change(a, 15, 1), change(yaw, 5, 1), change(yaw, 5, 2)
    rms = []
    for one, two in zip(plans, plans[1:]):
        pairs = zip(features(one[5:]), features(two[:-5]))
        rms += [math.sqrt(np.mean((a - b) ** 2)) for a, b in pairs]
    np.testing.assert_allclose(found["rms"], rms, atol=1e-6)
    meets = [all(v <= most for v, most in zip(rms[4 * k:], (0.7, 0.5, 0.1, 0.1))) for k in range(2)]
    assert found["window_13"][1:3] == [float(m) for m in meets]
    w = np.array([found[f"window_{part}"][1] for part in range(14)])
    factor = w[2] * w[3] * w[4] * w[5]
    assert w[1] == pytest.approx(factor * (5 * w[7] + 5 * w[9] + 2 * w[10] + 2 * w[12] + 2 * w[13]) / 16)


def test_carla_is_the_leaderboards_formula(scored):
    e, found = scored
    v, whole = found["values"], e.goal - e.begin
    done, at, last, stood = [], 0.0, e.n - 1, 0.0
    for k in range(e.n):
        if e.route[k] > at:
            at = min(e.route[k], whole, at + 4.0)
        done.append(at)
    done = np.array(done)
    near = np.hypot(e.x - e.x[-1], e.y - e.y[-1]) < 10
    goal = np.flatnonzero((done > 0.99 * whole) & near)
    last = int(goal[0]) if len(goal) else last
    rc = 100.0 if len(goal) else 100 * done[last] / whole
    assert v["carla.rc"] == pytest.approx(rc)
    counts = {"pedestrian": 0, "vehicle": 0, "red": 0, "stop": 0}
    travelled = np.cumsum(np.hypot(np.diff(e.x, prepend=e.x[0]), np.diff(e.y, prepend=e.y[0])))
    latest = {}
    for k, i, *_ in contacts_of(e):
        if k > last:
            continue
        seen = latest.get(i)
        if seen is None or (k - seen > 1 and (k - seen) * STEP > 5 and travelled[k] - travelled[seen] > 5):
            counts["pedestrian" if e.kind[i] == PERSON else "vehicle"] += 1
        latest[i] = k
    counts["red"] = int(((e.marks[:last + 1] & RED) > 0).sum())
    counts["stop"] = int(((e.marks[:last + 1] & STOP) > 0).sum())
    outside = (e.middle > 1.3) | ((e.marks & WRONG_WAY) > 0)
    steps = np.diff(done[:last + 1], prepend=0.0)
    share = steps[outside[:last + 1]].sum() / done[last] if done[last] > 0 else 0
    assert v["carla.outside"] == pytest.approx(share)
    speeds, at = [], 0
    own = others = 0.0
    for k in range(last + 1):
        ends = done[k] > (at + 1) * whole / 4 if at < 3 else k == last and done[k] > 0.95 * whole
        if at < 4 and ends:
            speeds.append(own / others if others > 0 else 1)
            own, others, at = 0.0, 0.0, at + 1
        vehicles = [i for i in range(e.m) if e.here[k, i] and e.kind[i] != PERSON]
        if vehicles:
            own += e.speed(k)
            others += np.mean([math.hypot(e.ovx[k, i], e.ovy[k, i]) for i in vehicles])
    missing = [max(0, 1 - s) for s in speeds]
    one = 0.5 ** counts["pedestrian"] * 0.6 ** counts["vehicle"] * 0.7 ** counts["red"] * 0.8 ** counts["stop"]
    two = one * math.prod(1 - 0.3 * m for m in missing)
    total = (counts["pedestrian"] + 0.7 * counts["vehicle"] + 0.4 * counts["red"] + 0.25 * counts["stop"]
             + 0.4 * sum(missing))
    assert v["carla.ds_1_0"] == pytest.approx(rc * one * (1 - share))
    assert v["carla.ds_2_0"] == pytest.approx(rc * two * (1 - share))
    assert v["carla.ds_2_1"] == pytest.approx(rc * (1 - share) / (1 + total))


def test_swept_time_to_collision_is_when_boxes_first_touch(scored):
    e, found = scored
    for k in range(0, e.n, 12):
        c, s = math.cos(e.yaw[k]), math.sin(e.yaw[k])
        side = e.w[k] + e.rate[k] * BACK
        vx, vy = e.u[k] * c - side * s, e.u[k] * s + side * c
        first = math.inf
        for t in np.arange(0, 5.0, 0.02):
            own = e.ego_box(k) + np.array([vx, vy]) * t
            if any(e.here[k, i] and touch(own, e.box(k, i, t)) for i in range(e.m)):
                first = t
                break
        at = found["swept_s"][k]
        if math.isinf(first):  # a touch shorter than a step may be missed here
            assert at > 4.97 or math.isinf(at) or touching_briefly(e, k, at, vx, vy)
        else:
            assert first - 0.0201 <= at <= first + 1e-9 or touching_briefly(e, k, at, vx, vy)


def touching_briefly(e, k, t, vx, vy):
    own = e.ego_box(k) + np.array([vx, vy]) * (t + 1e-9)
    grown = [corners(*e.box(k, i, t + 1e-9).mean(axis=0), e.ocos[k, i], e.osin[k, i],
                     e.size[i][0] + 1e-6, e.size[i][1] + 1e-6) for i in range(e.m)]
    return any(touch(own, g) for g in grown)


def test_rates_have_scipys_intervals(ask):
    cases = [(k, n, c) for n in (1, 7, 40, 1000) for k in {0, 1, n // 3, n} for c in (0.9, 0.95, 0.99)]
    found = ask("rates", len(cases), *(w for case in cases for w in case))
    for (k, n, c), row in zip(cases, found):
        wilson = binomtest(k, n).proportion_ci(c, method="wilson")
        exact = binomtest(k, n).proportion_ci(c, method="exact")
        np.testing.assert_allclose(row, [*wilson, *exact], atol=1e-9, err_msg=f"{k} of {n} at {c}")


@pytest.mark.parametrize("rear,front,response", [(30, 20, 1), (10, 10, 2), (5, 30, 1), (0, 0, 1)])
def test_rss_distances_are_those_of_simulated_braking(ask, rear, front, response):
    """The least gap with which the rear one, speeding up for its response time and braking gently
    then, doesn't catch the front one, that brakes as hard as it can."""
    found = ask("rss", rear, front, response, 12, 9, 0.5, -0.2)

    def stop(v, brake, ramp=0.0, accel=0.0, dt=1e-4):
        x, t = 0.0, 0.0
        while t < ramp or v > 0:
            a = accel if t < ramp else -brake
            x += v * dt + a * dt * dt / 2
            v, t = v + a * dt, t + dt
        return x
    assert found[0] == pytest.approx(max(0, stop(rear, 4, response, 3.5) - stop(front, 8)), abs=0.02)
    assert found[1] == pytest.approx(stop(12, 3, 1, 3.5) + stop(9, 4, 2, 3.5), abs=0.02)
    # Beside: 0.5 m/s to the right on the left, 0.2 m/s to the left on the right, which both go on
    # to the other with 0.2 m/s^2 for their response times and then brake sideways.
    beside = stop(0.5, 0.8, 1, 0.2) + stop(0.2, 0.8, 2, 0.2)
    assert found[2] == pytest.approx(0.1 + beside, abs=0.01)


def test_the_careful_driver_brakes_as_integrated(ask):
    cases = [(v, t) for v in (0.5, 3.0, 16.7, 36.0) for t in (0.1, 0.5, 1.0, 3.0, 9.0)]
    found = ask("brake", len(cases), *(float(w) for case in cases for w in case))
    for (v, t), (way, then) in zip(cases, found):
        x, u, dt = 0.0, v, 1e-4
        for k in range(round(t / dt)):
            a = min(0.774 * 9.81, 12.65 * (k + 0.5) * dt)
            if u <= 0:
                break
            x, u = x + u * dt - a * dt * dt / 2, max(0, u - a * dt)
        assert way == pytest.approx(x, abs=2e-3) and then == pytest.approx(u, abs=2e-3), (v, t)


def test_the_page_names_every_value(ask):
    page = (ROOT / "docs/scores.md").read_text()
    table = page[page.index("## Names of the values"):page.index("## How it is checked")]
    named = re.findall(r"^\| `([a-z0-9_.]+)` \|", table, re.M)
    assert named == list(ask(*Episode(0).words())["values"])
