# SPDX-License-Identifier: Apache-2.0
"""Traffic that keeps to the left: from the script to a map, and from the map back."""
import os
import pathlib
import subprocess
import xml.etree.ElementTree as ET

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("ROADLOOM_BIN", str(ROOT / "build" / "test" / "roadloom"))
PLACES = ["grid_city", "highway", "intersection", "straight", "curve", "roundabout", "town"]

pytestmark = pytest.mark.skipif(not os.path.exists(BIN), reason="ROADLOOM_BIN is not built")


def run(*args):
    return subprocess.run([BIN, *map(str, args)], capture_output=True, text=True, timeout=120)


def road(folder, text, *args):
    """What the program says of a script's roads, and the map that it writes."""
    (folder / "scene.lua").write_text(text)
    result = run("road", folder / "scene.lua", "--opendrive", folder / "out.xodr", *args)
    assert result.returncode == 0, result.stderr
    return result.stdout, ET.parse(folder / "out.xodr").getroot()


def rules(root):
    return {r.get("rule") for r in root.iter("road")}


def scene(place, hand="left"):
    return f"""return scene {{ road = {place}, traffic = {{ hand = {hand}, vehicles = 0 }},
      pedestrians = {{ count = 0 }} }}"""


@pytest.mark.parametrize("place", PLACES)
def test_every_place_has_it_and_the_same_network(tmp_path, place):
    said, left = road(tmp_path, scene(place + " {}", '"left"'))
    assert "keeps left" in said and rules(left) == {"LHT"}
    other, right = road(tmp_path, scene(place + " {}", '"left"'), "--set", "traffic.hand=right")
    assert "keeps right" in other and rules(right) == {"RHT"}
    lines = [[line for line in text.splitlines() if "keeps" not in line and "extent" not in line]
             for text in (said, other)]
    assert lines[0] == lines[1]


def test_right_is_the_default_and_a_draw_gives_both(tmp_path):
    assert rules(road(tmp_path, "return scene { road = straight {} }")[1]) == {"RHT"}
    drawn = [rules(road(tmp_path, scene("straight {}", 'pick { "left", "right" }'), "--seed", n)[1])
             for n in range(12)]
    assert {"LHT"} in drawn and {"RHT"} in drawn


def test_fields_lists_it(tmp_path):
    lines = [line for line in run("fields", "traffic").stdout.splitlines() if "traffic.hand" in line]
    assert len(lines) == 1 and "right left" in lines[0]


@pytest.mark.parametrize("text,words", [
    (scene("town {}", '"middle"'), 'scene.lua:1: traffic.hand: unknown "middle"; there is: right left'),
    (scene("town {}", '"lefft"'), 'did you mean "left"?'),
    (scene('opendrive("crossing.xodr")', '"left"'), "traffic.hand: crossing.xodr is driven on the right"),
])
def test_what_is_wrong_is_said_in_one_line(tmp_path, text, words):
    (tmp_path / "scene.lua").write_text(text)
    result = run("road", tmp_path / "scene.lua")
    assert result.returncode == 1 and words in result.stderr, result.stderr
    assert len(result.stderr.splitlines()) == 1


def same(a, b):
    """The same elements and attributes; numbers may be rounded otherwise."""
    assert (a.tag, len(a), sorted(a.keys())) == (b.tag, len(b), sorted(b.keys()))
    for key in a.keys():
        one, other = a.get(key), b.get(key)
        if a.tag != "header" and one != other:
            assert float(one) == pytest.approx(float(other), abs=1e-6), (a.tag, key)
    for x, y in zip(a, b):
        same(x, y)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("hand", ["", "left"])
def test_a_map_says_itself_on_which_side_it_is_driven(tmp_path, place, hand):
    _, written = road(tmp_path, scene(place + " {}", '"left"'))
    (tmp_path / "out.xodr").rename(tmp_path / "map.xodr")
    more = ["--set", f"traffic.hand={hand}"] if hand else []
    said, root = road(tmp_path, 'return scene { road = opendrive("map.xodr") }', *more)
    assert "keeps left" in said and rules(root) == {"LHT"}
    same(written, root)
