# SPDX-License-Identifier: Apache-2.0
"""Pictures of normals and of light on users' meshes: a face whose picture tilts its normals looks
like one whose vertices have them so, whatever light falls on it; light of its own is the picture's."""
import numpy as np
import pytest
import test_textures as textures
from conftest import run

import roadloom

SCRIPT = textures.SCRIPT.replace('"albedo" }', '"albedo", "hdr" }')


def unit(v):
    return np.asarray(v, float) / np.linalg.norm(v)


def write(path, picture, change, normal=None, color=0.8, roughness=0.9):
    """textures.write_box's, its rear with those normals: right, up and out as seen from behind."""
    def use(doc):
        doc["materials"][0] = {"pbrMetallicRoughness": {"metallicFactor": 0, "roughnessFactor": roughness,
                                                        "baseColorFactor": [color, color, color, 1]}}
        change(doc)

    normals = None
    if normal is not None:
        right, up, out = unit(normal)
        faces = [(-right, up, -out), (0, 0, 1), (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0)]
        normals = np.repeat(np.array(faces, "<f4"), 4, 0).tobytes()
    textures.write_box(path, picture, change=use, normals=normals)


STREET = "straight { length_m = 300, sidewalk_m = 2, building_height_m = 12 }"


def seen(program, folder, hour="11", gap=6, place="straight { length_m = 300 }"):
    """Radiance (N, 3) of the rear's pixels, and where they lie on it."""
    script = SCRIPT.replace("GAP", str(gap)).replace("time_of_day_h = 11", f"time_of_day_h = {hour}")
    script = script.replace("straight { length_m = 300 }", place)
    (folder / "own.lua").write_text(script)
    run(program, "generate", folder / "own.lua", "-o", folder / "data")
    frame = roadloom.Dataset(folder / "data")[0]
    ids = frame["instance"]["eye"]
    mine = frame["boxes3d"]["id"][np.abs(frame["boxes3d"]["size"][:, 0] - textures.LENGTH) < 1e-3][0]
    left, top, right, bottom = frame["boxes2d"]["visible"][frame["boxes2d"]["id"] == mine][0]
    y, x = np.nonzero(ids == mine)
    at = np.stack([(x + 0.5 - left) / (right - left), (y + 0.5 - top) / (bottom - top)], 1)
    inside = ((at > 0.04) & (at < 0.96)).all(1)
    return frame["hdr"]["eye"][y, x].astype(float)[inside], at[inside]


def normals_in(doc):
    doc["materials"][0]["normalTexture"] = {"index": 0}


def code_of(normal):
    return np.round((unit(normal) + 1) / 2 * 255).astype("u1")


@pytest.mark.parametrize("normal", [(-0.5, 0, 1), (0, 0.6, 1), (0.4, -0.4, 1)])
def test_a_picture_tilts_normals_as_vertices_do(roadloom_bin, tmp_path, normal):
    picture = np.tile(code_of(normal), (16, 16, 1))
    for name in ("picture", "vertices", "flat"):
        (tmp_path / name).mkdir()
    write(tmp_path / "picture" / "box.glb", textures.png(picture), normals_in)
    write(tmp_path / "vertices" / "box.glb", textures.png(picture), lambda doc: None, normal)
    write(tmp_path / "flat" / "box.glb", textures.png(picture), lambda doc: None)
    made, at = seen(roadloom_bin, tmp_path / "picture")
    true, again = seen(roadloom_bin, tmp_path / "vertices")
    plain, _ = seen(roadloom_bin, tmp_path / "flat")
    assert np.array_equal(at, again)
    assert np.abs(made - true).max() < 0.02 * true.mean(), np.abs(made - true).max() / true.mean()
    assert np.abs(true - plain).mean() > 0.04 * plain.mean()  # the test could fail


@pytest.mark.parametrize("normal", [(0, -0.5, 1), (0.9, -0.2, 1), (0, 0, 1)])
def test_lacquer_mirrors_by_the_normals_of_a_picture(roadloom_bin, tmp_path, normal):
    # A row of houses on both sides is what it mirrors, and the road; black lacquer shows little else.
    flat = np.tile(code_of((0, 0, 1)), (16, 16, 1))
    paint = {"color": 0.01, "roughness": 0.1}
    seen_as = {}
    for name, picture, given in (("picture", np.tile(code_of(normal), (16, 16, 1)), None), ("vertices", flat, normal),
                                 ("flat", flat, None)):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "box.glb", textures.png(picture), normals_in, given, **paint)
        seen_as[name], _ = seen(roadloom_bin, tmp_path / name, place=STREET)
    error = np.abs(seen_as["picture"] - seen_as["vertices"]).mean() / seen_as["vertices"].mean()
    assert error < 0.08, error
    if normal != (0, 0, 1):
        assert np.abs(seen_as["flat"] - seen_as["vertices"]).mean() > 0.1 * seen_as["flat"].mean()


def test_each_pixel_has_its_own_normal_and_slopes_scale(roadloom_bin, tmp_path):
    right, up = (0.5, 0, 1), (0, 0.5, 1)
    picture = np.tile(code_of(right), (64, 64, 1))
    picture[:, 32:] = code_of(up)
    half = np.tile(code_of((0.25, 0, 1)), (64, 64, 1))
    half[:, 32:] = code_of((0, 0.25, 1))

    def twice(doc):
        doc["materials"][0]["normalTexture"] = {"index": 0, "scale": 2}

    found = {}
    for name, colors, change in (("right", np.tile(code_of(right), (64, 64, 1)), normals_in),
                                 ("up", np.tile(code_of(up), (64, 64, 1)), normals_in),
                                 ("both", picture, normals_in), ("half", half, twice)):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "box.glb", textures.png(colors), change)
        found[name], at = seen(roadloom_bin, tmp_path / name)
    left, rest = at[:, 0] < 0.46, at[:, 0] > 0.54
    for name in ("both", "half"):
        for part, of in ((left, "right"), (rest, "up")):
            error = np.abs(found[name] - found[of])[part].max() / found[of].mean()
            assert error < 0.03, f"{name}, {of}: {error}"
    assert np.abs(found["right"] - found["up"]).mean() > 0.02 * found["up"].mean()


def test_light_of_its_own_is_the_pictures(roadloom_bin, tmp_path):
    def glow(doc):
        doc["materials"][0].update(emissiveFactor=[1, 0.5, 1], emissiveTexture={"index": 0}, extensions={
            "KHR_materials_emissive_strength": {"emissiveStrength": 4}})
        doc["materials"][0]["pbrMetallicRoughness"]["baseColorFactor"] = [0, 0, 0, 1]

    write(tmp_path / "box.glb", textures.png(textures.ramp()), glow)
    light, at = seen(roadloom_bin, tmp_path, hour="0")
    true = 0.1 * textures.expected(textures.ramp(), at) * (1, 0.5, 1) * 1e4  # 4 x 250 cd/m2
    assert np.abs(light - true).mean() < 0.02 * true.mean(), (light.mean(0), true.mean(0))


@pytest.mark.parametrize("change, says", [
    (lambda doc: doc["materials"][0].update(normalTexture={"index": 5}), "there is no texture 5"),
    (lambda doc: doc["materials"][0].update(emissiveTexture={"index": 5}), "there is no texture 5"),
    (lambda doc: doc["materials"][0].update(normalTexture={"index": 0, "texCoord": 9}), "texCoord"),
])
def test_what_cant_be_shown_is_one_clear_line(roadloom_bin, tmp_path, change, says):
    write(tmp_path / "box.glb", textures.png(textures.ramp(8)), change)
    (tmp_path / "own.lua").write_text(SCRIPT.replace("GAP", "6"))
    with pytest.raises(pytest.fail.Exception) as refused:
        run(roadloom_bin, "check", tmp_path / "own.lua")
    assert says in str(refused.value)
