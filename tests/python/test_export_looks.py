# SPDX-License-Identifier: Apache-2.0
"""What things look like in the files of export-scene: users' pictures come back pixel for pixel, where
they lie is where our camera saw them, and no file names what isn't in it."""
import json
import struct

import numpy as np
import pytest
import test_textures as textures
import trimesh
from conftest import run
from read_png import decode
from test_export_scene import SCRIPT as CROSSING
from test_export_scene import first_hit

import roadloom

SIZES = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


def read(path):
    """A .glb's JSON and its binary part."""
    data = path.read_bytes()
    length, = struct.unpack("<I", data[12:16])
    size, kind = struct.unpack("<I4s", data[20 + length:28 + length])
    assert kind == b"BIN\0" and 28 + length + size == len(data)
    return json.loads(data[20:20 + length]), data[28 + length:]


def check_references(doc, data):
    """By the format's specification: whatever a file names is there."""
    def named(where, key, kind):
        if key in where:
            assert 0 <= where[key] < len(doc[kind]), (key, where)

    assert [b["byteLength"] for b in doc["buffers"]] == [len(data)] and "uri" not in doc["buffers"][0]
    for view in doc["bufferViews"]:
        assert view["buffer"] == 0 and view["byteLength"] > 0
        assert view.get("byteOffset", 0) + view["byteLength"] <= len(data)
    for accessor in doc["accessors"]:
        view = doc["bufferViews"][accessor["bufferView"]]
        size = SIZES[accessor["componentType"]] * WIDTHS[accessor["type"]]
        stride = view.get("byteStride", size)
        assert stride >= size and accessor["byteOffset"] % SIZES[accessor["componentType"]] == 0
        assert accessor["byteOffset"] + stride * (accessor["count"] - 1) + size <= view["byteLength"]
    for picture in doc.get("images", []):
        assert "uri" not in picture and picture["mimeType"] == "image/png"
        named(picture, "bufferView", "bufferViews")
    for texture in doc.get("textures", []):
        named(texture, "source", "images")
        named(texture, "sampler", "samplers")
    uses = []
    for material in doc["materials"]:
        uses += [v for part in (material, material["pbrMetallicRoughness"]) for k, v in part.items()
                 if k.endswith("Texture")]
        assert all(0 <= f <= 1 for f in material["pbrMetallicRoughness"]["baseColorFactor"])
        assert all(0 <= f <= 1 for f in material.get("emissiveFactor", []))
        assert set(material.get("extensions", {})) <= set(doc.get("extensionsUsed", []))
    for use in uses:
        named(use, "index", "textures")
    for mesh in doc["meshes"]:
        for part in mesh["primitives"]:
            named(part, "indices", "accessors")
            named(part, "material", "materials")
            for key in part["attributes"]:
                named(part["attributes"], key, "accessors")
            pictured = any(k.endswith("Texture") for m in [doc["materials"][part["material"]]]
                           for where in (m, m["pbrMetallicRoughness"]) for k in where)
            assert not pictured or "TEXCOORD_0" in part["attributes"]


def picture_of(doc, data, use):
    """The pixels that a textureInfo names, and its sampler."""
    texture = doc["textures"][use["index"]]
    view = doc["bufferViews"][doc["images"][texture["source"]]["bufferView"]]
    first = view["byteOffset"]
    return decode(data[first:first + view["byteLength"]]), doc["samplers"][texture["sampler"]]


def values(doc, data, number):
    a = doc["accessors"][number]
    view = doc["bufferViews"][a["bufferView"]]
    width = WIDTHS[a["type"]]
    kind = {5126: "<f4", 5125: "<u4"}[a["componentType"]]
    return np.lib.stride_tricks.as_strided(
        np.frombuffer(data, kind, offset=view["byteOffset"] + a["byteOffset"], count=1), (a["count"], width),
        (view.get("byteStride", 4 * width), 4))


@pytest.fixture(scope="module")
def dressed(roadloom_bin, tmp_path_factory):
    """A box whose material has a picture of everything, exported: its JSON, bytes and the pictures."""
    folder = tmp_path_factory.mktemp("looks")
    rng = np.random.default_rng(3)
    pictures = [textures.ramp(), rng.integers(0, 256, (8, 16, 3)).astype("u1"),
                np.tile(np.array([140, 120, 250], "u1"), (4, 4, 1)), rng.integers(0, 256, (5, 7, 3)).astype("u1")]
    packed = [textures.png(p) for p in pictures]

    def use(doc):
        at = doc["bufferViews"][3]["byteOffset"]
        doc["bufferViews"][3]["byteLength"] = len(packed[0])
        for i, part in enumerate(packed[1:]):
            at += len(packed[i])
            doc["bufferViews"].append({"buffer": 0, "byteOffset": at, "byteLength": len(part)})
            doc["images"].append({"bufferView": 4 + i, "mimeType": "image/png"})
        doc["samplers"].append({"wrapS": textures.MIRROR, "wrapT": textures.CLAMP})
        doc["textures"] += [{"source": i, "sampler": 1} for i in (1, 2, 3)]
        doc["materials"][0] = {
            "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "baseColorFactor": [0.9, 1, 0.5, 1],
                                     "metallicRoughnessTexture": {"index": 1}, "metallicFactor": 0.25,
                                     "roughnessFactor": 0.75},
            "normalTexture": {"index": 2, "scale": 0.5},
            "emissiveTexture": {"index": 3}, "emissiveFactor": [0.1, 0.2, 0.4],
            "extensions": {"KHR_materials_emissive_strength": {"emissiveStrength": 5}}}

    textures.write_box(folder / "box.glb", b"".join(packed), change=use)
    (folder / "own.lua").write_text(textures.SCRIPT.replace("GAP", "6"))
    run(roadloom_bin, "export-scene", folder / "own.lua", "--at", 0, "--gltf", folder / "out.glb")
    run(roadloom_bin, "generate", folder / "own.lua", "-o", folder / "data")
    return folder, *read(folder / "out.glb"), pictures


def own_material(doc):
    found = [m for m in doc["materials"] if "baseColorTexture" in m["pbrMetallicRoughness"]]
    assert len(found) == 1
    return found[0]


def test_whatever_a_file_names_is_in_it(dressed, roadloom_bin, tmp_path):
    check_references(dressed[1], dressed[2])
    assert dressed[1]["extensionsUsed"] == ["KHR_lights_punctual", "KHR_materials_emissive_strength"]
    (tmp_path / "crossing.lua").write_text(CROSSING)
    run(roadloom_bin, "export-scene", tmp_path / "crossing.lua", "--seed", 3, "--gltf", tmp_path / "plain.glb")
    doc, data = read(tmp_path / "plain.glb")
    check_references(doc, data)
    assert "images" not in doc and doc["extensionsUsed"] == ["KHR_lights_punctual"]


def test_pictures_come_back(dressed):
    _, doc, data, pictures = dressed
    is_ = own_material(doc)
    pbr = is_["pbrMetallicRoughness"]
    assert np.allclose(pbr["baseColorFactor"], [0.9, 1, 0.5, 1]) and pbr["metallicFactor"] == 0.25
    assert pbr["roughnessFactor"] == 0.75 and is_["normalTexture"]["scale"] == 0.5
    strength = is_["extensions"]["KHR_materials_emissive_strength"]["emissiveStrength"]
    assert np.allclose(np.array(is_["emissiveFactor"]) * strength, [0.5, 1, 2])
    uses = [pbr["baseColorTexture"], pbr["metallicRoughnessTexture"], is_["normalTexture"], is_["emissiveTexture"]]
    for use, picture, wrap in zip(uses, pictures, [(10497, 10497)] + 3 * [(textures.MIRROR, textures.CLAMP)]):
        back, sampler = picture_of(doc, data, use)
        assert np.array_equal(back, picture)
        assert (sampler["wrapS"], sampler["wrapT"]) == wrap
    # Another reader has them, too.
    scene = trimesh.load(dressed[0] / "out.glb")
    read_too = [g.visual.material for g in scene.geometry.values()
                if getattr(g.visual.material, "baseColorTexture", None) is not None]
    assert len(read_too) == 1 and np.array_equal(np.asarray(read_too[0].baseColorTexture)[..., :3], pictures[0])


def test_a_picture_lies_where_the_camera_saw_it(dressed):
    folder, doc, data, pictures = dressed
    scene = trimesh.load(folder / "out.glb")
    named = [n for n in scene.graph.nodes_geometry
             if getattr(scene.geometry[scene.graph[n][1]].visual.material, "baseColorTexture", None) is not None]
    matrix, _ = scene.graph[named[0]]
    part = next(p for m in doc["meshes"] for p in m["primitives"]
                if "baseColorTexture" in doc["materials"][p["material"]]["pbrMetallicRoughness"])
    faces = values(doc, data, part["indices"]).reshape(-1, 3)
    p = trimesh.transform_points(values(doc, data, part["attributes"]["POSITION"]), matrix)[faces]
    corners = np.stack([p[..., 0], -p[..., 2], p[..., 1]], -1)
    uv = values(doc, data, part["attributes"]["TEXCOORD_0"])[faces]
    frame = roadloom.Dataset(folder / "data")[0]
    pose = roadloom.pose_multiply(frame["ego"]["pose"], frame["calibration"]["eye"]["extrinsics"])
    fx = frame["calibration"]["eye"]["K"][0, 0]
    w, u = pose[3], pose[4:]
    seen = textures.linear(frame["albedo"]["eye"])
    ids = frame["instance"]["eye"]
    mine = np.argwhere(ids == np.bincount(ids[ids > 0]).argmax())
    off = []
    for row, column in mine[np.random.default_rng(1).permutation(len(mine))[:60]]:
        ray = np.array([(column + 0.5 - 160) / fx, (row + 0.5 - 96) / fx, 1])
        ray = ray + 2 * np.cross(u, np.cross(u, ray) + w * ray)
        t, hit = first_hit(corners, pose[:3], ray)
        if not np.isfinite(t):
            continue
        a, b, c = corners[hit]
        share = np.linalg.lstsq(np.stack([b - a, c - a], 1), pose[:3] + t * ray - a, rcond=None)[0]
        at = uv[hit][0] + share @ (uv[hit][1:] - uv[hit][0])
        off.append(np.abs(textures.expected(pictures[0], at[None])[0] * (0.9, 1, 0.5) - seen[row, column]).max())
    assert len(off) > 40 and np.median(off) < 0.01 and np.mean(off) < 0.02, off
