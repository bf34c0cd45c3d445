# SPDX-License-Identifier: Apache-2.0
"""Pictures on users' meshes: what the camera sees of them, against the picture itself, and what
is refused."""
import json
import struct
import subprocess
import zlib

import numpy as np
import pytest
from conftest import run

import roadloom

SCRIPT = """
local mine = asset("box.glb", { class = "car" })
return scene {
  duration_s = 0.5, frame_hz = 2, road = straight { length_m = 300 },
  actors = { actor { body = mine, at = ahead(ego, GAP), speed_mps = 0 } },
  traffic = { vehicles = 0 }, weather = clear {}, time_of_day_h = 11,
  ego = { speed_mps = 0, rig = { cameras = { { name = "eye", width_px = 320, height_px = 192,
          fov_deg = 40, position_m = { 2, 0, 0.75 }, labels = { "standard", "albedo" } } }, lidars = {} } },
}
"""
LENGTH, WIDTH, HEIGHT = 4.25, 1.75, 1.5
CLAMP, MIRROR, REPEAT = 33071, 33648, 10497


def png(rgb):
    """(H, W, 3) u1 as the bytes of a PNG."""
    height, width = rgb.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(rgb))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def write_box(path, picture, times=1.0, wrap=REPEAT, factor=(1, 1, 1), kind="<f4", change=None, normals=None):
    """A box, its rear covered by the picture `times` times each way; kind: of coordinates; normals:
    bytes of its 24 corners'."""
    x, y, z = WIDTH / 2, HEIGHT, LENGTH / 2
    # As seen from behind: left is +x. Corners: left top, left bottom, right bottom, right top.
    faces = [[(x, y, -z), (x, 0, -z), (-x, 0, -z), (-x, y, -z)], [(-x, y, z), (-x, 0, z), (x, 0, z), (x, y, z)],
             [(x, y, z), (x, 0, z), (x, 0, -z), (x, y, -z)], [(-x, y, -z), (-x, 0, -z), (-x, 0, z), (-x, y, z)],
             [(x, y, z), (x, y, -z), (-x, y, -z), (-x, y, z)], [(x, 0, -z), (x, 0, z), (-x, 0, z), (-x, 0, -z)]]
    corners = np.array(faces, "<f4").reshape(-1, 3)
    unit = np.tile([[0, 0], [0, 1], [1, 1], [1, 0]], (6, 1)) * times
    scale = {"<f4": 1, "<u2": 65535, "<u1": 255}[kind]
    uv = (unit * scale).round().astype(kind) if kind != "<f4" else unit.astype(kind)
    indices = (np.array([0, 1, 2, 0, 2, 3]) + 4 * np.arange(6)[:, None]).astype("<u2")
    parts = [corners.tobytes(), uv.tobytes(), indices.tobytes(), picture] + ([normals] if normals else [])
    views, data = [], b""
    for part in parts:
        data += b"\0" * (-len(data) % 4)
        views.append({"buffer": 0, "byteOffset": len(data), "byteLength": len(part)})
        data += part
    code = {"<f4": 5126, "<u2": 5123, "<u1": 5121}[kind]
    doc = {"asset": {"version": "2.0"}, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
           "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2,
                                       "material": 0}]}],
           "materials": [{"pbrMetallicRoughness": {
               "baseColorTexture": {"index": 0}, "baseColorFactor": [*factor, 1], "metallicFactor": 0,
               "roughnessFactor": 0.9}}],
           "textures": [{"source": 0, "sampler": 0}], "samplers": [{"wrapS": wrap, "wrapT": wrap}],
           "images": [{"bufferView": 3, "mimeType": "image/png"}],
           "accessors": [{"bufferView": 0, "componentType": 5126, "count": 24, "type": "VEC3"},
                         {"bufferView": 1, "componentType": code, "normalized": True, "count": 24, "type": "VEC2"},
                         {"bufferView": 2, "componentType": 5123, "count": 36, "type": "SCALAR"}],
           "bufferViews": views, "buffers": [{"byteLength": len(data)}]}
    if normals:
        doc["accessors"].append({"bufferView": 4, "componentType": 5126, "count": 24, "type": "VEC3"})
        doc["meshes"][0]["primitives"][0]["attributes"]["NORMAL"] = 3
    if change:
        change(doc)
    text = json.dumps(doc).encode()
    text += b" " * (-len(text) % 4)
    data += b"\0" * (-len(data) % 4)
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(data))
                     + struct.pack("<I4s", len(text), b"JSON") + text
                     + struct.pack("<I4s", len(data), b"BIN\0") + data)


def linear(code):
    c = np.asarray(code, float) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def rear(program, folder, gap=6):
    """Linear albedo (N, 3) of the box's rear, and where each pixel lies on it, 0..1 right and down."""
    (folder / "own.lua").write_text(SCRIPT.replace("GAP", str(gap)))
    run(program, "generate", folder / "own.lua", "-o", folder / "data")
    frame = roadloom.Dataset(folder / "data")[0]
    boxes, ids = frame["boxes3d"], frame["instance"]["eye"]
    mine = boxes["id"][np.abs(boxes["size"] - (LENGTH, WIDTH, HEIGHT)).max(1) < 1e-3][0]
    left, top, right, bottom = frame["boxes2d"]["visible"][frame["boxes2d"]["id"] == mine][0]
    y, x = np.nonzero(ids == mine)
    at = np.stack([(x + 0.5 - left) / (right - left), (y + 0.5 - top) / (bottom - top)], 1)
    inside = ((at > 0.02) & (at < 0.98)).all(1)
    return linear(frame["albedo"]["eye"][y, x])[inside], at[inside]


def ramp(size=64):
    """Red grows to the right, green downwards, blue along the diagonal, as coded."""
    code = np.round(np.linspace(20, 230, size)).astype("u1")
    red, green = np.meshgrid(code, code)
    return np.stack([red, green, ((red.astype(int) + green) // 2).astype("u1")], 2)


def expected(picture, at):
    """Between the four pixels, linear light."""
    light, (height, width) = linear(picture), picture.shape[:2]
    x, y = at[:, 0] % 1 * width - 0.5, at[:, 1] % 1 * height - 0.5
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    u, v = (x - x0)[:, None], (y - y0)[:, None]
    def of(i, j):
        return light[j % height, i % width]
    return ((of(x0, y0) * (1 - u) + of(x0 + 1, y0) * u) * (1 - v)
            + (of(x0, y0 + 1) * (1 - u) + of(x0 + 1, y0 + 1) * u) * v)


@pytest.mark.parametrize("kind", ["<f4", "<u2"])
def test_the_picture_is_what_the_camera_sees(roadloom_bin, tmp_path, kind):
    write_box(tmp_path / "box.glb", png(ramp()), kind=kind)
    seen, at = rear(roadloom_bin, tmp_path)
    assert len(seen) > 1000
    # A pixel here is 0.01 of the rear; the albedo's code is good to half a step.
    assert np.abs(seen - expected(ramp(), at)).max() < 0.03
    assert np.abs(seen - expected(ramp(), at)).mean() < 0.006


def test_a_factor_multiplies_the_picture(roadloom_bin, tmp_path):
    write_box(tmp_path / "box.glb", png(ramp()), factor=(0.5, 1, 0.25))
    seen, at = rear(roadloom_bin, tmp_path)
    assert np.abs(seen - expected(ramp(), at) * (0.5, 1, 0.25)).mean() < 0.006


@pytest.mark.parametrize("wrap, where", [
    (REPEAT, lambda t: t % 1), (MIRROR, lambda t: 1 - np.abs(1 - t % 2)), (CLAMP, lambda t: np.minimum(t, 1))])
def test_pictures_wrap_as_their_sampler_says(roadloom_bin, tmp_path, wrap, where):
    write_box(tmp_path / "box.glb", png(ramp()), times=2.0, wrap=wrap)
    seen, at = rear(roadloom_bin, tmp_path)
    place = where(2 * at)
    clear = (np.abs(at - 0.5) > 0.03).all(1) & (np.abs(place - 0.5) < 0.47).all(1) \
        if wrap != CLAMP else np.ones(len(at), bool)
    error = np.abs(seen - expected(ramp(), np.clip(place, 0.008, 0.992)))[clear]
    assert clear.sum() > 1000 and error.mean() < 0.01


def test_far_away_only_the_mean_of_light_is_left(roadloom_bin, tmp_path):
    picture = np.zeros((256, 256, 3), "u1")
    picture[::2] = 255  # black and white lines, half of the light
    write_box(tmp_path / "box.glb", png(picture), times=8.0)
    seen, _ = rear(roadloom_bin, tmp_path, gap=60)
    assert len(seen) > 30 and np.abs(seen - 0.5).max() < 0.03


def test_roughness_and_metal_have_a_picture(roadloom_bin, tmp_path):
    picture = np.full((16, 16, 3), 255, "u1")
    picture[:, :8] = (0, 255, 0)  # rough (green), left no metal (blue)

    def use(doc):
        doc["materials"][0] = {"pbrMetallicRoughness": {
            "metallicRoughnessTexture": {"index": 0}, "baseColorFactor": [0.9, 0.1, 0.1, 1]}}

    write_box(tmp_path / "box.glb", png(picture), change=use)
    rear(roadloom_bin, tmp_path)
    frame = roadloom.Dataset(tmp_path / "data")[0]
    ids, color = frame["instance"]["eye"], frame["rgb"]["eye"].astype(float)
    y, x = np.nonzero(ids == np.bincount(ids[ids > 0]).argmax())
    left = x < (x.min() + x.max()) / 2
    plain, metal = color[y[left], x[left]].mean(0), color[y[~left], x[~left]].mean(0)
    # Both are red; metal has no white gloss over its colour and no diffuse light under it.
    assert plain[0] > 2 * plain[1] and metal[0] > 2 * metal[1]
    assert np.abs(plain - metal).max() > 8, (plain, metal)


def elsewhere(doc):
    doc["images"][0] = {"uri": "paint.png"}


def beyond(doc):
    doc["bufferViews"][3]["byteLength"] += 9999


def no_picture(doc):
    doc["textures"][0]["source"] = 7


def no_texture(doc):
    doc["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"]["index"] = 3


def no_coordinates(doc):
    del doc["meshes"][0]["primitives"][0]["attributes"]["TEXCOORD_0"]


GOOD = png(ramp(8))


@pytest.mark.parametrize("picture, change, says", [
    (GOOD, elsewhere, "image 0 is in another file; export all as one .glb"),
    (GOOD, beyond, "image 0 lies outside the file's"),
    (GOOD, no_picture, "there is no image 7"),
    (GOOD, no_texture, "there is no texture 3"),
    (GOOD, no_coordinates, "but a mesh of it no TEXCOORD_0; unwrap it"),
    (b"GIF89a", None, "image 0: is neither PNG nor JPEG"),
    (GOOD[:-30], None, "image 0: is a broken PNG"),
    (b"\xff\xd8\xff\xe0" + bytes(60), None, "image 0: is a broken JPEG"),
])
def test_what_cant_be_shown_is_one_clear_line(roadloom_bin, tmp_path, picture, change, says):
    write_box(tmp_path / "box.glb", picture, change=change)
    (tmp_path / "own.lua").write_text(SCRIPT.replace("GAP", "6"))
    result = subprocess.run([roadloom_bin, "check", str(tmp_path / "own.lua")], capture_output=True,
                            text=True, timeout=300)
    assert result.returncode == 1 and says in result.stderr and len(result.stderr.splitlines()) == 1
