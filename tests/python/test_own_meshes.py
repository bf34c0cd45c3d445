# SPDX-License-Identifier: Apache-2.0
"""asset(…): a mesh that a user brings is what the camera sees, and a part of the job."""
import json
import struct
import subprocess

import numpy as np
import pytest
from conftest import run

import roadloom

SCRIPT = """
local mine = asset("box.glb", { class = "car" })
return scene {
  duration_s = 1, frame_hz = 2, road = straight { length_m = 200 },
  actors = { actor { body = mine, at = ahead(ego, 10), speed_mps = 5 } },
  traffic = { vehicles = 6, bodies = { mine }, mix = { car = 1 } },
  weather = clear {}, time_of_day_h = 11,
  ego = { speed_mps = 5, rig = { cameras = { { name = "eye", width_px = 320, height_px = 192,
          fov_deg = 60, position_m = { 2, 0, 1.2 } } }, lidars = {} } },
}
"""
SIZE = (4.25, 1.75, 1.5)  # l w h


def write_box(path, size=SIZE, color=(0.9, 0.02, 0.02), indices=None, shades=False):
    length, width, height = size
    corners = np.array([[x, y, z] for x in (-width / 2, width / 2) for y in (0, height)
                        for z in (-length / 2, length / 2)], "<f4")
    faces = np.array(indices or [0, 1, 3, 0, 3, 2, 4, 6, 7, 4, 7, 5, 0, 4, 5, 0, 5, 1,
                                 2, 3, 7, 2, 7, 6, 0, 2, 6, 0, 6, 4, 1, 5, 7, 1, 7, 3], "<u4")
    data = corners.tobytes() + faces.tobytes()
    pbr = {"baseColorFactor": [*color, 1], "metallicFactor": 0, "roughnessFactor": 0.9}
    doc = {"asset": {"version": "2.0"}, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
           "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
           "materials": [{"pbrMetallicRoughness": pbr, **({"occlusionTexture": {"index": 0}} if shades else {})}],
           "accessors": [{"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC3"},
                         {"bufferView": 1, "componentType": 5125, "count": len(faces), "type": "SCALAR"}],
           "bufferViews": [{"buffer": 0, "byteLength": 96},
                           {"buffer": 0, "byteOffset": 96, "byteLength": 4 * len(faces)}],
           "buffers": [{"byteLength": len(data)}]}
    text = json.dumps(doc).encode()
    text += b" " * (-len(text) % 4)
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(data))
                     + struct.pack("<I4s", len(text), b"JSON") + text
                     + struct.pack("<I4s", len(data), b"BIN\0") + data)


def refused(program, folder, *words):
    result = subprocess.run([program, *map(str, words)], capture_output=True, text=True, cwd=folder,
                            timeout=300)
    assert result.returncode != 0 and len(result.stderr.splitlines()) == 1, result.stderr
    return result.stderr


def test_the_mesh_is_what_the_camera_sees(roadloom_bin, tmp_path):
    write_box(tmp_path / "box.glb")
    (tmp_path / "own.lua").write_text(SCRIPT)
    run(roadloom_bin, "generate", tmp_path / "own.lua", "-o", tmp_path / "data")
    frame = roadloom.Dataset(tmp_path / "data")[0]
    boxes = frame["boxes3d"]
    cars = np.abs(boxes["size"] - SIZE).max(1) < 1e-3
    assert cars.sum() >= 6  # the actor, and the traffic but for the ego
    ids, color = frame["instance"]["eye"], frame["rgb"]["eye"].astype(int)
    ahead = np.bincount(ids[ids > 0]).argmax()
    assert boxes["size"][boxes["id"] == ahead].ravel() == pytest.approx(SIZE, abs=1e-3)
    seen = color[ids == ahead].mean(0)
    assert seen[0] > 2 * seen[1] and seen[0] > 2 * seen[2], f"red paint is {seen}"
    assert set(np.unique(frame["semantic"]["eye"][ids == ahead])) == {14}
    # 10 m from the ego's front to its rear; the camera is 2 m ahead of the rear axle.
    depth = np.sort(frame["depth"]["eye"][ids == ahead])
    assert 10 < depth[len(depth) // 50] < 14
    # The box lies around what is seen.
    rows, columns = np.nonzero(ids == ahead)
    tight = frame["boxes2d"]["visible"][(frame["boxes2d"]["id"] == ahead)][0]
    assert tight == pytest.approx([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], abs=0.01)


def test_an_actor_is_of_its_bodys_kind(roadloom_bin, tmp_path):
    write_box(tmp_path / "box.glb", size=(11, 2.5, 3))
    (tmp_path / "own.lua").write_text(SCRIPT.replace('class = "car"', 'class = "bus"'))
    run(roadloom_bin, "generate", tmp_path / "own.lua", "-o", tmp_path / "data")
    boxes = roadloom.Dataset(tmp_path / "data")[0]["boxes3d"]
    buses = np.abs(boxes["size"] - (11, 2.5, 3)).max(1) < 1e-3
    assert buses.sum() == 1 and set(boxes["class"][buses]) == {16}


def test_duty_vehicles_have_their_bodies(roadloom_bin, tmp_path):
    write_box(tmp_path / "box.glb", size=(5.5, 2, 2.2))
    script = SCRIPT.replace('class = "car"', 'class = "ambulance"').replace(
        "actors = { actor { body = mine, at = ahead(ego, 10), speed_mps = 5 } },", "").replace(
        "vehicles = 6,", "vehicles = 2, emergency = 8,")
    (tmp_path / "own.lua").write_text(script)
    run(roadloom_bin, "generate", tmp_path / "own.lua", "-o", tmp_path / "data")
    boxes = roadloom.Dataset(tmp_path / "data")[0]["boxes3d"]
    assert (np.abs(boxes["size"] - (5.5, 2, 2.2)).max(1) < 1e-3).sum() >= 1


def test_a_job_is_of_its_meshes_bytes(roadloom_bin, tmp_path):
    write_box(tmp_path / "box.glb")
    (tmp_path / "own.lua").write_text(SCRIPT)
    run(roadloom_bin, "generate", tmp_path / "own.lua", "-o", tmp_path / "data")
    job = json.loads((tmp_path / "data" / "job.json").read_text())
    assert [m["name"] for m in job["maps"]] == ["box.glb"]
    write_box(tmp_path / "box.glb", color=(0.1, 0.2, 0.9))
    said = refused(roadloom_bin, tmp_path, "generate", "own.lua", "-o", tmp_path / "data")
    assert "box.glb" in said


def test_what_is_left_out_is_a_warning(roadloom_bin, tmp_path):
    write_box(tmp_path / "box.glb", shades=True)
    (tmp_path / "own.lua").write_text(SCRIPT)
    result = subprocess.run([roadloom_bin, "check", str(tmp_path / "own.lua")], capture_output=True,
                            text=True, timeout=300)
    assert result.returncode == 0 and "box.glb: left out: textures of occlusion" in result.stderr


@pytest.mark.parametrize("make, change, says", [
    (None, ("", ""), "there is no box.glb"),
    ({"size": (425, 175, 150)}, ("", ""), "425 x 175 x 150 m; a car is 2 to 7 m long"),
    ({"size": (1.75, 4.25, 1.5)}, ("", ""), "long"),
    ({"size": (float("nan"), 1, 1)}, ("", ""), "isn't a place"),
    ({"indices": [0, 1, 99]}, ("", ""), "index 99 is beyond"),
    ({}, ('class = "car"', 'class = "tank"'), "asset.class: is tank; there is: car"),
    ({}, ('class = "car"', 'class = "bus"'), "a bus is"),
    ({}, ('class = "car"', 'class = "car", size = 2'), "asset.size: there is no such field"),
    ({}, ("body = mine", 'kind = "bus", body = mine'), "another class"),
    ({}, ("body = mine", 'body = "box.glb"'), "actor.body: is a string"),
    ({}, ("box.glb", "../box.glb"), "plain name"),
])
def test_what_cant_be_is_one_clear_line(roadloom_bin, tmp_path, make, change, says):
    if make is not None:
        write_box(tmp_path / "box.glb", **make)
    (tmp_path / "own.lua").write_text(SCRIPT.replace(*change) if change[0] else SCRIPT)
    assert says in refused(roadloom_bin, tmp_path, "check", "own.lua")
