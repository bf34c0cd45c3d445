# SPDX-License-Identifier: Apache-2.0
"""Scripts of any place that is made from numbers, with any numbers that its fields allow: from
what `roadloom fields --luacats` says, so that a place that is added there is drawn here."""
import random
import re
import subprocess

# Fields that make a network large stay below these, so that others can read it in seconds.
SMALL = {"integer[]": 4, "size_m": 600, "length_m": 4000}


def places(program):
    """{place: {field: (type, lo, hi, or zero)}} of all places but those that need a file."""
    text = subprocess.run(
        [program, "fields", "--luacats"], capture_output=True, text=True, check=True
    ).stdout
    names = re.findall(r"^---@return roadloom.place\nfunction (\w+)\(", text, re.M)
    found = {}
    for name in names:
        block = text.split(f"roadloom.{name}_fields\n", 1)[1].split("\n\n", 1)[0]
        fields = {}
        for line in block.splitlines():
            if line.startswith("---@field [integer]"):  # the parts of compose
                continue
            field, rest = re.match(r"---@field (\w+)\? (.*)", line).groups()
            if rest.startswith('"'):
                words = rest.split(" ", 1)[0]
                fields[field] = ("word", re.findall(r'"([^"]+)"', words), None, False)
                continue
            kind = rest.split(" ", 1)[0]
            limits = re.search(r"; (-?[\d.e]+)\.\.(-?[\d.e]+)[^;]*?( or 0)?; default", rest)
            if kind == "string":
                fields = None
                break
            fields[field] = (kind, float(limits[1]), float(limits[2]), bool(limits[3]))
        if fields is not None:
            found[name] = fields
    return found


def number(draw, name, kind, lo, hi, zero):
    """One number, at an end of its range now and then."""
    hi = min(hi, SMALL.get(name, SMALL.get(kind, hi)))
    share = draw.random()
    counts = kind == "integer" and lo == 0  # of ramps, say: more don't fit into most roads
    hi = min(hi, 2) if counts else hi
    if (zero and share < 0.3) or (counts and share < 0.65):
        return 0
    if share < 0.2:
        value = lo if share < 0.1 else hi
    elif lo > 0 and hi > 8 * lo:
        value = lo * (hi / lo) ** draw.random()
    else:
        value = draw.uniform(lo, hi)
    return round(value) if kind.startswith("integer") else round(value, 3)


def headings(draw):
    """Three to six arms, some of them no farther apart than they must be."""
    count, at = draw.randint(3, 6), draw.randint(-180, 180)
    shares = [draw.choice([0, draw.random()]) for _ in range(count)]
    out = []
    for share in shares:
        out.append(at if at <= 180 else at - 360)
        at += 40 + int((360 - 40 * count) * share / (sum(shares) or 1))
    return out


def with_room(drawn):
    """Ramps and lanes that end and begin take room, which a highway of any length doesn't have."""
    drawn["exits"] %= 3
    drawn["entries"] %= 3
    drawn["lane_drops"] = drawn["lane_drops"] % 2 if drawn["lanes"] > 1 else 0
    drawn["lane_gains"] %= 2
    if drawn["exits"] + drawn["entries"] + drawn["lane_drops"] + drawn["lane_gains"]:
        drawn["length_m"] = max(drawn["length_m"], 4700)
    if drawn["radius_m"]:
        least = max(120, drawn["radius_m"])
        drawn["ramp_radius_m"] = min(drawn["ramp_radius_m"], int(0.6 * (least - 25)))


def script(name, fields, seed, hand, others=None):
    """A scene script of that place; equal seeds give equal scripts. `others` is what places()
    gave, which the parts of compose are drawn from."""
    draw = random.Random(f"{name} {seed} {hand}")
    road = place(draw, name, fields)
    if name == "compose":
        kinds = [kind for kind in others if kind != "compose"]
        parts = [place(draw, kind, others[kind]) for kind in draw.choices(kinds, k=draw.randint(1, 4))]
        road = f"{road[:-2]}, {', '.join(parts)} }}"
    return (
        f'return scene {{ traffic = {{ vehicles = 0, hand = "{hand}" }}, '
        f"pedestrians = {{ count = 0 }}, road = {road} }}\n"
    )


def place(draw, name, fields):
    """One place with its fields."""
    parts, drawn = [], {}
    for field, (kind, lo, hi, zero) in fields.items():
        if kind == "word":
            parts.append(f'{field} = "{draw.choice(lo)}"')
        elif kind == "number[]":
            if draw.random() < 0.4:
                parts.append(f"{field} = {{{', '.join(map(str, headings(draw)))}}}")
        elif kind == "integer[]":
            pair = [number(draw, field, kind, lo, hi, zero) for _ in range(2)]
            parts.append(f"{field} = {{{pair[0]}, {pair[1]}}}")
        else:
            drawn[field] = number(draw, field, kind, lo, hi, zero)
    if name == "highway":
        with_room(drawn)
    if name == "interchange":
        drawn["length_m"] = max(drawn["length_m"], 3000)
    parts += [f"{field} = {value}" for field, value in drawn.items()]
    return f"{name} {{ {', '.join(parts)} }}"
