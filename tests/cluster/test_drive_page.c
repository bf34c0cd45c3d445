// SPDX-License-Identifier: Apache-2.0
// labels: unit
// report.html of a job of one episode: with its pictures when it has some, without a row of them
// when it has none, and not at all when its file isn't as it should be.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cluster/drive_page.h"
#include "cluster/folder.h"

static cluster_job make_job(void) {
  cluster_job job;
  memset(&job, 0, sizeof job);
  snprintf(job.kind, sizeof job.kind, "drive");
  job.script_name = strdup("a.lua");
  job.script_text = strdup("return scene {}\n");
  job.overrides = calloc(1, sizeof *job.overrides);
  job.scenes = job.shard_scenes = 1;
  job.split = (cluster_split){.count = 1, .parts = {{"episodes", 1}}};
  assert_int_equal(cluster_job_set(&job, "policy", "nobody", NULL), STATUS_OK);
  assert_int_equal(cluster_job_seal(&job, NULL), STATUS_OK);
  return job;
}

// A file of one episode of three steps with so many pictures, the last one of frame `frame`.
static void write_episode(const char *path, int pictures, int frame) {
  static const char *const names[] = {"nuplan_like"};
  static const double score = 0.25;
  const episodes_about about = {"0", "a.lua", "00", "policy=nobody", 0, 0};
  episodes e = {0};
  episodes_row row;
  episodes_step steps[3];
  void *bytes;
  size_t size;
  memset(&row, 0, sizeof row);
  memset(steps, 0, sizeof steps);
  snprintf(row.end, sizeof row.end, "time");
  snprintf(row.script, sizeof row.script, "a.lua");
  assert_int_equal(episodes_name_scores(&e, names, 1, NULL), STATUS_OK);
  assert_int_equal(episodes_add(&e, &row, steps, 3, &score, NULL), STATUS_OK);
  for (int k = 0; k < pictures; k++) {
    episodes_picture p;
    memset(&p, 0, sizeof p);
    p.frame[0] = k == pictures - 1 ? frame : EPISODES_WHOLE_WAY;
    snprintf(p.says, sizeof p.says, "<b>&");
    assert_int_equal(episodes_add_picture(&e, &p, "PNG", 3, NULL), STATUS_OK);
  }
  assert_int_equal(episodes_write(&e, &about, &bytes, &size, NULL), STATUS_OK);
  assert_int_equal(file_write_atomic(path, bytes, size, NULL), STATUS_OK);
  free(bytes);
  episodes_free(&e);
}

// The page, which the caller frees, or NULL with what it says instead.
static char *page_of(int pictures, int frame, trouble *why) {
  char folder[] = "/tmp/page.XXXXXX", path[FOLDER_PATH], html[64];
  assert_non_null(mkdtemp(folder));
  cluster_job job = make_job();
  cluster_units units;
  cluster_record record = {.sha256 = "00"};
  assert_int_equal(cluster_units_cut(&job, &units, NULL), STATUS_OK);
  const cluster_outcome outcome = {
      .output = folder, .job = &job, .units = &units, .records = &record};
  char shards[64];
  snprintf(shards, sizeof shards, "%s/shards", folder);
  assert_int_equal(file_make_folder(shards, NULL), STATUS_OK);
  assert_int_equal(cluster_shard_path(path, folder, &units, 0, NULL), STATUS_OK);
  write_episode(path, pictures, EPISODES_WHOLE_WAY);
  drive_table t = {0};
  drive_sums *all = calloc(1, sizeof *all);
  assert_int_equal(drive_table_read(&t, &outcome, NULL), STATUS_OK);
  assert_int_equal(drive_sums_of(all, &t, DRIVE_SCRIPT, NULL, 0, NULL), STATUS_OK);
  write_episode(path, pictures, frame); // as if it had changed since
  status result = cluster_drive_page(&outcome, &t, all, "root", NULL, why);
  snprintf(html, sizeof html, "%s/report.html", folder);
  char *text = NULL;
  size_t size;
  if (result == STATUS_OK)
    assert_int_equal(file_read(html, 1 << 20, &text, &size, NULL), STATUS_OK);
  else
    assert_false(file_exists(html));
  free(all);
  drive_table_free(&t);
  cluster_units_free(&units);
  cluster_job_free(&job);
  unlink(html);
  unlink(path);
  rmdir(shards);
  rmdir(folder);
  return text;
}

static int count(const char *text, const char *part) {
  int n = 0;
  for (; (text = strstr(text, part)); text++)
    n++;
  return n;
}

static void an_episode_has_a_row_for_its_pictures_if_it_has_some(void **state) {
  (void)state;
  trouble why = {.text = ""};
  for (int pictures = 0; pictures < 3; pictures++) {
    char *text = page_of(pictures, pictures ? 2 : 0, &why);
    if (!text)
      fail_msg("%s", why.text);
    assert_int_equal(count(text, "roadloom replay . --episode 0 "), 1);
    assert_int_equal(count(text, "<tr class=p>"), pictures > 0);
    assert_int_equal(count(text, "base64,UE5H"), pictures);
    assert_int_equal(count(text, "&lt;b&gt;&amp;"), pictures > 0); // the whole way says nothing
    assert_int_equal(count(text, "<b>&"), 0);
    free(text);
  }
}

static void pictures_of_no_step_are_no_page(void **state) {
  (void)state;
  trouble why = {.text = ""};
  assert_null(page_of(2, 3, &why));
  assert_non_null(strstr(why.text, "pictures/frame"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_episode_has_a_row_for_its_pictures_if_it_has_some),
      cmocka_unit_test(pictures_of_no_step_are_no_page),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
