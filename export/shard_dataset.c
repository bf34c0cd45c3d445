// SPDX-License-Identifier: Apache-2.0
#include "export/shard_dataset.h"

#include <stdbool.h>

#include "export/shard_h5.h"

enum { RANK_MAX = 4 };

static status refuse(const shard_wanted *wanted, const char *what, trouble *why) {
  H5Eclear2(H5E_DEFAULT);
  return trouble_set(why, STATUS_FORMAT, "%s: dataset %s %s", wanted->file_path, wanted->path,
                     what);
}

static bool same_type(hid_t dataset, hid_t wanted) {
  hid_t type = H5Dget_type(dataset);
  bool same = type >= 0 && H5Tequal(type, wanted) > 0;
  if (type >= 0)
    H5Tclose(type);
  return same;
}

static status open_checked(const shard_wanted *wanted, hid_t type, hid_t *dataset, uint64_t *rows,
                           trouble *why) {
  *dataset = H5Dopen2(wanted->file, wanted->path, H5P_DEFAULT);
  if (*dataset < 0)
    return refuse(wanted, "is missing", why);
  hsize_t dims[H5S_MAX_RANK] = {0};
  hid_t space = H5Dget_space(*dataset);
  int rank = H5Sget_simple_extent_ndims(space);
  bool fits = rank >= 1 && rank <= RANK_MAX && H5Sget_simple_extent_dims(space, dims, NULL) == rank;
  uint64_t values = 1;
  for (int i = 1; fits && i < rank; i++) // a product that wraps round would fit, too
    fits = !__builtin_mul_overflow(values, dims[i], &values);
  H5Sclose(space);
  if (!fits || values != wanted->width || !same_type(*dataset, type)) {
    H5Dclose(*dataset);
    *dataset = -1;
    return refuse(wanted, "has another type or shape than a shard's", why);
  }
  *rows = dims[0];
  return STATUS_OK;
}

static status read_open(const shard_wanted *wanted, hid_t dataset, hid_t type, uint64_t first,
                        uint64_t count, void *out, trouble *why) {
  hsize_t begin[RANK_MAX] = {first}, size[RANK_MAX] = {0};
  hid_t space = H5Dget_space(dataset);
  int rank = H5Sget_simple_extent_dims(space, size, NULL);
  size[0] = count;
  hid_t memory = H5Screate_simple(rank, size, NULL);
  status result = STATUS_OK;
  if (memory < 0 || H5Sselect_hyperslab(space, H5S_SELECT_SET, begin, NULL, size, NULL) < 0 ||
      H5Dread(dataset, type, memory, space, H5P_DEFAULT, out) < 0) {
    trouble inner;
    result = shard_h5_trouble(&inner, wanted->path);
    trouble_set(why, result, "%s: cannot read %s", wanted->file_path, inner.text);
  }
  if (memory >= 0)
    H5Sclose(memory);
  H5Sclose(space);
  return result;
}

status shard_dataset_rows(const shard_wanted *wanted, uint64_t *rows, trouble *why) {
  hid_t type = shard_h5_type(wanted->type, wanted->text_bytes), dataset = -1;
  status result = open_checked(wanted, type, &dataset, rows, why);
  if (dataset >= 0)
    H5Dclose(dataset);
  H5Tclose(type);
  return result;
}

status shard_dataset_read(const shard_wanted *wanted, uint64_t first, uint64_t count, void *out,
                          trouble *why) {
  hid_t type = shard_h5_type(wanted->type, wanted->text_bytes), dataset = -1;
  uint64_t rows = 0;
  status result = open_checked(wanted, type, &dataset, &rows, why);
  if (!result && (first > rows || count > rows - first))
    result = refuse(wanted, "has too few rows", why);
  if (!result && count > 0)
    result = read_open(wanted, dataset, type, first, count, out, why);
  if (dataset >= 0)
    H5Dclose(dataset);
  H5Tclose(type);
  return result;
}
