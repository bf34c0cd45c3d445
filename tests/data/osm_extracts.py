#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes OpenStreetMap extracts for tests: small ones drawn by hand in metres, with the tags that
mappers use, and a town of any size by chance.

    tests/data/osm_extracts.py village out.osm
    tests/data/osm_extracts.py town:7:1500 out.osm     # seed 7, 1500 m across
"""
import math
import random
import sys
import xml.sax.saxutils as sax


class Extract:
    """Nodes and ways in metres around a place on earth."""

    def __init__(self, lat=51.05, lon=13.74):
        self.lat, self.lon = lat, lon
        self.nodes, self.ways, self.relations, self.at = [], [], [], {}

    def place(self, x, y):
        # Radii of curvature of the WGS 84 ellipsoid.
        s = math.sin(math.radians(self.lat))
        w = 1 - 0.00669437999014131 * s * s
        north = 6378137 * (1 - 0.00669437999014131) / w ** 1.5
        east = 6378137 / math.sqrt(w) * math.cos(math.radians(self.lat))
        return self.lat + math.degrees(y / north), self.lon + math.degrees(x / east)

    def node(self, x, y, **tags):
        """A node's id; places that are asked for twice are one node, which gathers the tags."""
        key = (round(x, 2), round(y, 2))
        if key not in self.at:
            self.nodes.append((*self.place(x, y), {}))
            self.at[key] = len(self.nodes)
        self.nodes[self.at[key] - 1][2].update(tags)
        return self.at[key]

    def way(self, points, **tags):
        self.ways.append(([self.node(*p) for p in points], tags))
        return len(self.ways) + 1000000

    def relation(self, members, **tags):
        self.relations.append((members, tags))

    def write(self, path, bounds=None):
        def tag_lines(tags):
            return "".join(f"    <tag k={sax.quoteattr(k.replace('__', ':'))} v={sax.quoteattr(str(v))}/>\n"
                           for k, v in tags.items())

        with open(path, "w", encoding="utf-8") as f:
            f.write("<?xml version='1.0' encoding='UTF-8'?>\n<osm version='0.6' generator='osm_extracts.py'>\n")
            if bounds:
                (south, west), (north, east) = self.place(*bounds[:2]), self.place(*bounds[2:])
                f.write(f"  <bounds minlat='{south:.7f}' minlon='{west:.7f}' maxlat='{north:.7f}' maxlon='{east:.7f}'/>\n")
            for i, (lat, lon, tags) in enumerate(self.nodes):
                head = f"  <node id='{i + 1}' version='1' lat='{lat:.7f}' lon='{lon:.7f}'"
                f.write(f"{head}>\n{tag_lines(tags)}  </node>\n" if tags else f"{head}/>\n")
            for i, (refs, tags) in enumerate(self.ways):
                f.write(f"  <way id='{i + 1000001}' version='1'>\n")
                f.write("".join(f"    <nd ref='{ref}'/>\n" for ref in refs))
                f.write(f"{tag_lines(tags)}  </way>\n")
            for i, (members, tags) in enumerate(self.relations):
                f.write(f"  <relation id='{i + 1}' version='1'>\n")
                for kind, ref, role in members:
                    f.write(f"    <member type='{kind}' ref='{ref}' role='{role}'/>\n")
                f.write(f"{tag_lines(tags)}  </relation>\n")
            f.write("</osm>\n")


def house(e, x, y, turn, length, width, **tags):
    c, s = math.cos(turn), math.sin(turn)
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    points = [(x + c * a * length / 2 - s * b * width / 2, y + s * a * length / 2 + c * b * width / 2)
              for a, b in corners]
    e.way(points, **{"building": "house", **tags})


def circle(x, y, radius, n, start=0.0):
    return [(x + radius * math.cos(start + 2 * math.pi * i / n), y + radius * math.sin(start + 2 * math.pi * i / n))
            for i in range(n)]


def village():
    """A crossing with lights, a bend, side streets, a dead end, houses and trees."""
    e = Extract()
    e.way([(-260, -30), (-180, -14), (-90, -3), (0, 0), (95, 4), (180, 22), (270, 55)], highway="secondary",
          name="Hauptstraße", maxspeed="50", lanes="2", sidewalk="both", ref="S 177")
    e.node(0, 0, highway="traffic_signals")
    e.way([(0, 0), (3, 70), (10, 140), (40, 190), (90, 225), (160, 240)], highway="residential", name="Am Anger",
          maxspeed="30", parking__right="lane", sidewalk="both")
    e.way([(0, 0), (-4, -80), (-10, -170)], highway="tertiary", name="Bahnhofstraße", maxspeed="50", sidewalk="both")
    e.node(-4, -80, highway="crossing", crossing="uncontrolled")
    e.way([(10, 140), (-60, 150), (-130, 140), (-180, 110), (-180, -14)], highway="residential",
          source__maxspeed="DE:zone30", maxspeed="DE:zone30")
    e.way([(-60, 150), (-66, 230)], highway="living_street", noexit="yes")
    e.way([(160, 240), (178, 130), (180, 22)], highway="residential", maxspeed="30")
    e.way([(-4, -80), (70, -86), (150, -82), (180, 22)], highway="unclassified", maxspeed="50", sidewalk="right")
    e.way([(178, 130), (250, 135)], highway="service", service="driveway")
    e.way([(95, 4), (100, 60)], highway="footway")
    rng = random.Random(4)
    for i in range(7):
        house(e, 22 + 0.4 * i, 30 + 15.5 * i, 1.53, 11, 9, building__levels=2)
        house(e, -24 - 0.3 * i, 28 + 14.5 * i, 1.53, 10 + i % 3, 10, building__levels=rng.choice([1, 2, 3]))
    e.way([(-70, 20), (-40, 22), (-40.6, 32), (-58, 30.8), (-58.8, 44), (-71.2, 43), (-70, 20)], building="school",
          height="9.5 m", name="Schule")
    outer = e.way([(40, -30), (90, -28), (88.6, -66), (38.6, -68), (40, -30)])
    inner = e.way([(54, -41), (76, -40), (75, -55), (53, -56), (54, -41)])
    e.relation([("way", outer, "outer"), ("way", inner, "inner")], type="multipolygon", building="apartments",
               building__levels="4")
    e.way([(-120, 25), (-100, 27), (-80, 26)], natural="tree_row")
    for x, y in [(-110, 60), (-95, 75), (-120, 90), (120, 60), (130, 75), (118, 95)]:
        e.node(x, y, natural="tree", height=str(rng.randint(6, 14)))
    e.way([(-140, 50), (-80, 52), (-82, 110), (-138, 108), (-140, 50)], leisure="park", name="Dorfpark")
    return e, (-230, -150, 240, 260)


def roundabout():
    """A roundabout with four streets; one of them comes as two carriageways."""
    e = Extract(48.1, 11.5)
    ring = circle(0, 0, 18, 24)
    e.way(ring + ring[:1], highway="tertiary", junction="roundabout", maxspeed="30")
    e.way([(18, 0), (60, 0), (160, 10)], highway="tertiary", maxspeed="50")
    e.way([ring[6], (0, 70), (-10, 160)], highway="residential", maxspeed="30")
    e.way([ring[11], (-40, 3), (-60, 0)], highway="tertiary", oneway="yes", maxspeed="50")
    e.way([(-60, 0), (-40, -3), ring[13]], highway="tertiary", oneway="yes", maxspeed="50")
    e.way([(-60, 0), (-170, 0)], highway="tertiary", maxspeed="50")
    e.way([ring[18], (3, -80), (20, -170)], highway="residential", maxspeed="30")
    return e, (-150, -150, 140, 140)


def pair():
    """A pair of one-way streets through a small grid, with mph limits and a bus lane."""
    e = Extract(51.5, -0.1)
    e.way([(-200, 0), (-130, 0), (-60, 0), (60, 0), (200, 0)], highway="primary", oneway="yes", lanes="2", maxspeed="30 mph",
          sidewalk="both", lanes__bus="1")
    e.way([(200, 90), (60, 90), (-60, 90), (-200, 90)], highway="primary", oneway="yes", lanes="2",
          maxspeed="30 mph", sidewalk="both")
    e.way([(-60, -120), (-60, 0), (-60, 90), (-60, 210)], highway="residential", maxspeed="20 mph")
    e.way([(60, 210), (60, 90), (60, 0), (60, -120)], highway="residential", maxspeed="20 mph", oneway="yes",
          parking__left="parallel", sidewalk="both")
    e.node(-60, 0, highway="traffic_signals")
    e.node(60, 12, highway="give_way")
    e.way([(-130, 0), (-130, -90)], highway="residential", oneway="-1", maxspeed="20 mph")
    return e, None


def dual():
    """A dual carriageway with a crossing of its own, a slip road and a bridge over it."""
    e = Extract(40.4, -3.7)
    e.way([(-400, -6), (-20, -6), (0, -6), (60, -6), (400, -6)], highway="trunk", oneway="yes", lanes="2",
          maxspeed="80")
    e.way([(400, 6), (0, 6), (-400, 6)], highway="trunk", oneway="yes", lanes="2", maxspeed="80")
    e.way([(0, 200), (0, 6), (0, -6), (4, -200)], highway="secondary", maxspeed="50")
    for x, y in [(-20, -6), (14, 6), (0, 20), (0, -20)]:
        e.node(x, y, highway="traffic_signals", traffic_signals__direction="forward")
    e.way([(-20, 20), (-20, 20.5)], highway="track")
    e.way([(60, -6), (120, -14), (170, -45), (190, -120), (190, -260)], highway="trunk_link", oneway="yes")
    e.way([(260, 220), (260, 40), (260, -40), (262, -230)], highway="tertiary", bridge="yes", layer="1",
          maxspeed="50")
    return e, None


def avenue():
    """A main street with lanes for turns, buses and bicycles, and lights at its crossing."""
    e = Extract(52.5, 13.4)
    main = {"highway": "secondary", "maxspeed": "50", "sidewalk": "both", "cycleway": "lane"}
    e.way([(-480, -20), (-300, 0), (-110, 0)], lanes="4", busway__right="lane", **main)
    e.way([(-110, 0), (0, 0)], lanes="5", lanes__backward="2", turn__lanes__forward="left|through|through;right", **main)
    e.way([(0, 0), (120, 0)], lanes="5", lanes__forward="2", turn__lanes__backward="left|through|right", **main)
    e.way([(120, 0), (300, 0), (460, 30)], lanes="4", psv__lanes__backward="|designated", **main)
    side = {"highway": "tertiary", "maxspeed": "50", "lanes": "3"}
    e.way([(0, -240), (0, 0)], turn__lanes__forward="left|through;right", **side)
    e.way([(0, 0), (0, 240)], lanes__backward="2", turn__lanes__backward="left;through|right", **side)
    e.way([(300, 0), (310, -160)], highway="residential", maxspeed="30", cycleway__right="lane")
    e.way([(-300, 0), (-290, 140)], highway="residential", oneway="-1", cycleway__left="lane")
    e.node(0, 0, highway="traffic_signals", crossing="traffic_signals")
    return e, None


def rings():
    """Roundabouts: two lanes with carriageways side by side, one behind islands, a small one of five arms."""
    e = Extract(53.5, 10)
    big, mid = circle(0, 0, 30, 32), circle(260, 20, 17, 24)
    small = [(20 + 14 * math.cos(0.4 + 2 * math.pi * i / 20), -240 + 14 * math.sin(0.4 + 2 * math.pi * i / 20))
             for i in range(20)]
    e.way(big + big[:1], highway="secondary", junction="roundabout", maxspeed="50", lanes="2")
    for i in range(2):  # ways that close the circle together
        half = mid[12 * i:12 * i + 12] + [mid[12 * (1 - i)]]
        e.way(half, highway="tertiary", junction="roundabout", maxspeed="30")
    e.way(small + small[:1], highway="residential", junction="circular", maxspeed="30")
    dual = {"highway": "secondary", "oneway": "yes", "lanes": "2", "maxspeed": "50"}
    e.way([big[15], (-60, 7), (-300, 7)], **dual)
    e.way([(-300, -7), (-60, -7), big[17]], **dual)
    e.way([big[8], (0, 90), (-20, 240)], highway="tertiary", maxspeed="50", lanes="4")
    street = {"highway": "tertiary", "maxspeed": "50"}
    e.way([big[31], (60, 0)], oneway="yes", **street)
    e.way([(60, 0), big[1]], oneway="yes", **street)
    e.way([(60, 0), (140, 4), (210, 18)], **street)
    e.way([mid[11], (210, 18)], oneway="yes", **street)
    e.way([(210, 18), mid[13]], oneway="yes", **street)
    e.node(210, 18, highway="crossing")
    e.way([mid[0], (330, 20), (430, 60)], cycleway="lane", **street)
    e.way([mid[6], (262, 110), (300, 230)], highway="residential", maxspeed="30")
    e.way([mid[18], (255, -70), (120, -210), small[2]], highway="residential", maxspeed="30")
    e.node(255, -70, highway="crossing")
    e.way([big[24], (0, -110), small[5]], **street)
    e.way([small[9], (-90, -230), (-220, -215)], highway="residential", maxspeed="30")
    e.way([small[13], (-20, -330), (-60, -420)], highway="residential", maxspeed="30", oneway="yes")
    e.way([(160, -420), (70, -330), small[17]], highway="residential", maxspeed="30", oneway="yes")
    return e, None


def town(seed, size):
    """Streets by chance: an uneven grid with gaps, diagonals, curves, one-ways and houses."""
    rng, e = random.Random(seed), Extract(50, 8)
    n = max(3, int(size / 110))
    at = {(i, k): ((i - n / 2) * 110 + rng.uniform(-18, 18), (k - n / 2) * 110 + rng.uniform(-18, 18))
          for i in range(n + 1) for k in range(n + 1)}
    classes = ["residential"] * 6 + ["unclassified", "tertiary", "living_street", "service"]
    row = {k: rng.choice(classes) for k in range(-n - 1, n + 1)}
    row[0], row[-1] = "secondary", "primary"

    def bent(a, b):
        """Some streets curve between their crossings."""
        (x0, y0), (x1, y1) = at[a], at[b]
        if rng.random() < 0.6:
            return [at[a], at[b]]
        bow, m = rng.uniform(-14, 14), rng.randint(2, 6)
        return [(x0 + (x1 - x0) * u - (y1 - y0) / 110 * bow * 4 * u * (1 - u),
                 y0 + (y1 - y0) * u + (x1 - x0) / 110 * bow * 4 * u * (1 - u)) for u in [j / m for j in range(m + 1)]]

    def tags(kind):
        t = {"highway": kind}
        if rng.random() < 0.5:
            t["maxspeed"] = rng.choice(["30", "50", "20 mph", "DE:urban"])
        if rng.random() < 0.3:
            t["sidewalk"] = rng.choice(["both", "left", "right", "no"])
        if kind == "residential" and rng.random() < 0.15:
            t["oneway"] = rng.choice(["yes", "-1"])
        if kind == "residential" and rng.random() < 0.3:
            t["parking:both"] = "lane"
        if kind in ("primary", "secondary") and rng.random() < 0.4:
            t["lanes"] = rng.choice(["2", "3", "4"])
        return t

    for i in range(n + 1):
        for k in range(n + 1):
            if i < n and rng.random() < 0.9:
                e.way(bent((i, k), (i + 1, k)), **tags(row[k]))
            if k < n and rng.random() < 0.85:
                e.way(bent((i, k), (i, k + 1)), **tags(row[-i - 1]))
            if i < n and k < n and rng.random() < 0.05:
                e.way([at[(i, k)], at[(i + 1, k + 1)]], **tags("residential"))
            if rng.random() < 0.2:
                x, y = at[(i, k)]
                e.node(x, y, highway="traffic_signals")
    for _ in range(n * n * 2):
        x, y = rng.uniform(-size / 2, size / 2), rng.uniform(-size / 2, size / 2)
        house(e, x, y, rng.uniform(0, 3), rng.uniform(7, 18), rng.uniform(7, 14), building__levels=rng.randint(1, 6))
    for _ in range(n * n):
        e.node(rng.uniform(-size / 2, size / 2), rng.uniform(-size / 2, size / 2), natural="tree")
    return e, None


def make(name):
    parts = name.split(":")
    if parts[0] == "town":
        return town(int(parts[1]), float(parts[2]))
    return {"village": village, "roundabout": roundabout, "pair": pair, "dual": dual, "avenue": avenue, "rings": rings}[name]()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    extract, box = make(sys.argv[1])
    extract.write(sys.argv[2], box)
