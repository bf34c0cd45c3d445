// SPDX-License-Identifier: Apache-2.0
// The job, resolved: everything that decides which bytes come out, and nothing
// else. Who computes it, where and with how many ranks is not part of it.
#ifndef CLUSTER_JOB_H
#define CLUSTER_JOB_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/status.h"
#include "cluster/split.h"
#include "scenes/script.h"
#include "scenes/script_maps.h"
#include "scenes/script_modules.h"

enum { JOB_TEXT = 96, JOB_UNIT_NAME = 48 };

/// Something besides the script that decides what comes out, "traffic" = "log".
typedef struct cluster_setting {
  const char *name, *value;
} cluster_setting;

enum { JOB_SETTINGS_MAX = 32 };

/// A script with all that it may load.
typedef struct cluster_script {
  char *name; // file name without folders
  char *text;
  script_modules modules; // all that it may require
  script_maps maps;       // all that it may read
} cluster_script;

/// A job owns its strings. Release with cluster_job_free.
typedef struct cluster_job {
  char kind[16]; // what its units are: "" a dataset's shards, "drive" episodes
  char program_version[JOB_TEXT];
  char kernels_sha256[HASH_SHA256_HEX];
  char *script_name; // file name without folders
  char *script_text;
  script_modules modules;  // all that the script may require, owned
  script_maps maps;        // all that it may read, owned
  int further_count;       // scripts besides that one
  cluster_script *further; // (further_count) owned, with what they hold
  int override_count;
  script_override *overrides; // of all scripts, with their strings, owned
  int setting_count;
  cluster_setting *settings; // of its kind, with their strings, owned; in a fixed order
  uint64_t seed;             // <= INT64_MAX
  uint32_t scenes;           // 1 .., of all scripts: those of the first come first, of each as many
  cluster_split split;
  uint32_t shard_scenes;     // scenes in a shard, 1 ..
  uint64_t first_scene_hash; // of scene 0: notices a machine that computes differently
  char id[HASH_SHA256_HEX];  // of all above, set by cluster_job_seal
} cluster_job;

void cluster_job_free(cluster_job *job);
/// A script by its number, 0 the first; what it points to stays the job's.
cluster_script cluster_job_script(const cluster_job *job, int number);
/// The script that a scene of the job is made by, and which of that script's scenes it is.
int cluster_job_scene(const cluster_job *job, uint32_t number, uint32_t *index);
/// Appends a script without modules and maps, taking `text` from the heap. STATUS_MEMORY and
/// STATUS_LIMIT, and the text stays the caller's.
status cluster_job_add_script(cluster_job *job, const char *name, char *text, trouble *why);
/// Appends a copy of a setting. STATUS_MEMORY, STATUS_LIMIT.
status cluster_job_set(cluster_job *job, const char *name, const char *value, trouble *why);
/// A setting's value, "" when there is none.
const char *cluster_job_setting(const cluster_job *job, const char *name);
/// Computes the id. STATUS_MEMORY.
status cluster_job_seal(cluster_job *job, trouble *why);
/// job.json's text, which the caller frees; equal jobs, equal text. STATUS_LIMIT when the
/// maps are too much for it.
status cluster_job_print(const cluster_job *job, char **text, trouble *why);
/// Reads job.json's text into a zeroed job; `name` is for error texts. The id is
/// computed from what was read and must equal the one in the text. STATUS_FORMAT.
status cluster_job_read(const char *name, const char *text, cluster_job *out, trouble *why);
/// STATUS_CONFLICT and a text that names the first field that differs, with both
/// values; `there` is the job on disk, `here` the one asked for.
status cluster_job_compare(const cluster_job *there, const cluster_job *here, trouble *why);

/// How many scenes go into a shard: about 256 MB of raw arrays, but few enough
/// that a job of 16 scenes or more has 16 shards to share out.
uint32_t cluster_job_shard_scenes(uint32_t scenes, uint64_t scene_bytes);

/// The cut of a job into units. Unit numbers run through the parts of the split.
typedef struct cluster_units {
  int count;
  int part_first[SPLIT_PARTS + 1]; // first unit of each part; [parts] = count
  uint32_t scene_first[SPLIT_PARTS + 1];
  uint32_t *scenes; // (job scenes) sorted by part, then number; owned
  uint32_t shard_scenes;
  const cluster_split *split; // of the job, which must outlive this
} cluster_units;

/// A pure function of the job. STATUS_MEMORY, STATUS_LIMIT (too many units).
status cluster_units_cut(const cluster_job *job, cluster_units *out, trouble *why);
void cluster_units_free(cluster_units *units);
/// Part of a unit; its scenes, in ascending order, and how many there are.
int cluster_unit_part(const cluster_units *units, int unit);
const uint32_t *cluster_unit_scenes(const cluster_units *units, int unit, uint32_t *count);
/// "train-00003": the shard is shards/<that>.h5.
void cluster_unit_name(const cluster_units *units, int unit, char out[JOB_UNIT_NAME]);
/// The unit of that name, -1 when there is none.
int cluster_unit_find(const cluster_units *units, const char *name);

#endif
