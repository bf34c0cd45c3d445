// SPDX-License-Identifier: Apache-2.0
#include "export/shard_h5.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

void shard_h5_quiet(void) {
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

typedef struct complaint {
  char text[256];
  bool memory;
} complaint;

static herr_t keep_innermost(unsigned depth, const H5E_error2_t *error, void *context) {
  complaint *kept = context;
  if (depth == 0)
    snprintf(kept->text, sizeof kept->text, "%s", error->desc ? error->desc : "unknown");
  if (error->min_num == H5E_NOSPACE || error->min_num == H5E_CANTALLOC)
    kept->memory = kept->memory || error->maj_num == H5E_RESOURCE;
  return 0;
}

status shard_h5_trouble(trouble *why, const char *what) {
  complaint kept = {.text = "no reason given"};
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &kept);
  H5Eclear2(H5E_DEFAULT);
  return trouble_set(why, kept.memory ? STATUS_MEMORY : STATUS_FORMAT, "%s: HDF5: %s", what,
                     kept.text);
}

enum { IN_HEADER = 64, INDEXED = 32 }; // more links or attributes than any object has

bool shard_h5_plain_dataset(hid_t list) {
  return H5Pset_obj_track_times(list, false) >= 0 &&
         H5Pset_attr_phase_change(list, IN_HEADER, INDEXED) >= 0;
}

bool shard_h5_plain_group(hid_t list) {
  return shard_h5_plain_dataset(list) && H5Pset_link_phase_change(list, IN_HEADER, INDEXED) >= 0;
}

static hid_t text_type(size_t bytes) {
  hid_t type = H5Tcopy(H5T_C_S1);
  if (type < 0)
    return type;
  if (H5Tset_size(type, bytes) < 0 || H5Tset_strpad(type, H5T_STR_NULLPAD) < 0 ||
      H5Tset_cset(type, H5T_CSET_UTF8) < 0) {
    H5Tclose(type);
    return -1;
  }
  return type;
}

// IEEE 754's binary16, which HDF5 1.10 has no name for.
static hid_t half_type(void) {
  hid_t type = H5Tcopy(H5T_IEEE_F32LE);
  if (type < 0)
    return type;
  if (H5Tset_fields(type, 15, 10, 5, 0, 10) < 0 || H5Tset_size(type, 2) < 0 ||
      H5Tset_ebias(type, 15) < 0) {
    H5Tclose(type);
    return -1;
  }
  return type;
}

hid_t shard_h5_type(shard_type type, int text_bytes) {
  switch (type) {
  case SHARD_U8:
    return H5Tcopy(H5T_STD_U8LE);
  case SHARD_U16:
    return H5Tcopy(H5T_STD_U16LE);
  case SHARD_U32:
    return H5Tcopy(H5T_STD_U32LE);
  case SHARD_U64:
    return H5Tcopy(H5T_STD_U64LE);
  case SHARD_I32:
    return H5Tcopy(H5T_STD_I32LE);
  case SHARD_I16:
    return H5Tcopy(H5T_STD_I16LE);
  case SHARD_I64:
    return H5Tcopy(H5T_STD_I64LE);
  case SHARD_F16:
    return half_type();
  case SHARD_F32:
    return H5Tcopy(H5T_IEEE_F32LE);
  case SHARD_F64:
    return H5Tcopy(H5T_IEEE_F64LE);
  case SHARD_TEXT:
    return text_type((size_t)text_bytes);
  case SHARD_TYPE_COUNT:
    break;
  }
  return -1;
}

static status set_attribute(hid_t object, const char *name, hid_t type, const void *value,
                            trouble *why) {
  hid_t space = H5Screate(H5S_SCALAR);
  hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  status result = STATUS_OK;
  if (attribute < 0 || H5Awrite(attribute, type, value) < 0)
    result = shard_h5_trouble(why, name);
  if (attribute >= 0)
    H5Aclose(attribute);
  if (space >= 0)
    H5Sclose(space);
  return result;
}

status shard_h5_set_text(hid_t object, const char *name, const char *text, trouble *why) {
  size_t length = strlen(text);
  hid_t type = text_type(length ? length : 1); // HDF5 has no text of length 0
  if (type < 0)
    return shard_h5_trouble(why, name);
  status result = set_attribute(object, name, type, text, why);
  H5Tclose(type);
  return result;
}

status shard_h5_set_number(hid_t object, const char *name, uint64_t number, trouble *why) {
  return set_attribute(object, name, H5T_STD_U64LE, &number, why);
}

void shard_h5_clean(char *text, size_t capacity) {
  text[capacity - 1] = 0;
  utf8_clean(text, true);
}

status shard_h5_get_text(hid_t object, const char *name, char *out, size_t capacity, trouble *why) {
  out[0] = 0;
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  if (attribute < 0) {
    H5Eclear2(H5E_DEFAULT);
    return trouble_set(why, STATUS_FORMAT, "attribute %s is missing", name);
  }
  status result = STATUS_OK;
  char *text = NULL;
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  size_t size = type >= 0 ? H5Tget_size(type) : 0;
  if (type < 0 || H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0 || size == 0 ||
      size > (1u << 20) || H5Sget_simple_extent_npoints(space) != 1) {
    H5Eclear2(H5E_DEFAULT);
    result = trouble_set(why, STATUS_FORMAT, "attribute %s isn't fixed-length text", name);
    goto close_all;
  }
  text = calloc(size + 1, 1);
  if (!text) {
    result = trouble_set(why, STATUS_MEMORY, "attribute %s: no memory", name);
    goto close_all;
  }
  if (H5Aread(attribute, type, text) < 0)
    result = shard_h5_trouble(why, name);
  else
    snprintf(out, capacity, "%s", text);
  shard_h5_clean(out, capacity);
close_all:
  free(text);
  if (space >= 0)
    H5Sclose(space);
  if (type >= 0)
    H5Tclose(type);
  H5Aclose(attribute);
  return result;
}

status shard_h5_get_number(hid_t object, const char *name, uint64_t *out, trouble *why) {
  *out = 0;
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  if (attribute < 0) {
    H5Eclear2(H5E_DEFAULT);
    return trouble_set(why, STATUS_FORMAT, "attribute %s is missing", name);
  }
  status result = STATUS_OK;
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  if (H5Tget_class(type) != H5T_INTEGER || H5Sget_simple_extent_npoints(space) != 1)
    result = trouble_set(why, STATUS_FORMAT, "attribute %s isn't a whole number", name);
  else if (H5Aread(attribute, H5T_NATIVE_UINT64, out) < 0)
    result = shard_h5_trouble(why, name);
  H5Eclear2(H5E_DEFAULT);
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(attribute);
  return result;
}

status shard_h5_write_text(hid_t file, const char *path, const char *text, const char *description,
                           trouble *why) {
  size_t length = strlen(text);
  hid_t type = text_type(length ? length : 1);
  hid_t space = H5Screate(H5S_SCALAR);
  hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
  shard_h5_plain_dataset(plist);
  hid_t dataset = H5Dcreate2(file, path, type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
  status result = STATUS_OK;
  if (dataset < 0 || H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) < 0)
    result = shard_h5_trouble(why, path);
  else
    result = shard_h5_set_text(dataset, "description", description, why);
  if (dataset >= 0)
    H5Dclose(dataset);
  H5Pclose(plist);
  H5Sclose(space);
  if (type >= 0)
    H5Tclose(type);
  return result;
}
