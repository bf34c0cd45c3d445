// SPDX-License-Identifier: Apache-2.0
#include "export/shard_about.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "export/shard_format.h"
#include "export/shard_h5.h"
#include "scenes/sign.h"
#include "scenes/taxonomy.h"

static const char conventions[] =
    "SI units; angles in radians; times in ns since the scene began. World: x east, y north, z up. "
    "Ego and boxes: x forward, y left, z up; ego's origin on the ground below its rear axle, a "
    "box's at its centre. Camera: x right, y down, z forward; pixel centres at +0.5. Lidar: x "
    "forward, y left, z up. Poses: x y z qw qx qy qz, map their own frame to the one named. Ids: 0 "
    "is none.";

/// "id Name r g b" a line.
static void taxonomy_text(char *out, size_t capacity) {
  size_t used = 0;
  for (int i = 0; i < SEMANTIC_COUNT && used < capacity; i++) {
    const semantic_info *info = &semantic_table[i];
    used += (size_t)snprintf(out + used, capacity - used, "%d %s %d %d %d\n", i, info->name,
                             info->rgb[0], info->rgb[1], info->rgb[2]);
  }
}

static void kinds_text(char *out, size_t capacity) {
  size_t used = 0;
  for (int i = 0; i < THING_KIND_COUNT && used < capacity; i++)
    used += (size_t)snprintf(out + used, capacity - used, "%d %s\n", i, shard_kind_name(i));
}

static void signs_text(char *out, size_t capacity) {
  size_t used = 0;
  for (int i = 0; i < SIGN_KIND_COUNT && used < capacity; i++)
    used += (size_t)snprintf(out + used, capacity - used, "%d %s\n", i, sign_table[i].name);
}

static void keypoints_text(char *out, size_t capacity) {
  size_t used = 0;
  for (int i = 0; i < KEYPOINT_COUNT && used < capacity; i++)
    used += (size_t)snprintf(out + used, capacity - used, "%d %s\n", i, shard_keypoint_name(i));
}

// What the scenes were made from.
static status write_job(shard_sink *sink, const shard_about *about, trouble *why) {
  const char *modules = about->modules ? about->modules : "";
  const char *maps = about->maps ? about->maps : "";
  char sha256[HASH_SHA256_HEX], maps_sha256[HASH_SHA256_HEX];
  hash_sha256_hex(modules, strlen(modules), sha256);
  hash_sha256_hex(maps, strlen(maps), maps_sha256);
  hid_t file = shard_sink_file(sink);
  status result = shard_h5_set_text(file, "modules_sha256", sha256, why);
  if (!result)
    result = shard_h5_set_text(file, "maps_sha256", maps_sha256, why);
  if (!result)
    result = shard_sink_group(sink, "/job", "what the scenes were made from", why);
  if (!result)
    result = shard_h5_write_text(file, "/job/script", about->script_text ? about->script_text : "",
                                 "text of the scene script", why);
  if (!result)
    result = shard_h5_write_text(file, "/job/modules", modules,
                                 "scripts that it may require: file and SHA-256, a line each", why);
  if (!result)
    result = shard_h5_write_text(file, "/job/maps", maps,
                                 "maps that it may read: file and SHA-256, a line each", why);
  if (!result)
    result = shard_h5_write_text(file, "/job/overrides", about->overrides ? about->overrides : "",
                                 "field=value, a line each", why);
  return result;
}

status shard_about_write(shard_sink *sink, const shard_about *about, trouble *why) {
  char taxonomy[2048], kinds[1024], signs[1024], keypoints[512];
  taxonomy_text(taxonomy, sizeof taxonomy);
  kinds_text(kinds, sizeof kinds);
  signs_text(signs, sizeof signs);
  keypoints_text(keypoints, sizeof keypoints);
  const char *const texts[][2] = {{"format", SHARD_FORMAT},
                                  {"format_version", SHARD_FORMAT_VERSION},
                                  {"program_version", about->program_version},
                                  {"script_name", about->script_name},
                                  {"script_sha256", about->script_sha256},
                                  {"device", about->device},
                                  {"split", about->split},
                                  {"conventions", conventions},
                                  {"taxonomy", taxonomy},
                                  {"kinds", kinds},
                                  {"signs", signs},
                                  {"keypoints", keypoints}};
  hid_t file = shard_sink_file(sink);
  status result = STATUS_OK;
  for (size_t i = 0; !result && i < sizeof texts / sizeof texts[0]; i++)
    result = shard_h5_set_text(file, texts[i][0], texts[i][1] ? texts[i][1] : "", why);
  if (!result)
    result = shard_h5_set_number(file, "seed", about->seed, why);
  if (!result)
    result = shard_h5_set_number(file, "shard", about->shard, why);
  return result ? result : write_job(sink, about, why);
}
