// SPDX-License-Identifier: Apache-2.0
// Damaged, cut and strangers' files get one clear line; none of them crashes the reader.
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <hdf5.h>

#include "base/rng.h"
#include "export/shard_reader.h"
#include "export/shard_seal.h"
#include "with_shard.h"

static int make_sample(void **state) {
  *state = sample_create(1);
  return 0;
}

static int drop_sample(void **state) {
  sample_destroy(*state);
  return 0;
}

static void a_whole_file_opens(void **state) {
  sample *s = *state;
  sample_write(s, s->bytes, s->size);
  shard_reader *r = NULL;
  trouble why = {0};
  if (shard_open(&r, s->path, &why))
    fail_msg("%s", why.text);
  shard_close(r);
}

static void a_file_cut_anywhere_is_refused(void **state) {
  sample *s = *state;
  for (size_t keep = 0; keep < s->size; keep += keep < 64 ? 1 : s->size / 97) {
    sample_write(s, s->bytes, keep);
    sample_refused(s, keep < 8 ? "not an HDF5 file" : "no seal at its end");
  }
  for (size_t keep = s->size - SHARD_SEAL_BYTES; keep < s->size; keep++) {
    sample_write(s, s->bytes, keep);
    sample_refused(s, "no seal at its end");
  }
}

static void a_flipped_bit_anywhere_is_refused(void **state) {
  sample *s = *state;
  for (size_t at = 0; at < s->size; at += at < 200 ? 1 : s->size / 389) {
    s->bytes[at] ^= (uint8_t)(1u << at % 8);
    sample_write(s, s->bytes, s->size);
    sample_refused(s, "");
    s->bytes[at] ^= (uint8_t)(1u << at % 8);
  }
}

static void a_byte_more_is_refused(void **state) {
  sample *s = *state;
  uint8_t *longer = calloc(1, s->size + 1);
  memcpy(longer, s->bytes, s->size);
  sample_write(s, longer, s->size + 1);
  sample_refused(s, "no seal at its end");
  memmove(longer + s->size - SHARD_SEAL_BYTES + 1, s->bytes + s->size - SHARD_SEAL_BYTES,
          SHARD_SEAL_BYTES);
  sample_write(s, longer, s->size + 1);
  sample_refused(s, "where its seal says");
  free(longer);
}

static void what_is_no_shard_is_refused(void **state) {
  sample *s = *state;
  sample_write(s, "hello, I am a text file of some length\n", 39);
  sample_refused(s, "not an HDF5 file");
  unlink(s->path);
  sample_refused(s, "cannot open");
  sample folder = *s;
  strcpy(folder.path, folder.folder);
  sample_refused(&folder, "not a regular file");
}

typedef enum trick { PLAIN, SOFT_LINK, OUTER_LINK, OUTER_DATA, VIRTUAL, FILTER } trick;

/// An HDF5 file that reaches out of itself.
static void make_trick(const sample *s, trick which) {
  hid_t file = H5Fcreate(s->path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  hsize_t dims[1] = {16};
  hid_t space = H5Screate_simple(1, dims, NULL), list = H5Pcreate(H5P_DATASET_CREATE);
  if (which == SOFT_LINK)
    H5Lcreate_soft("/elsewhere", file, "frames", H5P_DEFAULT, H5P_DEFAULT);
  if (which == OUTER_LINK)
    H5Lcreate_external("/etc/passwd", "/x", file, "frames", H5P_DEFAULT, H5P_DEFAULT);
  if (which == OUTER_DATA)
    H5Pset_external(list, "/etc/passwd", 0, 16);
  if (which == VIRTUAL)
    H5Pset_virtual(list, space, "/tmp/other.h5", "/x", space);
  if (which == FILTER) {
    H5Pset_chunk(list, 1, dims);
    H5Pset_fletcher32(list);
  }
  if (which >= OUTER_DATA) {
    hid_t set = H5Dcreate2(file, "x", H5T_STD_U8LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    assert_true(set >= 0);
    H5Dclose(set);
  }
  H5Pclose(list);
  H5Sclose(space);
  H5Fclose(file);
  sample_seal(s);
}

static void files_that_reach_out_are_refused(void **state) {
  sample *s = *state;
  const char *const texts[] = {
      [PLAIN] = "not a Roadloom shard",
      [SOFT_LINK] = "refused: /frames is a link to elsewhere",
      [OUTER_LINK] = "refused: /frames is a link to elsewhere",
      [OUTER_DATA] = "refused: /x keeps its data in another file",
      [VIRTUAL] = "refused: /x is a virtual dataset",
      [FILTER] = "refused: /x needs a filter other than shuffle and deflate",
  };
  for (int i = PLAIN; i <= FILTER; i++) {
    make_trick(s, (trick)i);
    sample_refused(s, texts[i]);
  }
}

/// Opens the sample and reads all of it; errors are fine.
static void read_everything(const char *path) {
  shard_reader *r = NULL;
  trouble why = {0};
  if (shard_open(&r, path, &why))
    return;
  frame f;
  for (uint64_t i = 0; i < shard_summary_of(r)->frame_count && i < 4; i++)
    shard_read_frame(r, i, &f, &why);
  shard_close(r);
}

static void damage_under_a_good_seal_does_not_crash(void **state) {
  sample *s = *state;
  const size_t body = s->size - SHARD_SEAL_BYTES;
  rng r = rng_at(5, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < 300; i++) {
    uint8_t *bytes = malloc(s->size);
    memcpy(bytes, s->bytes, s->size);
    for (int k = 0; k < 1 + i % 4; k++) // half of them in the first metadata
      bytes[(size_t)rng_below(&r, i % 2 ? (int)body : 70000)] ^= (uint8_t)(1u << rng_below(&r, 8));
    shard_seal_make(bytes, body, bytes + body);
    sample_write(s, bytes, s->size);
    free(bytes);
    pid_t child = fork();
    if (child == 0) {
      for (int k = SIGILL; k <= SIGSEGV; k++)
        signal(k, SIG_DFL); // cmocka's handlers would go on with the test in the child
      alarm(20);
      read_everything(s->path);
      _exit(0);
    }
    int how = 0;
    assert_int_equal(waitpid(child, &how, 0), child);
    if (!WIFEXITED(how) || WEXITSTATUS(how) != 0)
      fail_msg("damage %d ended the reader with signal %d", i, WTERMSIG(how));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_whole_file_opens),
      cmocka_unit_test(a_file_cut_anywhere_is_refused),
      cmocka_unit_test(a_flipped_bit_anywhere_is_refused),
      cmocka_unit_test(a_byte_more_is_refused),
      cmocka_unit_test(what_is_no_shard_is_refused),
      cmocka_unit_test(files_that_reach_out_are_refused),
      cmocka_unit_test(damage_under_a_good_seal_does_not_crash),
  };
  return cmocka_run_group_tests(tests, make_sample, drop_sample);
}
