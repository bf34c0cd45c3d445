// SPDX-License-Identifier: Apache-2.0
// Scene scripts: Lua text in, a resolved scene_def out, in a sandbox. The only
// header behind which Lua lives. See docs/scene-scripts.md for the language.
#ifndef SCENES_SCRIPT_H
#define SCENES_SCRIPT_H

#include <stdint.h>

#include "base/status.h"
#include "scenes/scene.h"
#include "scenes/scene_def.h"
#include "scenes/script_maps.h"
#include "scenes/script_modules.h"

typedef struct script script;

/// A --set path=value from the command line.
typedef struct script_override {
  const char *path;  // e.g. "traffic.vehicles_per_km"
  const char *value; // e.g. "40"
} script_override;

/// Reads and compiles a script, and reads what it may `require` (scenes/script_modules.h)
/// and the maps that it may name (scenes/script_maps.h) from its own folder and from
/// `library`, which may be NULL. No file is read after that.
/// Overrides are copied.
/// STATUS_SYNTAX, STATUS_LIMIT, STATUS_NOT_FOUND, STATUS_IO, STATUS_RANGE (a bad override).
status script_open(script **out, const char *path, const char *library,
                   const script_override *overrides, int override_count, trouble *why);
/// Same from text in memory; `name` is what error texts call it.
status script_open_text(script **out, const char *name, const char *text, const char *folder,
                        const char *library, const script_override *overrides, int override_count,
                        trouble *why);
/// Same, touching no file at all: `require` finds `modules` alone, which are copied, and
/// opendrive and asset `maps` alone, which aren't and must outlive the script; their meshes have
/// been read (script_maps_read_bodies).
status script_open_recorded(script **out, const char *name, const char *text,
                            const script_modules *modules, const script_maps *maps,
                            const script_override *overrides, int override_count, trouble *why);
void script_close(script *s);
/// STATUS_SYNTAX with the line unless the text is UTF-8, as jobs and shards keep it.
status script_check_utf8(const char *name, const char *text, trouble *why);
const char *script_text(const script *s);
const char *script_name(const script *s);
/// The maps it may name.
const script_maps *script_get_maps(const script *s);

/// Runs the script once in a fresh interpreter with the stream of (seed, index,
/// attempt). STATUS_REJECTED when require_that() said no, with its reason in `why`.
/// `out` is good for as long as the script: a map's bytes stay there.
status script_define(const script *s, uint64_t seed, uint32_t index, uint32_t attempt,
                     scene_def *out, trouble *why);

/// script_maps_log_remarks for the maps it may name, on the side of the road that scene `index`
/// says; on the right when it can't be defined.
void script_log_remarks(const script *s, uint64_t seed, uint32_t index);

/// Scene `index`: define and build, drawing again after rejections (1,000 at most, then
/// STATUS_LIMIT with the most frequent reason). STATUS_RANGE earlier, when draw after draw
/// had no room for the same number, or failed to build for the very same reason.
/// A scene whose actors behave runs the script again as it moves: the script must outlive it.
status script_build(const script *s, uint64_t seed, uint32_t index, scene **out, trouble *why);

#endif
