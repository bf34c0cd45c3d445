// SPDX-License-Identifier: Apache-2.0
// Small wrappers round libhdf5 that writer and reader share. libhdf5 isn't
// thread-safe: a process calls these from one thread at a time.
#ifndef EXPORT_SHARD_H5_H
#define EXPORT_SHARD_H5_H

#include <hdf5.h>

#include "base/status.h"
#include "export/shard_format.h"

/// Keeps libhdf5 from printing its error stack; failures come back as our one line.
void shard_h5_quiet(void);
/// STATUS_FORMAT (or STATUS_MEMORY) with `what` and libhdf5's innermost complaint.
status shard_h5_trouble(trouble *why, const char *what);

/// For property lists of groups, files and datasets: no times, and links and attributes
/// in the object's header (libhdf5 frees what it never read when the index that many of
/// them otherwise get is damaged). False when libhdf5 refuses.
bool shard_h5_plain_group(hid_t list);
bool shard_h5_plain_dataset(hid_t list);

/// The stored type, little endian. Text types are made for the call: release with
/// H5Tclose in every case (the predefined ones are copied).
hid_t shard_h5_type(shard_type type, int text_bytes);

/// Attributes of `object`: fixed-length UTF-8 text, and unsigned numbers.
status shard_h5_set_text(hid_t object, const char *name, const char *text, trouble *why);
status shard_h5_set_number(hid_t object, const char *name, uint64_t number, trouble *why);
/// Ends `text` within its capacity and makes control characters but the line feed '?': a
/// stranger's file is no one to move a terminal's cursor.
void shard_h5_clean(char *text, size_t capacity);
/// Reads a text attribute into `out` (cut to capacity, always closed by NUL, cleaned).
/// STATUS_FORMAT when it is missing or isn't fixed-length text.
status shard_h5_get_text(hid_t object, const char *name, char *out, size_t capacity, trouble *why);
status shard_h5_get_number(hid_t object, const char *name, uint64_t *out, trouble *why);
/// A scalar text dataset, for texts too long for an attribute.
status shard_h5_write_text(hid_t file, const char *path, const char *text, const char *description,
                           trouble *why);

#endif
