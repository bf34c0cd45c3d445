# SPDX-License-Identifier: Apache-2.0
"""Meshes that a user brings for people and for things that stand there: rays cast at the file's own
triangles, as trimesh reads them, meet what our camera saw; and who runs into them crashes."""
import csv
import subprocess

import numpy as np
import pytest
import trimesh
from conftest import run

import roadloom
from roadloom import geometry

KINDS = {7: "bench", 19: "person", 22: "barrier"}
SCRIPT = """
local figure = asset("figure.glb", { class = "pedestrian" })
local bench = asset("bench.glb", { class = "bench" })
local stone = asset("bench.glb", { class = "barrier", scale = 0.5 })
return scene {
  duration_s = 1, frame_hz = 2, road = straight { length_m = 200, sidewalk_m = 3 },
  actors = { actor { body = figure, at = ahead(ego, { gap_m = 10, lane = "sidewalk" }) } },
  props = { prop { body = bench, at = ahead(ego, { gap_m = 13, lane = "sidewalk", facing = "across" }) },
            prop { body = stone, at = ahead(ego, { gap_m = 16, side_m = -1 }) } },
  traffic = { vehicles = 0 }, pedestrians = { count = 6, umbrellas = 1, bodies = { figure } },
  weather = rain { rate_mmh = 3 }, time_of_day_h = 11,
  ego = { speed_mps = 4, rig = { lidars = { { name = "top", range_noise_m = 0 } }, cameras = { { name = "eye",
          width_px = 640, height_px = 400, fov_deg = 70, position_m = { 2, 0, 1.5 }, yaw_deg = -12,
          labels = { "all" } } } } },
}
"""


def box(length, width, height, x, y, z):
    made = trimesh.creation.box((length, width, height))
    return made.apply_translation((x, y, z))


def bench():
    """x forward, y left, z up, the middle of its underside at the origin."""
    parts = [box(0.45, 1.6, 0.05, 0, 0, 0.45), box(0.05, 1.6, 0.4, -0.2, 0, 0.7)]
    return trimesh.util.concatenate(parts + [box(0.4, 0.06, 0.43, 0, y, 0.215) for y in (-0.7, 0.7)])


def figure():
    def limb(radius, height, y, middle):
        made = trimesh.creation.capsule(height=height, radius=radius, count=[8, 10])
        return made.apply_translation((0, y, middle - made.centroid[2]))
    parts = [limb(0.16, 0.5, 0, 1.15), trimesh.creation.icosphere(2, 0.11).apply_translation((0.02, 0, 1.65))]
    parts += [limb(0.075, 0.62, y, 0.45) for y in (-0.1, 0.1)] + [limb(0.05, 0.5, y, 1.1) for y in (-0.25, 0.25)]
    whole = trimesh.util.concatenate(parts)
    return whole.apply_translation((-whole.bounds.mean(0)[0], -whole.bounds.mean(0)[1], -whole.bounds[0][2]))


def write(mesh, path):
    """As glTF has it: the front along +z, the left +x, the top +y."""
    turned = trimesh.Trimesh(mesh.vertices[:, [1, 2, 0]], mesh.faces, process=False)
    path.write_bytes(trimesh.Scene(turned).export(file_type="glb"))


@pytest.fixture(scope="module")
def seen(roadloom_bin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("things")
    meshes = {"bench": bench(), "figure": figure()}
    for name, mesh in meshes.items():
        write(mesh, folder / f"{name}.glb")
    (folder / "own.lua").write_text(SCRIPT)
    run(roadloom_bin, "generate", folder / "own.lua", "--scenes", 1, "-o", folder / "data")
    return roadloom.Dataset(folder / "data")[1], meshes


def depths(corners, rays):
    """Depth along z where each ray, its z 1, first meets a triangle (n, 3, 3); inf: nowhere."""
    out = np.full(len(rays), np.inf)
    for a, b, c in corners:
        p = np.cross(rays, c - a)
        with np.errstate(all="ignore"):
            det = p @ (b - a)
            u = p @ -a / det
            q = np.cross(-a, b - a)
            v = rays @ q / det
            t = (c - a) @ q / det
        hit = (u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0)
        out = np.where(hit & (t < out), t, out)
    return out


def things(frame, size):
    return [i for i, its in enumerate(frame["boxes3d"]["size"]) if np.abs(its - size).max() < 1e-3]


@pytest.mark.parametrize("name, scale, classes, kind, least", [
    ("figure", 1, {12}, "person", 7), ("bench", 1, {20}, "bench", 1), ("bench", 0.5, {21}, "barrier", 1)])
def test_rays_at_the_file_meet_what_the_camera_saw(seen, name, scale, classes, kind, least):
    frame, meshes = seen
    mesh, boxes = meshes[name], frame["boxes3d"]
    mine = things(frame, scale * mesh.extents)
    assert len(mine) >= least, boxes["size"]
    calibration, ids, tested = frame["calibration"]["eye"], frame["instance"]["eye"], 0
    rows, columns = np.mgrid[:400, :640]
    rays = np.linalg.inv(calibration["K"]) @ np.stack(
        [columns.ravel() + 0.5, rows.ravel() + 0.5, np.ones(columns.size)])
    for i in mine:
        assert KINDS[boxes["kind"][i]] == kind
        assert boxes["class"][i] in classes
        number = boxes["id"][i]
        place = geometry.pose_multiply(geometry.pose_inverse(calibration["extrinsics"]), boxes["pose_ego"][i])
        own = scale * mesh.vertices - (0, 0, scale * mesh.extents[2] / 2)
        corners = geometry.pose_apply(place, own)[mesh.faces]
        pixels = (ids == number).ravel()
        if pixels.sum() < 100:
            continue
        tested += 1
        middle = calibration["K"] @ corners.reshape(-1, 3).T
        px = middle[:2] / middle[2]
        near = ((columns >= px[0].min() - 2) & (columns <= px[0].max() + 2)
                & (rows >= px[1].min() - 2) & (rows <= px[1].max() + 2)).ravel()
        far = depths(corners, rays.T[near])
        other = frame["depth"]["eye"].ravel()[near]
        shown = pixels[near]
        # Of the pixels where the file's triangles are the nearest or nothing else is before them, all are its.
        met = np.isfinite(far) & ((other <= 0) | (far < other + 0.01))
        wrong = np.count_nonzero(met != shown)
        assert wrong <= 0.01 * shown.sum() + 2, f"{name} {number}: {wrong} of {shown.sum()} pixels differ"
        both = met & shown
        apart = np.abs(far[both] - other[both])
        assert np.quantile(apart, 0.995) < 2e-3 and np.median(apart) < 1e-4, f"{name}: {np.quantile(apart, 0.995)} m"
        assert set(np.unique(frame["semantic"]["eye"].ravel()[pixels])) == classes
        # Amodal pixels are those of the file alone.
        row = np.flatnonzero(frame["boxes2d"]["id"] == number)[0]
        alone = np.count_nonzero(np.isfinite(far))
        assert abs(int(frame["boxes2d"]["amodal_pixels"][row]) - alone) <= 0.01 * alone + 2
        assert frame["boxes2d"]["visible_fraction"][row] == pytest.approx(shown.sum() / alone, abs=0.02)
    assert tested


def test_lidars_see_them(seen):
    frame, meshes = seen
    for name, scale in (("figure", 1), ("bench", 1)):
        met = [frame["boxes3d"]["lidar_points"][i].sum() for i in things(frame, scale * meshes[name].extents)]
        assert max(met) > 10, f"{name}: {met} points"


@pytest.mark.parametrize("kind, crashes", [("bench", True), ("bush", False)])
def test_who_runs_into_one_crashes_where_its_class_is_solid(roadloom_bin, tmp_path, kind, crashes):
    write(bench(), tmp_path / "bench.glb")
    (tmp_path / "hit.lua").write_text(f"""
local bench = asset("bench.glb", {{ class = "{kind}" }})
return scene {{ duration_s = 8, frame_hz = 2, road = straight {{ length_m = 200 }}, traffic = {{ vehicles = 0 }},
  pedestrians = {{ count = 0 }}, props = {{ prop {{ body = bench, at = ahead(ego, 40) }} }}, ego = {{ speed_mps = 8 }} }}
""")
    run(roadloom_bin, "drive", tmp_path / "hit.lua", "--policy", "constant_velocity", "--episodes", 1, "-o",
        tmp_path / "out")
    with open(tmp_path / "out" / "episodes.csv", encoding="utf-8") as file:
        row = next(csv.DictReader(file))
    assert (row["end"] == "crash") == crashes, row["end_text"]
    assert not crashes or 4.9 < float(row["seconds"]) < 5.2  # 40 m at 8 m/s


@pytest.mark.parametrize("words, says", [
    (('body = bench, at = ahead(ego, { gap_m = 13', 'body = figure, at = ahead(ego, { gap_m = 13'), "which moves"),
    (("actor { body = figure", "actor { body = bench"), "which stands"),
    (("bodies = { figure }", "bodies = { bench }"), "pedestrians.bodies[1]: bench.glb is a bench"),
    (("vehicles = 0", "vehicles = 0, bodies = { bench }"), "traffic.bodies[1]: bench.glb is a bench"),
    (("prop { body = stone,", "prop { body = stone, color = 1,"), "prop.color"),
    (("body = stone, at = ahead(ego, { gap_m = 16, side_m = -1 })", "body = stone"), "prop.at: is nothing"),
    (("scale = 0.5", "scale = 50"), "a barrier is"),
    (("gap_m = 16, side_m = -1", "gap_m = 13, lane = \"sidewalk\""), "props[2].at: another prop is there already"),
    (("gap_m = 16, side_m = -1", "gap_m = -2"), "gap_m"),
    (("gap_m = 16, side_m = -1", "gap_m = 1600"), "props[2].at"),
])
def test_what_cant_be_is_one_clear_line(roadloom_bin, tmp_path, words, says):
    for name, mesh in (("bench", bench()), ("figure", figure())):
        write(mesh, tmp_path / f"{name}.glb")
    assert words[0] in SCRIPT
    (tmp_path / "own.lua").write_text(SCRIPT.replace(*words))
    result = subprocess.run([roadloom_bin, "check", "own.lua"], capture_output=True, text=True, cwd=tmp_path,
                            timeout=300)
    assert result.returncode != 0 and len(result.stderr.splitlines()) == 1 and says in result.stderr, result.stderr
