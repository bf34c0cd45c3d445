// SPDX-License-Identifier: Apache-2.0
#include "export/shard_guard.h"

#include "export/shard_h5.h"

enum { OBJECTS_MAX = 4096 };
static const uint64_t DEFLATE_MOST = 1032; // bytes that one can become: 258 in two bits

typedef struct guard {
  const char *path;
  trouble *why;
  status result;
  int seen;
} guard;

static herr_t refuse(guard *g, const char *name, const char *what) {
  g->result = trouble_set(g->why, STATUS_FORMAT, "%s: refused: /%s %s", g->path, name, what);
  return -1;
}

// Bytes of all values; false: they can't be said.
static bool product(const hsize_t *dims, int rank, size_t item, uint64_t *bytes) {
  *bytes = item;
  for (int i = 0; i < rank; i++)
    if (__builtin_mul_overflow(*bytes, dims[i], bytes))
      return false;
  return true;
}

// A few bytes of file that claim to be terabytes would cost whoever reads them as much memory.
static bool can_hold(hid_t dataset, hid_t list) {
  hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
  hsize_t dims[H5S_MAX_RANK], chunk[H5S_MAX_RANK];
  uint64_t bytes = 0, a_chunk = 0, most = 0;
  int rank = H5Sget_simple_extent_dims(space, dims, NULL);
  size_t item = H5Tget_size(type);
  bool fits = rank >= 0 && item > 0 && product(dims, rank, item, &bytes);
  if (fits && bytes > 0 && H5Pget_layout(list) == H5D_CHUNKED)
    fits = H5Pget_chunk(list, H5S_MAX_RANK, chunk) == rank && product(chunk, rank, item, &a_chunk);
  fits = fits && !__builtin_mul_overflow(H5Dget_storage_size(dataset), DEFLATE_MOST, &most) &&
         bytes <= most && a_chunk <= most;
  if (space >= 0)
    H5Sclose(space);
  if (type >= 0)
    H5Tclose(type);
  return fits;
}

static herr_t check_dataset(guard *g, hid_t dataset, const char *name) {
  hid_t list = H5Dget_create_plist(dataset);
  if (list < 0)
    return refuse(g, name, "can't be read");
  herr_t result = 0;
  if (H5Pget_layout(list) == H5D_VIRTUAL)
    result = refuse(g, name, "is a virtual dataset");
  else if (H5Pget_external_count(list) > 0)
    result = refuse(g, name, "keeps its data in another file");
  int filters = H5Pget_nfilters(list);
  for (int i = 0; !result && i < filters; i++) {
    size_t values = 0;
    unsigned flags = 0, config = 0;
    H5Z_filter_t filter =
        H5Pget_filter2(list, (unsigned)i, &flags, &values, NULL, 0, NULL, &config);
    if (filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_DEFLATE)
      result = refuse(g, name, "needs a filter other than shuffle and deflate");
  }
  if (!result && !can_hold(dataset, list))
    result = refuse(g, name, "claims more values than the file can hold");
  H5Pclose(list);
  return result;
}

static herr_t check_link(hid_t group, const char *name, const H5L_info_t *info, void *context) {
  guard *g = context;
  if (++g->seen > OBJECTS_MAX)
    return refuse(g, name, "is one object too many");
  if (info->type != H5L_TYPE_HARD)
    return refuse(g, name, "is a link to elsewhere");
  hid_t object = H5Oopen(group, name, H5P_DEFAULT);
  if (object < 0)
    return refuse(g, name, "can't be opened");
  herr_t result = 0;
  H5I_type_t type = H5Iget_type(object);
  if (type == H5I_DATASET)
    result = check_dataset(g, object, name);
  else if (type != H5I_GROUP)
    result = refuse(g, name, "is neither a group nor a dataset");
  H5Oclose(object);
  return result;
}

status shard_guard_open(const char *path, hid_t *file, trouble *why) {
  *file = -1;
  shard_h5_quiet();
  H5PLset_loading_state(0);
  hid_t list = H5Pcreate(H5P_FILE_ACCESS);
  // File locks fail on some network file systems, and a finished shard never changes.
  H5Pset_file_locking(list, false, true);
  *file = H5Fopen(path, H5F_ACC_RDONLY, list);
  H5Pclose(list);
  if (*file < 0)
    return shard_h5_trouble(why, path);
  guard g = {.path = path, .why = why, .result = STATUS_OK};
  herr_t walked = H5Lvisit(*file, H5_INDEX_NAME, H5_ITER_INC, check_link, &g);
  if (walked >= 0 && !g.result)
    return STATUS_OK;
  if (!g.result)
    g.result = shard_h5_trouble(why, path);
  H5Eclear2(H5E_DEFAULT);
  H5Fclose(*file);
  *file = -1;
  return g.result;
}
