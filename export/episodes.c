// SPDX-License-Identifier: Apache-2.0
#include "export/episodes.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/shard_guard.h"
#include "export/shard_h5.h"
#include "export/shard_memory.h"

// A column of either table.
typedef struct column {
  const char *name, *units, *description;
  shard_type type;
  int text_bytes;
  size_t offset, bytes; // within the row's struct
} column;

#define COLUMN(of, member, type, bytes, units, description)                                        \
  {#member,                                                                                        \
   units,                                                                                          \
   description,                                                                                    \
   SHARD_##type,                                                                                   \
   (int)(bytes),                                                                                   \
   offsetof(of, member),                                                                           \
   sizeof(((of *)0)->member)},
#define X(member, c, type, bytes, units, description)                                              \
  COLUMN(episodes_row, member, type, bytes, units, description)
static const column ROWS[] = {EPISODES_ROWS(X)};
#undef X
#define X(member, c, type, bytes, units, description)                                              \
  COLUMN(episodes_step, member, type, bytes, units, description)
static const column STEPS[] = {EPISODES_STEPS(X)};
#undef X
#define X(member, c, type, bytes, units, description)                                              \
  COLUMN(episodes_picture, member, type, bytes, units, description)
static const column PICTURES[] = {EPISODES_PICTURES(X)};
#undef X
#undef COLUMN

enum {
  ROW_COLUMNS = sizeof ROWS / sizeof *ROWS,
  STEP_COLUMNS = sizeof STEPS / sizeof *STEPS,
  PICTURE_COLUMNS = sizeof PICTURES / sizeof *PICTURES
};
static const size_t MOST_STEPS = (size_t)1 << 32;

void episodes_free(episodes *e) {
  free(e->rows);
  free(e->steps);
  free(e->scores);
  free(e->pictures);
  free(e->png);
  memset(e, 0, sizeof *e);
}

status episodes_name_scores(episodes *e, const char *const *names, int count, trouble *why) {
  if (count > EPISODES_SCORES)
    return trouble_set(why, STATUS_LIMIT, "episodes: %d scores, at most %d", count,
                       EPISODES_SCORES);
  e->score_count = count;
  for (int k = 0; k < count; k++)
    snprintf(e->score_names[k], EPISODES_SCORE_NAME, "%s", names[k]);
  return STATUS_OK;
}

static bool reserve(void **array, size_t *capacity, size_t wanted, size_t item) {
  if (wanted <= *capacity)
    return true;
  size_t room = 2 * *capacity > wanted ? 2 * *capacity : wanted;
  void *grown = realloc(*array, room * item);
  if (!grown)
    return false;
  *array = grown;
  *capacity = room;
  return true;
}

int episodes_find_score(const char *names, int count, const char *name) {
  for (int k = 0; k < count; k++)
    if (strcmp(names + (size_t)k * EPISODES_SCORE_NAME, name) == 0)
      return k;
  return -1;
}

status episodes_add(episodes *e, const episodes_row *row, const episodes_step *steps, size_t count,
                    const double *scores, trouble *why) {
  size_t rows = (size_t)e->count + 1, row_room = (size_t)e->row_capacity;
  size_t each = (size_t)e->score_count;
  bool room = reserve((void **)&e->rows, &row_room, rows, sizeof *e->rows);
  e->row_capacity = (int)row_room;
  if (!room ||
      !reserve((void **)&e->steps, &e->step_capacity, e->step_count + count, sizeof *e->steps) ||
      !reserve((void **)&e->scores, &e->score_capacity, rows * each, sizeof *e->scores))
    return trouble_set(why, STATUS_MEMORY, "episodes: no memory for %zu steps more", count);
  if (count)
    memcpy(e->steps + e->step_count, steps, count * sizeof *steps);
  if (each)
    memcpy(e->scores + (rows - 1) * each, scores, each * sizeof *scores);
  e->rows[e->count] = *row;
  e->rows[e->count].step_first[0] = e->step_count;
  e->rows[e->count++].step_count[0] = count;
  e->step_count += count;
  return STATUS_OK;
}

status episodes_add_picture(episodes *e, const episodes_picture *picture, const void *png,
                            size_t size, trouble *why) {
  size_t room = (size_t)e->picture_capacity;
  bool more = reserve((void **)&e->pictures, &room, (size_t)e->picture_count + 1, sizeof *picture);
  e->picture_capacity = (int)room;
  if (!more || !reserve((void **)&e->png, &e->png_capacity, e->png_size + size, 1))
    return trouble_set(why, STATUS_MEMORY, "episodes: no memory for a picture");
  memcpy(e->png + e->png_size, png, size);
  e->pictures[e->picture_count] = *picture;
  e->pictures[e->picture_count].png_first[0] = e->png_size;
  e->pictures[e->picture_count++].png_size[0] = size;
  e->png_size += size;
  return STATUS_OK;
}

// ---- writing ----

static status write_dataset(hid_t group, const char *name, hid_t type, int dims,
                            const hsize_t *size, const void *values, trouble *why) {
  hid_t space = H5Screate_simple(dims, size, NULL), plist = H5Pcreate(H5P_DATASET_CREATE);
  shard_h5_plain_dataset(plist);
  hid_t dataset = H5Dcreate2(group, name, type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
  status result = STATUS_OK;
  if (dataset < 0 ||
      (size[0] > 0 && H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0))
    result = shard_h5_trouble(why, name);
  if (dataset >= 0)
    H5Dclose(dataset);
  H5Pclose(plist);
  H5Sclose(space);
  return result;
}

static status describe(hid_t group, const column *c, trouble *why) {
  hid_t dataset = H5Dopen2(group, c->name, H5P_DEFAULT);
  if (dataset < 0)
    return shard_h5_trouble(why, c->name);
  status result = shard_h5_set_text(dataset, "units", c->units, why);
  if (!result)
    result = shard_h5_set_text(dataset, "description", c->description, why);
  H5Dclose(dataset);
  return result;
}

static status write_column(hid_t group, const column *c, const void *rows, size_t row_bytes,
                           size_t count, trouble *why) {
  unsigned char *values = malloc(count * c->bytes + 1);
  if (!values)
    return trouble_set(why, STATUS_MEMORY, "episodes: no memory for a column");
  for (size_t i = 0; i < count; i++)
    memcpy(values + i * c->bytes, (const char *)rows + i * row_bytes + c->offset, c->bytes);
  hid_t type = shard_h5_type(c->type, c->text_bytes);
  hsize_t size = count;
  status result = write_dataset(group, c->name, type, 1, &size, values, why);
  if (!result)
    result = describe(group, c, why);
  H5Tclose(type);
  free(values);
  return result;
}

static hid_t make_group(hid_t file, const char *name) {
  hid_t plist = H5Pcreate(H5P_GROUP_CREATE);
  shard_h5_plain_group(plist);
  hid_t group = H5Gcreate2(file, name, H5P_DEFAULT, plist, H5P_DEFAULT);
  H5Pclose(plist);
  return group;
}

static status write_table(hid_t file, const char *name, const column *columns, int count,
                          const void *rows, size_t row_bytes, size_t row_count, trouble *why) {
  hid_t group = make_group(file, name);
  if (group < 0)
    return shard_h5_trouble(why, name);
  status result = STATUS_OK;
  for (int k = 0; !result && k < count; k++)
    result = write_column(group, &columns[k], rows, row_bytes, row_count, why);
  H5Gclose(group);
  return result;
}

static status write_scores(hid_t file, const episodes *e, trouble *why) {
  hid_t type = shard_h5_type(SHARD_TEXT, EPISODES_SCORE_NAME);
  hsize_t names = (hsize_t)e->score_count;
  hsize_t size[2] = {(hsize_t)e->count, (hsize_t)e->score_count};
  status result = write_dataset(file, "score_names", type, 1, &names, e->score_names, why);
  H5Tclose(type);
  type = shard_h5_type(SHARD_F64, 0);
  if (!result && e->score_count > 0)
    result = write_dataset(file, "scores", type, 2, size, e->scores, why);
  H5Tclose(type);
  return result;
}

static status write_png(hid_t file, const episodes *e, trouble *why) {
  hid_t type = shard_h5_type(SHARD_U8, 0);
  hsize_t size = e->png_size;
  status result = write_dataset(file, "png", type, 1, &size, e->png, why);
  H5Tclose(type);
  return result;
}

static status write_all(hid_t file, const episodes *e, const episodes_about *about, trouble *why) {
  status result = shard_h5_set_text(file, "format", EPISODES_FORMAT, why);
  if (!result)
    result = shard_h5_set_text(file, "format_version", EPISODES_FORMAT_VERSION, why);
  if (!result)
    result = shard_h5_set_text(file, "program_version", about->program_version, why);
  if (!result)
    result = shard_h5_set_text(file, "script_name", about->script_name, why);
  if (!result)
    result = shard_h5_set_text(file, "script_sha256", about->script_sha256, why);
  if (!result)
    result = shard_h5_set_text(file, "settings", about->settings, why);
  if (!result)
    result = shard_h5_set_number(file, "seed", about->seed, why);
  if (!result)
    result = shard_h5_set_number(file, "unit", about->unit, why);
  if (!result)
    result = write_table(file, "episodes", ROWS, ROW_COLUMNS, e->rows, sizeof *e->rows,
                         (size_t)e->count, why);
  if (!result)
    result = write_table(file, "steps", STEPS, STEP_COLUMNS, e->steps, sizeof *e->steps,
                         e->step_count, why);
  if (!result)
    result = write_table(file, "pictures", PICTURES, PICTURE_COLUMNS, e->pictures,
                         sizeof *e->pictures, (size_t)e->picture_count, why);
  if (!result)
    result = write_png(file, e, why);
  return result ? result : write_scores(file, e, why);
}

status episodes_write(const episodes *e, const episodes_about *about, void **bytes, size_t *size,
                      trouble *why) {
  shard_memory memory = {0};
  hid_t file;
  shard_h5_quiet();
  status result = shard_memory_create(&memory, &file, why);
  if (result)
    return result;
  result = write_all(file, e, about, why);
  status closed = shard_memory_close(&memory, file, 0, result ? NULL : why);
  result = result ? result : closed;
  if (result) {
    shard_memory_free(&memory);
    return result;
  }
  *bytes = memory.bytes;
  *size = memory.size;
  return STATUS_OK;
}

// ---- reading ----

static status wrong(trouble *why, const char *name) {
  H5Eclear2(H5E_DEFAULT);
  return trouble_set(why, STATUS_FORMAT, "%s is missing or not as it should be", name);
}

// Rows of a dataset with `dims` dimensions, the second of `across`; SIZE_MAX: not so.
static size_t rows_of(hid_t dataset, int dims, hsize_t across) {
  hid_t space = H5Dget_space(dataset);
  hsize_t size[2] = {0, 0};
  bool good = space >= 0 && H5Sget_simple_extent_ndims(space) == dims &&
              H5Sget_simple_extent_dims(space, size, NULL) == dims &&
              (dims == 1 || size[1] == across) && size[0] < MOST_STEPS;
  if (space >= 0)
    H5Sclose(space);
  return good ? (size_t)size[0] : SIZE_MAX;
}

static status read_values(hid_t file, const char *name, hid_t type, int dims, hsize_t across,
                          size_t item, void **values, size_t *count, trouble *why) {
  *values = NULL;
  hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
  if (dataset < 0)
    return wrong(why, name);
  size_t rows = rows_of(dataset, dims, across);
  hid_t stored = H5Dget_type(dataset);
  // What was never written HDF5 would read as zeros.
  bool there = rows == 0 || H5Dget_storage_size(dataset) >= rows * item;
  bool good = rows != SIZE_MAX && stored >= 0 && H5Tequal(stored, type) > 0 && there;
  if (stored >= 0)
    H5Tclose(stored);
  if (good && !(*values = malloc(rows * item + 1))) {
    H5Dclose(dataset);
    return trouble_set(why, STATUS_MEMORY, "no memory for %s", name);
  }
  good = good && (rows == 0 || H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, *values) >= 0);
  H5Dclose(dataset);
  *count = rows;
  if (good)
    return STATUS_OK;
  free(*values);
  *values = NULL;
  return wrong(why, name);
}

// All columns of a table, which have to be of one length, into heap rows.
static status read_table(hid_t file, const char *table, const column *columns, int count,
                         size_t row_bytes, void **rows, size_t *row_count, trouble *why) {
  *rows = NULL;
  for (int k = 0; k < count; k++) {
    char name[64];
    void *values;
    size_t here;
    snprintf(name, sizeof name, "%s/%s", table, columns[k].name);
    hid_t type = shard_h5_type(columns[k].type, columns[k].text_bytes);
    status result = read_values(file, name, type, 1, 0, columns[k].bytes, &values, &here, why);
    H5Tclose(type);
    if (!result && k == 0) {
      *row_count = here;
      if (!(*rows = calloc(here + 1, row_bytes)))
        result = trouble_set(why, STATUS_MEMORY, "no memory for %s", table);
    } else if (!result && here != *row_count) {
      result = wrong(why, name);
    }
    for (size_t i = 0; !result && i < here; i++)
      memcpy((char *)*rows + i * row_bytes + columns[k].offset,
             (const char *)values + i * columns[k].bytes, columns[k].bytes);
    free(values);
    if (result) {
      free(*rows);
      *rows = NULL;
      return result;
    }
  }
  return STATUS_OK;
}

static status read_scores(hid_t file, episodes *out, trouble *why) {
  void *values;
  size_t count;
  hid_t type = shard_h5_type(SHARD_TEXT, EPISODES_SCORE_NAME);
  status result =
      read_values(file, "score_names", type, 1, 0, EPISODES_SCORE_NAME, &values, &count, why);
  H5Tclose(type);
  if (result)
    return result;
  if (count <= EPISODES_SCORES)
    memcpy(out->score_names, values, count * EPISODES_SCORE_NAME);
  free(values);
  if (count > EPISODES_SCORES)
    return wrong(why, "score_names");
  out->score_count = (int)count;
  for (size_t k = 0; k < count; k++)
    out->score_names[k][EPISODES_SCORE_NAME - 1] = 0;
  if (count == 0)
    return STATUS_OK;
  type = shard_h5_type(SHARD_F64, 0);
  result =
      read_values(file, "scores", type, 2, count, count * sizeof(double), &values, &count, why);
  H5Tclose(type);
  if (result)
    return result;
  out->scores = values;
  return count == (size_t)out->count ? STATUS_OK : wrong(why, "scores");
}

static status check_rows(const episodes *e, trouble *why) {
  size_t next = 0;
  for (int k = 0; k < e->count; k++) {
    const episodes_row *row = &e->rows[k];
    if (row->step_first[0] != next || row->step_count[0] > e->step_count - next)
      return wrong(why, "episodes/step_first");
    next += row->step_count[0];
    if (!memchr(row->end, 0, sizeof row->end) || !memchr(row->end_text, 0, sizeof row->end_text) ||
        !memchr(row->script, 0, sizeof row->script) ||
        !memchr(row->scenario, 0, sizeof row->scenario) ||
        !memchr(row->place, 0, sizeof row->place) || !memchr(row->weather, 0, sizeof row->weather))
      return wrong(why, "a text of episodes");
  }
  return next == e->step_count ? STATUS_OK : wrong(why, "steps");
}

// Each is of a step of an episode that is there, or of its whole way; they are by episode.
static status check_pictures(const episodes *e, trouble *why) {
  int row = 0;
  for (int k = 0; k < e->picture_count; k++) {
    const episodes_picture *p = &e->pictures[k];
    while (row < e->count && e->rows[row].episode[0] != p->episode[0])
      row++;
    if (row == e->count)
      return wrong(why, "pictures/episode");
    if (p->frame[0] < EPISODES_WHOLE_WAY ||
        (p->frame[0] >= 0 && (uint64_t)p->frame[0] >= e->rows[row].step_count[0]))
      return wrong(why, "pictures/frame");
  }
  return STATUS_OK;
}

static status read_pictures(hid_t file, episodes *out, trouble *why) {
  size_t count = 0, next = 0;
  void *png = NULL;
  status result = read_table(file, "pictures", PICTURES, PICTURE_COLUMNS, sizeof *out->pictures,
                             (void **)&out->pictures, &count, why);
  if (result)
    return result;
  out->picture_count = (int)count;
  hid_t type = shard_h5_type(SHARD_U8, 0);
  result = read_values(file, "png", type, 1, 0, 1, &png, &out->png_size, why);
  H5Tclose(type);
  out->png = png;
  for (size_t k = 0; !result && k < count; k++) {
    const episodes_picture *p = &out->pictures[k];
    if (p->png_first[0] != next || p->png_size[0] > out->png_size - next)
      return wrong(why, "pictures/png_first");
    if (!memchr(p->says, 0, sizeof p->says))
      return wrong(why, "pictures/says");
    next += p->png_size[0];
  }
  return result || next == out->png_size ? result : wrong(why, "png");
}

static status read_all(hid_t file, episodes *out, char *settings, size_t size, trouble *why) {
  char text[EPISODES_SCORE_NAME];
  status result = shard_h5_get_text(file, "format", text, sizeof text, why);
  if (!result && strcmp(text, EPISODES_FORMAT) != 0)
    return wrong(why, "format");
  if (!result)
    result = shard_h5_get_text(file, "format_version", text, sizeof text, why);
  if (!result && strcmp(text, EPISODES_FORMAT_VERSION) != 0)
    return trouble_set(why, STATUS_FORMAT, "format_version is %s, this program reads %s", text,
                       EPISODES_FORMAT_VERSION);
  if (!result && settings)
    result = shard_h5_get_text(file, "settings", settings, size, why);
  size_t rows = 0;
  if (!result)
    result = read_table(file, "episodes", ROWS, ROW_COLUMNS, sizeof *out->rows, (void **)&out->rows,
                        &rows, why);
  out->count = (int)rows;
  if (!result)
    result = read_table(file, "steps", STEPS, STEP_COLUMNS, sizeof *out->steps,
                        (void **)&out->steps, &out->step_count, why);
  if (!result)
    result = read_scores(file, out, why);
  if (!result)
    result = read_pictures(file, out, why);
  if (!result)
    result = check_rows(out, why);
  return result ? result : check_pictures(out, why);
}

status episodes_read(const char *path, episodes *out, char *settings, size_t settings_size,
                     trouble *why) {
  memset(out, 0, sizeof *out);
  hid_t file;
  status result = shard_guard_open(path, &file, why);
  if (result)
    return result;
  trouble inner = {.text = ""};
  result = read_all(file, out, settings, settings_size, &inner);
  H5Fclose(file);
  if (!result)
    return STATUS_OK;
  episodes_free(out);
  return trouble_set(why, result, "%s: %s", path, inner.text);
}
