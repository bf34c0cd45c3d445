# SPDX-License-Identifier: Apache-2.0
"""Whatever a newcomer gets wrong: one clear line, an exit code, no half file; one rank speaks."""
import os
import pathlib
import re
import stat
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("ROADLOOM_BIN", str(ROOT / "build" / "test" / "roadloom"))
TINY = (ROOT / "tests" / "data" / "tiny.lua").read_text()
MPIRUN = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", "2"]
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
# What mpirun itself prints about a program that failed.
MPIRUN_SAYS = ("-----", "Primary job", "a non-zero exit code", "mpirun detected", "the job to be terminated",
               "  Process name", "  Exit code")

pytestmark = pytest.mark.skipif(not os.path.exists(BIN), reason="ROADLOOM_BIN is not built")


@pytest.fixture
def folder(tmp_path):
    tmp_path.chmod(0o755)
    scripts = {
        "tiny.lua": TINY,
        "syntax.lua": "return scene {\n  duration_s = = 5\n}\n",
        "loop.lua": "while true do end\n",
        "bomb.lua": "local t = {}\nfor i = 1, 1e9 do t[i] = { i } end\nreturn scene {}\n",
        "field.lua": "return scene { duratoin_s = 5 }\n",
        "range.lua": "return scene {\n road = grid_city { block_m = 12 } }\n",
        "missing.lua": "require 'nowhere'\nreturn scene {}\n",
        "text.h5": "hello\n",
    }
    for name, text in scripts.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "latin.lua").write_bytes(b"-- a\n-- caf\xe9\nreturn scene {}\n")
    (tmp_path / "module.lua").write_text("require 'latin'\nreturn scene {}\n")
    (tmp_path / "nothing.h5").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    return tmp_path


def tree(folder):
    return {str(p.relative_to(folder)): p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}


def fails(folder, words, code, *args, before=(), env=None):
    """One line with the words, that code, and the folder is as it was."""
    was = tree(folder)
    result = subprocess.run([*before, BIN, *map(str, args)], capture_output=True, timeout=120, cwd=folder,
                            env={**os.environ, **(env or {})})
    said = result.stderr.decode(errors="replace")
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(MPIRUN_SAYS)]
    assert result.returncode == code, said
    assert len(lines) == 1, said
    assert lines[0].startswith("roadloom") and len(lines[0]) < 400
    for word in [words] if isinstance(words, str) else words:
        assert word in lines[0], f"{word!r} is not in {lines[0]!r}"
    assert tree(folder) == was
    return result.stdout.decode()


SCRIPTS = [
    ("no.lua", "no.lua: cannot open: No such file"),
    ("empty", "empty: not a regular file"),
    ("syntax.lua", "syntax.lua:2: unexpected symbol"),
    ("loop.lua", "loop.lua:1: used up its 100000000 instructions; is there an endless loop?"),
    ("bomb.lua", "bomb.lua: needs more than 64 MiB of memory; make its tables smaller"),
    ("field.lua", "field.lua:1: duratoin_s: there is no such field; did you mean \"duration_s\"?"),
    ("range.lua", "range.lua:2: road.block_m: 12 is outside 40..400 m"),
    ("latin.lua", "latin.lua:2: isn't UTF-8; save it as UTF-8"),
    ("module.lua", "module.lua:1: require: latin.lua isn't UTF-8; save it as UTF-8"),
    ("missing.lua", "missing.lua:1: require: there is no nowhere.lua beside the script or in the library"),
]


@pytest.mark.parametrize("name, words", SCRIPTS, ids=[s[0] for s in SCRIPTS])
@pytest.mark.parametrize("command", ["generate", "preview", "check"])
def test_a_script_that_is_no_good(folder, command, name, words):
    more = [] if command == "check" else ["-o", "out"]
    assert fails(folder, words, 1, command, name, *more) == ""
    if command != "check" and name in ("no.lua", "loop.lua", "latin.lua"):
        fails(folder, words, 1, command, name, *more, before=MPIRUN)


@pytest.mark.parametrize("before", [[], MPIRUN], ids=["alone", "mpirun"])
def test_a_scripts_name_that_is_no_text(folder, before):
    name = os.fsdecode(b"caf\xe9.lua")
    (folder / name).write_text(TINY)
    (folder / "scripts").mkdir()
    (folder / "scripts" / name).write_text(TINY)
    words = "caf?.lua: the script's name isn't UTF-8; rename it"
    fails(folder, words, 1, "generate", name, "-o", "out", before=before)
    for path in (name, "scripts"):
        fails(folder, words, 1, "drive", path, "--policy", "idm", "-o", "out", before=before)


@pytest.mark.parametrize("value, words", [
    ("pedestrians.count=5000", ["crossing.lua: scene 0: pedestrians.count: 5000 don't fit; the roomiest of ",
                                " draws had room for ", "; ask for fewer, or for longer streets or wider sidewalks"]),
    ("traffic.vehicles=5000", ["crossing.lua: scene 0: traffic.vehicles: 5000 don't fit; the roomiest of ",
                               " draws had room for ", "; ask for fewer, or for longer roads or more lanes"]),
    ("grid_city.blocks=1,1", "--set grid_city.blocks=1,1: has no crossing; 2,1 or 1,2 or more would do"),
    ("road.blocks=1,1", "--set road.blocks=1,1: has no crossing; 2,1 or 1,2 or more would do"),
])
def test_more_than_there_is_room_for(folder, value, words):
    before = ["prlimit", "--cpu=10"]  # not minutes of it
    assert fails(folder, words, 1, "check", ROOT / "scenes" / "library" / "crossing.lua", "--set", value,
                 before=before) == ""


WRONG_LINES = [
    ([], "which script? roadloom generate SCENE.lua -o DIR"),
    (["", "-o", "out"], "which script?"),
    (["tiny.lua"], "where to? Give a folder with -o"),
    (["tiny.lua", "-o", ""], "where to? Give a folder with -o"),
    (["tiny.lua", "other.lua", "-o", "out"], "one script at a time: 'other.lua' is too many"),
    (["tiny.lua", "-o", "out", "--scenes"], "--scenes needs a value"),
    (["tiny.lua", "-o"], "-o needs a value"),
    (["tiny.lua", "-o", "out", "--senes", "3"], "--senes: unknown option; did you mean --scenes?"),
    (["tiny.lua", "-o", "out", "--xyzzy"], "--xyzzy: unknown option; --help lists them"),
    (["tiny.lua", "-o", "out", "--s", "3"], "--s: several options begin so; write one out"),
    (["tiny.lua", "-o", "out", "-q"], "-q: unknown option; --help lists them"),
    (["tiny.lua", "-o", "out", "--scenes", "0"], "--scenes: '0' should be a whole number 1..100000000"),
    (["tiny.lua", "-o", "out", "--scenes", "1e3"], "--scenes: '1e3' should be a whole number"),
    (["tiny.lua", "-o", "out", "--scenes", "99999999999999999999"], "should be a whole number"),
    (["tiny.lua", "-o", "out", "--seed", "-5"], "--seed: '-5' should be a whole number 0.."),
    (["tiny.lua", "-o", "out", "--set", "x"], "--set: 'x' should be FIELD=VALUE"),
    (["tiny.lua", "-o", "out", "--set", b"weather=\xe9"], "isn't UTF-8"),
]


@pytest.mark.parametrize("args, words", WRONG_LINES)
def test_a_wrong_command_line(folder, args, words):
    args = [a.decode(errors="surrogateescape") if isinstance(a, bytes) else a for a in args]
    assert fails(folder, words, 2, "generate", *args) == ""


@pytest.mark.parametrize("args, code, words", [
    (["generate", "tiny.lua", "-o", "out", "--xyzzy"], 2, "--xyzzy: unknown option"),
    (["preview", "tiny.lua"], 2, "where to?"),
    (["nonsense"], 2, "unknown command 'nonsense'"),
    (["inspect", "text.h5"], 1, "not a Roadloom shard"),
    (["generate", "tiny.lua", "-o", "out", "--set", "a.b=1"], 1, "there is no such field"),
    (["generate", "tiny.lua", "-o", "out", "--device", "nonesuch"], 1, "--device nonesuch: no such OpenCL device; there is"),
    (["generate", "tiny.lua", "-o", "text.h5"], 1, "text.h5: exists and is not a folder; choose another -o"),
])
def test_one_rank_speaks(folder, args, code, words):
    fails(folder, words, code, *args, before=MPIRUN)


def test_two_ranks_draw_one_preview(folder):
    result = subprocess.run([*MPIRUN, BIN, "preview", "tiny.lua", "--scenes", "1", "-o", "x.png"], cwd=folder,
                            capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    assert (folder / "x.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize("device", ["nonesuch", "-1", "7", "99999999999999999999", "gpu,cpu"])
def test_a_device_that_is_not_there(folder, device):
    fails(folder, [f"--device {device}: no such OpenCL device", "there is"], 1, "generate", "tiny.lua", "-o", "out",
          "--device", device)


@pytest.mark.parametrize("before", [[], MPIRUN], ids=["alone", "mpirun"])
def test_no_device_at_all(folder, before):
    env = {"OCL_ICD_VENDORS": str(folder / "empty"), "OPENCL_VENDOR_PATH": str(folder / "empty")}
    for args in (["generate", "tiny.lua", "-o", "out"], ["preview", "tiny.lua", "-o", "out.png"]):
        fails(folder, ["no OpenCL device", "install a driver"], 1, *args, before=before, env=env)


@pytest.mark.parametrize("path, words", [
    ("empty", "empty: is a folder; name a file in it"),
    ("empty/", "is a folder; name a file in it"),
    ("no/x.png", "no/x.png: cannot reach the folder no"),
    ("text.h5/x.png", "text.h5 is not a folder"),
])
def test_a_picture_that_can_go_nowhere(folder, path, words):
    fails(folder, words, 1, "preview", "tiny.lua", "-o", path)
    assert fails(folder, words, 1, "inspect", "empty", "--sheet", path) == ""


@pytest.mark.parametrize("kind", ["fifo", "device"])
def test_no_device_and_no_pipe_is_replaced_by_a_file(folder, kind):
    """Not even for root, to whom the folder is open."""
    place = folder / "place"
    if kind == "fifo":
        os.mkfifo(place)
    else:
        try:
            os.mknod(place, 0o600 | stat.S_IFCHR, os.makedev(1, 7))
        except PermissionError:
            pytest.skip("making a device is not permitted here")
    for args in (["preview", "tiny.lua", "--scenes", "1", "-o", "place"], ["road", "tiny.lua", "--svg", "place"],
                 ["export-scene", "tiny.lua", "--gltf", "place"], ["inspect", "empty", "--sheet", "place"]):
        fails(folder, "place: is a device or a pipe; name a file", 1, *args)
        assert not stat.S_ISREG(place.lstat().st_mode)


@pytest.fixture
def driven(folder):
    done = subprocess.run([BIN, "drive", "tiny.lua", "--policy", "idm", "--reference", "none", "-o", "driven"],
                          cwd=folder, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder


def test_a_folder_of_another_kind_is_called_what_it_is(driven):
    fails(driven, "driven episodes, not a dataset's shard; see report.html", 1, "inspect", "driven")
    fails(driven, "driven episodes, not a dataset's shard", 1, "inspect", "driven/shards/episodes-00000.h5")
    for path in ("empty", "text.h5", "no", "driven/shards"):
        words = f"{path}: no folder of `roadloom drive`: there is no job.json in it"
        fails(driven, words, 1, "replay", path)
        fails(driven, words, 1, "compare", "driven", path)
    for args in (["replay", ""], ["compare", "driven", ""], ["compare", "", "driven"]):
        fails(driven, "which", 2, *args)


def test_nothing_half_written_without_room(driven):
    """Episodes, strips, scores, roads, glTF: what doesn't fit on the disk isn't there at all."""
    small = driven / "small"
    small.mkdir()
    mount = f"mount -t tmpfs -o size=12k none {small}"
    if subprocess.run(["unshare", "-m", "sh", "-c", mount], capture_output=True).returncode:
        pytest.skip("mounting a small file system is not permitted here")
    lines = ["drive tiny.lua --policy idm --reference none -o small/data",
             "replay driven --episode 0 --strip small/a.png", "road tiny.lua --svg small/c.svg",
             "road tiny.lua --opendrive small/d.xodr", "export-scene tiny.lua --gltf small/e.glb"]
    script = f"{mount} && cd {driven} || exit 9\n" + "".join(f"{BIN} {line} >/dev/null; echo $?\n" for line in lines)
    result = subprocess.run(["unshare", "-m", "sh", "-c", script + "find small -type f ! -name '*.json*' "], text=True,
                            capture_output=True, timeout=300)
    assert result.stdout == "4\n1\n1\n1\n1\n", result
    said = result.stderr.splitlines()
    assert len(said) == len(lines) and all("No space left on device" in line for line in said), result.stderr


@pytest.mark.parametrize("path, words", [
    ("no.h5", "no.h5: No such file or directory"),
    ("text.h5", "text.h5: not a Roadloom shard (not an HDF5 file)"),
    ("nothing.h5", "nothing.h5: not a Roadloom shard (not an HDF5 file)"),
    ("empty", "empty: not a dataset: cannot read its folder shards"),
    ("tiny.lua", "tiny.lua: not a Roadloom shard"),
])
def test_something_that_is_no_dataset(folder, path, words):
    assert fails(folder, words, 1, "inspect", path) == ""


def test_a_dataset_that_is_someone_elses_or_damaged(folder):
    assert subprocess.run([BIN, "generate", "tiny.lua", "-o", "data"], cwd=folder, capture_output=True).returncode == 0
    shard = next((folder / "data" / "shards").glob("*.h5"))
    (folder / "cut.h5").write_bytes(shard.read_bytes()[:5000])
    assert fails(folder, "cut.h5: no seal at its end", 1, "inspect", "cut.h5") == ""
    fails(folder, "data: holds another job: seed is 0 there and 4 here; choose another -o", 1, "generate", "tiny.lua",
          "-o", "data", "--seed", "4")
    for text in ("", "{", "[]", '{"format": "roadloom job"}'):
        (folder / "data" / "job.json").write_text(text)
        fails(folder, ["data/job.json", "choose another -o"], 1, "generate", "tiny.lua", "-o", "data")


def test_folders_and_files_without_the_rights(folder):
    before = NOBODY if os.geteuid() == 0 else []
    for path in [folder, *folder.parents]:
        if not path.stat().st_mode & 0o001:
            if os.geteuid() or path == pathlib.Path("/"):
                pytest.skip(f"{path} is closed to others")
            path.chmod(path.stat().st_mode | 0o011)
        if path.name.startswith("pytest-of"):
            break
    secret, ours = folder / "secret", folder / "ours"
    for path in (secret, ours):
        path.mkdir()
        (path / "tiny.lua").write_text(TINY)
    ours.chmod(0o555)
    secret.chmod(0o000)
    (ours / "tiny.lua").chmod(0o000)
    try:
        for args, words in [
            (["check", "secret/tiny.lua"], "secret/tiny.lua: cannot open: Permission denied"),
            (["check", "ours/tiny.lua"], "ours/tiny.lua: cannot open: Permission denied"),
            (["generate", "tiny.lua", "-o", "ours"], "ours: cannot write into the folder"),
            (["generate", "tiny.lua", "-o", "ours/a/b"], "ours/a/b: cannot make it in the folder ours"),
            (["generate", "tiny.lua", "-o", "secret"], "secret: cannot read the folder"),
            (["generate", "tiny.lua", "-o", "secret/x"], "secret/x: cannot look at it"),
            (["preview", "tiny.lua", "-o", "ours/x.png"], "cannot write into the folder ours"),
            (["inspect", "secret"], "secret: not a dataset: cannot read its folder shards: Permission denied"),
        ]:
            result = subprocess.run([*before, BIN, *args], cwd=folder, capture_output=True, text=True, timeout=120)
            assert result.returncode == 1 and result.stdout == "", result
            assert len(result.stderr.splitlines()) == 1 and words in result.stderr, result.stderr
    finally:
        secret.chmod(0o755)
        ours.chmod(0o755)


@pytest.mark.parametrize("size", ["4k", "16k"])
def test_a_disk_without_any_room(folder, size):
    small = folder / "small"
    small.mkdir()
    mount = f"mount -t tmpfs -o size={size} none {small}"
    if subprocess.run(["unshare", "-m", "sh", "-c", mount], capture_output=True).returncode:
        pytest.skip("mounting a small file system is not permitted here")
    text = f"""{mount} && cd {folder} || exit 9
        {BIN} generate tiny.lua -o small/data; echo "code $?"
        {BIN} preview tiny.lua --scenes 1 -o small/x.png; echo "code $?"
        find small -name '*.part' -o -name 'x.png' -o -name '_SUCCESS' | wc -l"""
    result = subprocess.run(["unshare", "-m", "sh", "-c", text], capture_output=True, text=True, timeout=120)
    assert result.stdout == "code 4\ncode 1\n0\n", result
    lines = result.stderr.splitlines()
    assert len(lines) == 2 and all("No space left on device" in line for line in lines), result.stderr


def generate(folder, script, out, **env):
    return subprocess.run([BIN, "generate", script, "--scenes", "1", "-o", out], capture_output=True, timeout=300,
                          cwd=folder, env={**os.environ, **env}, text=True)


@pytest.mark.parametrize("weather, hour", [("rain { rate_mmh = 8 }", 20.5), ("clear {}", 17)])
def test_a_device_with_little_memory_makes_the_same_images_in_bands(folder, weather, hour):
    (folder / "bands.lua").write_text(f"weather, hour = {weather}, {hour}" + """
local eye = { name = "eye", width_px = 660, height_px = 500, labels = { "all" } }
local round = { name = "round", width_px = 221, height_px = 203, labels = { "all" }, yaw_deg = 90,
  lens = "kannala_brandt", fov_deg = 150, readout_s = 0.02, exposure_s = 0.015 }
local full = { name = "full", width_px = 122, height_px = 101, electronics = "full" }
return scene { duration_s = 1, frame_hz = 2, road = straight { length_m = 200 }, weather = weather,
  traffic = { vehicles_per_km = 40 }, pedestrians = { per_km = 60 }, time_of_day_h = hour,
  ego = { speed_mps = 8, rig = { cameras = { eye, round, full }, lidars = {} } } }
""")
    shards = []  # some 80 MiB are geometry
    for mib, rows in (("100000", 999), ("200", 999), ("145", 256), ("118", 128)):
        result = generate(folder, "bands.lua", mib, ROADLOOM_DEVICE_MEMORY_MIB=mib)
        said = [line for line in result.stderr.splitlines() if "too little memory" in line]
        assert result.returncode == 0 and len(said) == (rows < 999), result.stderr
        made = [int(number) for line in said for number in re.findall("in bands of ([0-9]+) rows", line)]
        assert all(number <= rows and number % 32 == 0 for number in made) and len(made) == len(said), said
        shards.append(next((folder / mib).rglob("*.h5")).read_bytes())
    assert all(shard == shards[0] for shard in shards)


def test_more_memory_than_the_device_has_is_said(folder):
    (folder / "large.lua").write_text("""
local function eye(n)
  return { name = "eye" .. n, width_px = 3840, height_px = 2160, labels = { "all" }, electronics = "full" }
end
return scene { duration_s = 0.5, frame_hz = 2, road = straight { length_m = 200 },
  ego = { speed_mps = 5, rig = { cameras = { eye(1), eye(2), eye(3) }, lidars = {} } } }
""")
    result = generate(folder, "large.lua", "data", POCL_MEMORY_LIMIT="1")
    last = result.stderr.splitlines()[-1]
    assert result.returncode == 1 and "in the device's 1024 MiB: use smaller or fewer sensors" in last, last
    assert not list((folder / "data").rglob("*.h5"))  # no half a shard
    result = generate(folder, "large.lua", "other", ROADLOOM_DEVICE_MEMORY_MIB="much")
    assert result.returncode and "ROADLOOM_DEVICE_MEMORY_MIB: 'much' is no number of MiB" in result.stderr, result
