# SPDX-License-Identifier: Apache-2.0
"""The command line: help everywhere, and one clear line for every wrong input."""
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("ROADLOOM_BIN", str(ROOT / "build" / "test" / "roadloom"))
LIBRARY = ROOT / "scenes" / "library"
TINY = str(ROOT / "tests" / "data" / "tiny.lua")
COMMANDS = ["generate", "preview", "check", "road", "inspect", "fields", "devices"]

pytestmark = pytest.mark.skipif(not os.path.exists(BIN), reason="ROADLOOM_BIN is not built")


def run(*args, env=None, cwd=None):
    return subprocess.run(
        [BIN, *map(str, args)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        env={**os.environ, **(env or {})},
    )


def fails_in_one_line(result, code, *words):
    """Exit code `code`, nothing on stdout, one line on stderr with these words."""
    assert result.returncode == code, result
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("roadloom"), result.stderr
    for word in words:
        assert word in lines[0], f"{word!r} is not in {lines[0]!r}"


def script(folder, text, name="scene.lua"):
    path = folder / name
    path.write_text(text)
    return path


def test_help_lists_every_command():
    result = run("--help")
    assert result.returncode == 0
    for command in COMMANDS:
        assert f"  {command} " in result.stdout
    assert run("help").stdout == result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    result = run(command, "--help")
    assert result.returncode == 0
    assert f"Usage: roadloom {command}" in result.stdout
    assert run("help", command).stdout == result.stdout


@pytest.mark.parametrize("command", ["generate", "preview", "check"])
def test_shared_options_are_described_alike(command):
    text = run(command, "--help").stdout
    for option in ["--seed=N", "--scenes=N", "--set=FIELD=VALUE"]:
        assert option in text


def test_version_names_commit_and_libraries():
    text = run("--version").stdout
    assert text.startswith("roadloom ")
    assert "+" in text.splitlines()[0]
    for library in ["Open MPI", "HDF5", "OpenCL", "Lua", "ISA-L", "libpng", "zlib"]:
        assert library in text


def test_no_command_shows_help_and_fails():
    result = run()
    assert result.returncode == 2
    assert "Commands:" in result.stderr


@pytest.mark.parametrize("typed,meant", [("genrate", "generate"), ("inspct", "inspect"), ("chek", "check")])
def test_a_slip_gets_a_suggestion(typed, meant):
    fails_in_one_line(run(typed), 2, f"unknown command '{typed}'", f"did you mean '{meant}'")


def test_nonsense_gets_no_suggestion():
    result = run("xyzzyxyzzy")
    fails_in_one_line(result, 2, "unknown command", "--help")
    assert "did you mean" not in result.stderr


WRONG_OPTIONS = [
    (["--seed", "abc"], "--seed: 'abc' should be a whole number"),
    (["--seed", "-1"], "--seed: '-1' should be a whole number"),
    (["--seed", "9223372036854775808"], "should be a whole number"),
    (["--seed", "1.5"], "should be a whole number"),
    (["--scenes", "0"], "--scenes: '0' should be a whole number 1.."),
    (["--set", "duration_s"], "--set: 'duration_s' should be FIELD=VALUE"),
    (["--set", "=5"], "should be FIELD=VALUE"),
    (["--split", "train"], "should be name=share"),
    (["--split", "train=0"], "all shares are 0"),
    (["--shard-scenes", "0"], "--shard-scenes"),
    (["second.lua"], "one script at a time"),
]


@pytest.mark.parametrize("options,words", WRONG_OPTIONS)
def test_wrong_options_say_what_would_do(tmp_path, options, words):
    result = run("generate", TINY, "-o", tmp_path / "out", *options)
    fails_in_one_line(result, 2, words)
    assert not (tmp_path / "out").exists()


def test_generate_needs_script_and_folder(tmp_path):
    fails_in_one_line(run("generate", "-o", tmp_path / "out"), 2, "which script?")
    fails_in_one_line(run("generate", TINY), 2, "where to?")
    fails_in_one_line(run("preview", TINY), 2, "where to?")


WRONG_SCRIPTS = [
    ("syntax error", "return scene {\n  duration_s = = 5\n}\n", ["scene.lua:2"]),
    ("unknown field", "return scene {\n  duratoin_s = 5,\n}\n", ["scene.lua", "duratoin_s", "duration_s"]),
    ("out of range", "return scene {\n  road = grid_city { block_m = 12 },\n}\n", ["scene.lua:2", "block_m", "12", "40..400"]),
    ("endless loop", "while true do end\nreturn scene {}\n", ["scene.lua", "instructions"]),
    ("memory bomb", "local t = {}\nfor i = 1, 1e9 do t[i] = {i} end\nreturn scene {}\n", ["scene.lua", "memory"]),
    ("no scene", "return 5\n", ["scene.lua"]),
    ("empty", "", ["scene.lua"]),
    ("files", 'io.open("/etc/passwd")\nreturn scene {}\n', ["scene.lua:1", "io"]),
    ("never accepted", 'require_that(false, "never good enough")\nreturn scene {}\n', ["never good enough"]),
]


@pytest.mark.parametrize("name,text,words", WRONG_SCRIPTS, ids=[w[0] for w in WRONG_SCRIPTS])
@pytest.mark.parametrize("command", ["generate", "preview", "check", "road"])
def test_wrong_scripts_fail_in_one_line_and_leave_nothing(tmp_path, command, name, text, words):
    path = script(tmp_path, text)
    out = tmp_path / "out"
    args = {"check": [], "road": ["--svg", out]}.get(command, ["-o", out])
    result = run(command, path, *args)
    fails_in_one_line(result, 1, *words)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["scene.lua"]


@pytest.mark.parametrize("command", ["generate", "preview", "check"])
def test_a_missing_script_is_named(tmp_path, command):
    args = [] if command == "check" else ["-o", tmp_path / "out"]
    fails_in_one_line(run(command, tmp_path / "no.lua", *args), 1, "no.lua", "No such file")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["generate", "preview", "check"])
def test_a_folder_is_no_script(tmp_path, command):
    args = [] if command == "check" else ["-o", tmp_path / "out"]
    fails_in_one_line(run(command, tmp_path, *args), 1, "not a regular file")


def test_a_wrong_override_is_named(tmp_path):
    result = run("generate", TINY, "-o", tmp_path / "out", "--set", "duratoin_s=5")
    fails_in_one_line(result, 1, "duratoin_s", "duration_s")
    result = run("generate", TINY, "-o", tmp_path / "out", "--set", "duration_s=-5")
    fails_in_one_line(result, 1, "duration_s", "-5")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def no_platform(tmp_path):
    """An OpenCL loader that finds no platform."""
    empty = tmp_path / "vendors"
    empty.mkdir()
    return {"OCL_ICD_VENDORS": str(empty), "OPENCL_VENDOR_PATH": str(empty)}


def test_no_device_is_said_and_nothing_is_left(tmp_path, no_platform):
    out = tmp_path / "out"
    for command in ["generate", "preview"]:
        result = run(command, TINY, "-o", out, env=no_platform)
        fails_in_one_line(result, 1, "device")
        assert not out.exists()
    fails_in_one_line(run("devices", env=no_platform), 1, "no OpenCL device")


def test_a_device_asked_for_and_missing_is_an_error(tmp_path):
    result = run("generate", TINY, "-o", tmp_path / "out", "--device", "nonesuch")
    fails_in_one_line(result, 1, "nonesuch")
    assert not (tmp_path / "out").exists()


def test_devices_lists_ids():
    result = run("devices")
    assert result.returncode == 0
    assert result.stdout.split()[0] == "0"


def test_an_output_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "out").write_text("mine")
    result = run("generate", TINY, "-o", tmp_path / "out")
    fails_in_one_line(result, 1, "not a folder", "-o")
    assert (tmp_path / "out").read_text() == "mine"


def test_an_output_folder_with_other_things_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    result = run("generate", TINY, "-o", tmp_path)
    fails_in_one_line(result, 1, "other things")
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_output_folder_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    result = run("generate", TINY, "-o", tmp_path / "file" / "out")
    fails_in_one_line(result, 1, "file/out")


def test_a_picture_that_cannot_be_written_is_one_line(tmp_path):
    result = run("preview", TINY, "--scenes", 1, "-o", tmp_path / "no" / "sheet.png")
    fails_in_one_line(result, 1, "sheet.png")
    assert list(tmp_path.iterdir()) == []


def test_roads_are_counted_without_files(tmp_path):
    result = run("road", TINY, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "junctions" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_roads_become_a_map_and_a_picture_the_same_each_time(tmp_path):
    texts = []
    for name in ["a", "b"]:
        files = [tmp_path / f"{name}.xodr", tmp_path / f"{name}.svg"]
        result = run("road", TINY, "--seed", 3, "--scene", 2, "--opendrive", files[0], "--svg", files[1])
        assert result.returncode == 0, result.stderr
        assert all(str(f) in result.stdout for f in files)
        texts.append([f.read_bytes() for f in files])
    assert texts[0] == texts[1]
    assert b"<OpenDRIVE>" in texts[0][0] and b"</svg>" in texts[0][1]
    assert len(list(tmp_path.iterdir())) == 4


WRONG_ROADS = [
    ([], 2, "which script?"),
    ([TINY, TINY], 2, "one script at a time"),
    ([TINY, "--scene", "x"], 2, "--scene: 'x' should be a whole number"),
    ([TINY, "--svg", ""], 2, "a file has no name"),
    ([TINY, "--svg", "same", "--opendrive", "same"], 2, "can't share a file"),
]


@pytest.mark.parametrize("options,code,words", WRONG_ROADS)
def test_wrong_options_of_road_say_what_would_do(tmp_path, options, code, words):
    fails_in_one_line(run("road", *options, cwd=tmp_path), code, words)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["--svg", "--opendrive"])
def test_a_road_file_that_cannot_be_written_is_one_line(tmp_path, option):
    result = run("road", TINY, option, tmp_path / "no" / "roads")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1 and "no/roads" in result.stderr
    assert list(tmp_path.iterdir()) == []


BROKEN_MAPS = ROOT / "tests" / "scenes" / "data" / "maps_broken"


@pytest.mark.parametrize("command", ["generate", "check", "road"])
def test_a_broken_map_is_one_line(tmp_path, command):
    (tmp_path / "map.xodr").write_bytes((BROKEN_MAPS / "arc_winds_up.xodr").read_bytes())
    path = script(tmp_path, 'return scene { road = opendrive("map.xodr") }')
    out = {"check": [], "road": ["--svg", tmp_path / "out"]}.get(command, ["-o", tmp_path / "out"])
    result = run(command, path, *out)
    fails_in_one_line(result, 1, "map.xodr:6: <arc> winds up")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["map.xodr", "scene.lua"]


@pytest.mark.parametrize("number", [0, 3])
def test_what_a_map_has_and_a_scene_has_not_is_a_warning(tmp_path, number):
    text = (LIBRARY / "crossing.xodr").read_text()
    text = text.replace("<lateralProfile/>", '<lateralProfile><crossfall s="0" a="0.02"/></lateralProfile>')
    (tmp_path / "map.xodr").write_text(text)
    path = script(tmp_path, 'return scene { road = opendrive("map.xodr") }')
    result = run("road", path, "--scene", number)
    assert result.returncode == 0
    line = text[: text.index("<crossfall")].count("\n") + 1
    assert result.stderr == (
        f"roadloom: warning: map.xodr:{line}: <crossfall> is left out: roads are plane across (and 8 more)\n"
    )


def test_a_preview_is_a_picture(tmp_path):
    result = run("preview", TINY, "--scenes", 2, "-o", tmp_path / "sheet.png")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "sheet.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert [p.name for p in tmp_path.iterdir()] == ["sheet.png"]


@pytest.mark.parametrize("options,code", [(["--seed", "x"], 2), (["--nonesuch"], 2), (["--help"], 0)])
def test_one_rank_speaks_about_the_command_line(tmp_path, options, code):
    mpirun = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", "3"]
    result = subprocess.run(
        [*mpirun, BIN, "generate", TINY, "-o", str(tmp_path / "out"), *options],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == code, result
    said = [line for line in (result.stdout + result.stderr).splitlines() if line.startswith(("roadloom", "Usage"))]
    assert len(said) == 1, said


def test_the_first_use_says_that_kernels_are_compiled(tmp_path):
    kept = {"POCL_CACHE_DIR": str(tmp_path / "cache")}
    (tmp_path / "cache").mkdir()
    cold = run("preview", TINY, "--scenes", "1", "-o", "cold.png", env=kept, cwd=tmp_path)
    warm = run("preview", TINY, "--scenes", "1", "-o", "warm.png", env=kept, cwd=tmp_path)
    assert cold.returncode == warm.returncode == 0
    assert cold.stderr.count("compiling kernels for ") == 1 and "compiling" not in warm.stderr
    assert (tmp_path / "cold.png").read_bytes() == (tmp_path / "warm.png").read_bytes()
