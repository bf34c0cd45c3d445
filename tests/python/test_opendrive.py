# SPDX-License-Identifier: Apache-2.0
"""Maps that the program writes, read by SUMO's netconvert, and maps that SUMO writes, read by
the program: no error, the same lanes, the same ways through every junction.

Debian's sumo brings no table of lane types, so tests/data has one: cars drive on "driving",
bicycles alone on "biking", buses and bicycles on "bus".
"""
import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

import any_place
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("ROADLOOM_BIN", str(ROOT / "build" / "test" / "roadloom"))
TYPES = ROOT / "tests" / "data" / "opendrive.typ.xml"
PLACES = any_place.places(BIN) if os.path.exists(BIN) else {}

pytestmark = pytest.mark.skipif(
    not os.path.exists(BIN) or not shutil.which("netconvert"),
    reason="needs ROADLOOM_BIN and SUMO's netconvert",
)


def write_map(folder, place, seed, hand="right"):
    """A map file and what the program says about it: lanes, and ways through junctions. None
    where the place refuses the numbers that were drawn: it names the field to change."""
    script, out = folder / "scene.lua", folder / "map.xodr"
    script.write_text(any_place.script(place, PLACES[place], seed, hand, PLACES))
    result = subprocess.run(
        [BIN, "road", script, "--seed", str(seed), "--opendrive", out],
        capture_output=True, text=True, timeout=120,
    )
    part = re.search(r"\broad\.\d(?:\.(\w+)\.(\w+))?", result.stderr)
    if result.returncode and place == "compose" and part:
        assert part[1] is None or part[2] in PLACES[part[1]], result.stderr
        return None
    if result.returncode and re.search(r"\broad\.(\w+)", result.stderr):
        assert re.search(r"\broad\.(\w+)", result.stderr)[1] in PLACES[place], result.stderr
        return None
    assert result.returncode == 0, f"{result.stderr}\n{script.read_text()}"
    words = result.stdout.split()
    lanes = int(words[words.index("lanes,") - 1])
    ways = int(words[words.index("ways") - 1])
    return out, lanes, ways


def netconvert(path):
    """The network that SUMO makes of a map. Fails unless it is made without an error."""
    out = path.with_suffix(".net.xml")
    result = subprocess.run(
        # Lanes that open and close are lanes from where they have no width yet.
        ["netconvert", "--xml-validation", "never", "--opendrive.min-width", "0",
         "--type-files", TYPES, "--opendrive-files", path, "-o", out],
        capture_output=True, text=True, timeout=300,
        env={**os.environ, "SUMO_HOME": "/nowhere"},
    )
    said = result.stdout + result.stderr
    assert result.returncode == 0, said
    assert "Error" not in said, said
    return ET.parse(out).getroot()


def users(lane):
    """Who alone may use a lane, by its type, in SUMO's words; None for everybody."""
    return {"driving": None, "biking": "bicycle", "bus": "bus bicycle"}[lane.get("type")]


def driving(road, side):
    """Ids of a road's lanes to drive or ride on, on one side, from the outermost inward: SUMO's
    order."""
    ids = [int(lane.get("id")) for lane in road.iter("lane") if lane.get("type") in ("driving", "biking", "bus")]
    return sorted((i for i in ids if i * side > 0), key=lambda i: -abs(i))


def expected(path):
    """(edge: who may use each lane, {junction: set of (from edge, lane, to edge, lane)}, lit junctions, the set
    of such links where roads go on without a junction)."""
    root = ET.parse(path).getroot()
    roads = {r.get("id"): r for r in root.iter("road")}

    def edge(road, lane):
        """SUMO calls lanes along s -ID and the others ID, and counts from the right."""
        name = f"-{road}" if lane < 0 else road
        return name, driving(roads[road], lane).index(lane)

    # SUMO 1.15 doesn't know that traffic may keep left: it drives such maps the wrong way round.
    backward = any(road.get("rule") == "LHT" for road in roads.values())
    edges = {}
    for road in roads.values():
        for side in (1, -1):
            if road.get("junction") == "-1" and driving(road, side):
                lanes = {int(lane.get("id")): lane for lane in road.iter("lane")}
                edges[("-" if side < 0 else "") + road.get("id")] = [users(lanes[i]) for i in driving(road, side)]
    def linked(road, lane, name):
        """The road and lane that a lane's successor or predecessor is, None without."""
        node = next(x for x in road.iter("lane") if x.get("id") == str(lane))
        link, own = road.find(f"link/{name}"), node.find(f"link/{name}")
        if link is None or own is None or link.get("elementType") != "road":
            return None
        return edge(link.get("elementId"), int(own.get("id")))

    ways, joins = collections.defaultdict(set), set()
    for junction in root.iter("junction"):
        for connection in junction.iter("connection"):
            way = roads[connection.get("connectingRoad")]
            out = "successor" if connection.get("contactPoint") == "start" else "predecessor"
            for link in connection.iter("laneLink"):
                begin = edge(connection.get("incomingRoad"), int(link.get("from")))
                end = linked(way, int(link.get("to")), out)
                ways[junction.get("id")].add((*end, *begin) if backward else (*begin, *end))
    for road in roads.values():
        for lane in driving(road, 1) + driving(road, -1) if road.get("junction") == "-1" else []:
            after = linked(road, lane, "successor" if lane < 0 else "predecessor")
            before = linked(road, lane, "predecessor" if lane < 0 else "successor")
            here = edge(road.get("id"), lane)
            joins |= {(*here, *after)} if after else set()
            joins |= {(*before, *here)} if before else set()  # a lane may open beside another
    lit = {c.get("id") for c in root.iter("junction") if c.find("controller") is not None}
    return edges, ways, lit, joins


def whole(edge):
    """A road from a junction back to it is cut by SUMO in its middle, into 7#0 and 7#1."""
    return edge.split("#")[0]


def compare(path, lanes, ways, merges=False):
    """The map against SUMO's network of it, and both against what the program counted. SUMO
    lets one of two lanes that merge in a junction end there: `merges` allows for that."""
    net = netconvert(path)
    edges, through, lit, joins = expected(path)
    found = {e.get("id"): e for e in net.iter("edge") if e.get("function") != "internal"}
    assert {whole(name): [lane.get("allow") for lane in e.findall("lane")] for name, e in found.items()} == edges
    assert sum(map(len, edges.values())) == lanes
    got, joined = collections.defaultdict(set), set()
    for c in net.iter("connection"):
        begin = c.get("from")
        if begin.startswith(":"):
            continue
        node, begin, to = found[begin].get("to"), whole(begin), whole(c.get("to"))
        if begin == to and node not in through:
            continue
        joint = "." in node and not node.endswith((".begin", ".end"))  # of two roads
        if node not in through and not joint:  # an open end, where SUMO turns cars around
            continue
        link = (begin, int(c.get("fromLane")), to, int(c.get("toLane")))
        if joint:
            joined.add(link)
        else:
            got[node].add(link)
    assert sum(len(w) for w in through.values()) == ways
    for node in list(got) if merges else []:
        # Nor does it leave a lane without a way: where ours ends, it turns cars around.
        led_on = {way[:2] for way in through[node]}
        got[node] = {way for way in got[node] if way[:2] in led_on or way[0].strip("-") != way[2].strip("-")}
        for begin, lane, *to in through[node] - got[node]:
            assert any(way[0] == begin and way[1] != lane and [*way[2:]] == to for way in got[node])
            through[node].remove((begin, lane, *to))
    assert {node: ways for node, ways in got.items() if ways} == {node: ways for node, ways in through.items() if ways}
    if b'rule="LHT"' not in path.read_bytes():  # SUMO drives those backwards, and ends lanes there
        assert joined == joins
    lights = {j.get("id") for j in net.iter("junction") if j.get("type") == "traffic_light"}
    assert lights == lit


def compare_seeds(folder, place, hand, seeds):
    """Compares the maps of all those seeds; few of them may be refused."""
    refused = 0
    for seed in seeds:
        made = write_map(folder, place, seed, hand)
        if made is None:
            refused += 1
            continue
        rule = {"right": "RHT", "left": "LHT"}[hand]
        assert {road.get("rule") for road in ET.parse(made[0]).getroot().iter("road")} == {rule}
        try:
            compare(*made, merges=True)
        except AssertionError as error:
            text = (folder / "scene.lua").read_text()
            raise AssertionError(f"--seed {seed} {text}{error}") from error
    assert refused <= len(seeds) * 2 / 3


@pytest.mark.parametrize("hand", ["right", "left"])
@pytest.mark.parametrize("place", PLACES)
def test_sumo_reads_the_same_lanes_and_ways(tmp_path, place, hand):
    compare_seeds(tmp_path, place, hand, range(3))


@pytest.mark.slow
@pytest.mark.parametrize("hand", ["right", "left"])
@pytest.mark.parametrize("place", PLACES)
def test_sumo_reads_the_same_lanes_and_ways_of_200_seeds(tmp_path, place, hand):
    compare_seeds(tmp_path, place, hand, range(100, 300))


def sumo(*command):
    result = subprocess.run(
        [*map(str, command), "--xml-validation", "never"],
        capture_output=True, text=True, timeout=300, env={**os.environ, "SUMO_HOME": "/nowhere"},
    )
    assert result.returncode == 0, result.stderr


NETWORKS = {
    "a grid with lights": ["--grid", "--grid.number", "3", "--grid.length", "130", "-L", "2",
                           "--tls.guess", "true"],
    "a spider": ["--spider", "--spider.arm-number", "5", "--spider.circle-number", "3"],
    "at random": ["--rand", "--rand.iterations", "60", "-L", "2"],
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", NETWORKS)
def test_maps_that_sumo_writes_are_read(tmp_path, kind, seed):
    """What SUMO made, wrote as OpenDRIVE, we read and wrote again: lanes and ways are SUMO's."""
    net, path = tmp_path / "net.xml", tmp_path / "map.xodr"
    sumo("netgenerate", *NETWORKS[kind], "--seed", seed, "--no-turnarounds", "-o", net)
    sumo("netconvert", "-s", net, "--opendrive-output", path)
    script, out = tmp_path / "scene.lua", tmp_path / "again.xodr"
    script.write_text('return scene { road = opendrive("map.xodr"), pedestrians = { count = 0 } }')
    result = subprocess.run(
        [BIN, "road", script, "--opendrive", out], capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, result.stderr
    root = ET.parse(net).getroot()
    edges = [e for e in root.iter("edge") if e.get("function") != "internal"]
    links = [c for c in root.iter("connection") if not c.get("from").startswith(":")]
    words = result.stdout.split()
    lanes, ways = int(words[words.index("lanes,") - 1]), int(words[words.index("ways") - 1])
    assert lanes == sum(len(e.findall("lane")) for e in edges)
    assert ways == len(links)
    again = netconvert(out)
    edges = [e for e in again.iter("edge") if e.get("function") != "internal"]
    assert lanes == sum(len(e.findall("lane")) for e in edges)


EXTRACTS = ["village", "roundabout", "pair", "dual", "avenue", "rings", *(f"town:{seed}:450" for seed in range(20, 26))]


@pytest.mark.parametrize("extract", EXTRACTS)
def test_sumo_reads_the_streets_of_extracts(tmp_path, extract):
    """An OpenStreetMap extract, read and written as OpenDRIVE: SUMO finds its lanes and ways."""
    subprocess.run([sys.executable, ROOT / "tests" / "data" / "osm_extracts.py", extract, tmp_path / "map.osm"],
                   check=True)
    script, out = tmp_path / "scene.lua", tmp_path / "map.xodr"
    script.write_text('return scene { road = osm("map.osm"), pedestrians = { count = 0 } }')
    result = subprocess.run([BIN, "road", script, "--opendrive", out], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    words = result.stdout.split()
    compare(out, int(words[words.index("lanes,") - 1]), int(words[words.index("ways") - 1]), merges=True)


HAND_WRITTEN = sorted((ROOT / "tests" / "scenes" / "data" / "maps").glob("*.xodr"))


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=lambda path: path.stem)
def test_sumo_reads_what_it_does_not_know_itself(tmp_path, path):
    """Direct and virtual junctions as we write them: SUMO finds their lanes and ways."""
    shutil.copy(path, tmp_path / "map.xodr")
    script, out = tmp_path / "scene.lua", tmp_path / "again.xodr"
    script.write_text('return scene { road = opendrive("map.xodr"), pedestrians = { count = 0 } }')
    result = subprocess.run([BIN, "road", script, "--opendrive", out], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    assert "warning" not in result.stderr, result.stderr
    words = result.stdout.split()
    compare(out, int(words[words.index("lanes,") - 1]), int(words[words.index("ways") - 1]), merges=True)


def drop(root, parent, child):
    """Removes the first such child of the first such parent."""
    for node in root.iter(parent):
        found = node.find(child)
        if found is not None:
            node.remove(found)
            return
    raise AssertionError(f"no {child} in a {parent}")


FAULTS = {
    "a connection is missing": lambda root: drop(root, "junction", "connection"),
    "a lane is missing": lambda root: next(
        lane for lane in root.iter("lane") if lane.get("type") == "driving"
    ).set("type", "none"),
    "a link leads to the wrong lane": lambda root: next(
        lane for way in root.iter("road") if way.get("junction") != "-1"
        for lane in way.iter("lane") if lane.get("id") == "-1"
    ).find("link/successor").set("id", "7"),
    "a road has no shape": lambda root: drop(root, "road", "planView"),
    "the traffic lights are missing": lambda root: [
        road.remove(road.find("signals")) for road in root.iter("road") if road.get("junction") == "-1"
    ],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_comparison_sees_a_planted_fault(tmp_path, fault):
    for seed in range(20):  # one with traffic lights
        made = write_map(tmp_path, "grid_city", seed)
        if made and "<controller" in made[0].read_text():
            break
    path, lanes, ways = made
    compare(path, lanes, ways, merges=True)
    tree = ET.parse(path)
    FAULTS[fault](tree.getroot())
    tree.write(path)
    with pytest.raises((AssertionError, StopIteration, ValueError)):
        compare(path, lanes, ways, merges=True)
