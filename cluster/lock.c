// SPDX-License-Identifier: Apache-2.0
#include "cluster/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "cluster/errors.h"
#include "cluster/folder.h"

enum { LOCK_TEXT = 1024 };

struct cluster_lock {
  char path[FOLDER_PATH];
  char token[FOLDER_ATTEMPT]; // tells our lock file from anybody else's
  int64_t beat_s;
};

// Who holds a lock: enough to ask this machine whether that process still lives.
typedef struct holder {
  char token[FOLDER_ATTEMPT], host[256], space[128];
  int64_t pid, start, beat_s;
} holder;

static int64_t now_s(void) {
  return (int64_t)time(NULL);
}

// Boot and pid namespace: only within both does a pid name one process.
static void pid_space(char out[128]) {
  char boot[64] = "", link[48] = "";
  FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");
  if (file) {
    if (!fgets(boot, sizeof boot, file))
      boot[0] = 0;
    fclose(file);
  }
  boot[strcspn(boot, "\n")] = 0;
  ssize_t length = readlink("/proc/self/ns/pid", link, sizeof link - 1);
  link[length > 0 ? length : 0] = 0;
  snprintf(out, 128, "%s %s", boot, link);
}

// When a process began, in ticks since boot; -1 when there is no such process. A
// zombie counts as gone.
static int64_t process_start(int64_t pid) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
  FILE *file = fopen(path, "r");
  if (!file)
    return -1;
  size_t got = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[got] = 0;
  const char *at = strrchr(text, ')'); // the name before it may hold anything
  if (!at || at[1] == 0 || at[2] == 'Z')
    return -1;
  at += 2;
  for (int field = 3; field < 22 && at; field++) {
    at = strchr(at, ' ');
    at = at ? at + 1 : NULL;
  }
  return at ? strtoll(at, NULL, 10) : -1;
}

static int print_holder(const holder *h, char out[LOCK_TEXT]) {
  return snprintf(out, LOCK_TEXT,
                  "{\"token\":\"%s\",\"host\":\"%s\",\"space\":\"%s\",\"pid\":%" PRId64
                  ",\"start\":%" PRId64 ",\"beat_s\":%" PRId64 "}\n",
                  h->token, h->host, h->space, h->pid, h->start, h->beat_s);
}

static bool read_holder(const char *path, holder *out) {
  memset(out, 0, sizeof *out);
  char *text = NULL;
  size_t size;
  if (file_read(path, 1 << 16, &text, &size, NULL))
    return false;
  json_t *json = json_loads(text, 0, NULL);
  free(text);
  const char *token, *host, *space;
  json_int_t pid, start, beat;
  bool good =
      json && !json_unpack(json, "{s:s, s:s, s:s, s:I, s:I, s:I}", "token", &token, "host", &host,
                           "space", &space, "pid", &pid, "start", &start, "beat_s", &beat);
  if (good) {
    snprintf(out->token, sizeof out->token, "%s", token);
    snprintf(out->host, sizeof out->host, "%s", host);
    snprintf(out->space, sizeof out->space, "%s", space);
    out->pid = pid;
    out->start = start;
    out->beat_s = beat;
  }
  json_decref(json);
  return good;
}

static holder self(const char *token) {
  holder h = {.pid = getpid(), .beat_s = now_s()};
  snprintf(h.token, sizeof h.token, "%s", token);
  gethostname(h.host, sizeof h.host - 1);
  pid_space(h.space);
  h.start = process_start(h.pid);
  return h;
}

// A lock that can't be read is one whose writer died in the middle of it, or is in
// the middle right now: its file's age decides.
static bool stale(const char *path, const holder *h, bool readable, char *says, size_t size) {
  struct stat info;
  int64_t age = 0;
  if (!readable) {
    age = stat(path, &info) == 0 ? now_s() - (int64_t)info.st_mtime : LOCK_STALE_S;
    snprintf(says, size, "unreadable, %" PRId64 " s old", age);
    return age >= LOCK_STALE_S;
  }
  holder me = self("");
  age = now_s() - h->beat_s;
  snprintf(says, size, "pid %" PRId64 " on %s, last heartbeat %" PRId64 " s ago", h->pid, h->host,
           age);
  if (strcmp(h->host, me.host) == 0 && strcmp(h->space, me.space) == 0)
    return process_start(h->pid) != h->start;
  return age >= LOCK_STALE_S;
}

// Of several launches that see one stale lock, the rename lets exactly one have it.
// False when what was moved away turned out to be somebody's fresh one.
static bool remove_stale(const cluster_lock *lock, const holder *seen, bool readable) {
  char aside[FOLDER_PATH + FOLDER_ATTEMPT + 16];
  snprintf(aside, sizeof aside, "%s.stale-%s", lock->path, lock->token);
  if (rename(lock->path, aside) < 0)
    return errno == ENOENT;
  holder moved;
  bool again = read_holder(aside, &moved);
  if (again != readable || (readable && strcmp(moved.token, seen->token) != 0)) {
    if (link(aside, lock->path) < 0)
      log_line(LOG_WARNING, "%s: could not be put back: %s", lock->path, strerror(errno));
    unlink(aside);
    return false;
  }
  unlink(aside);
  return true;
}

// 0 when ours now, else the errno.
static int create(const cluster_lock *lock) {
  char text[LOCK_TEXT];
  holder me = self(lock->token);
  int length = print_holder(&me, text);
  int fd = open(lock->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0)
    return errno;
  errno = 0;
  int error = 0;
  if (write(fd, text, (size_t)length) != length || fsync(fd) < 0)
    error = errno ? errno : ENOSPC;
  close(fd);
  if (error)
    unlink(lock->path);
  return error;
}

status cluster_lock_take(cluster_lock **out, const char *output, trouble *why) {
  *out = NULL;
  cluster_lock *lock = calloc(1, sizeof *lock);
  if (!lock)
    return trouble_set(why, STATUS_MEMORY, "%s: no memory for its lock", output);
  lock->beat_s = now_s();
  status result = cluster_attempt_draw(lock->token, why);
  if (!result)
    result = cluster_path(lock->path, output, "job.lock", why);
  for (int round = 0; !result && round < 3; round++) {
    int error = create(lock);
    if (!error) {
      *out = lock;
      return STATUS_OK;
    }
    if (error != EEXIST) {
      result = cluster_errno(why, error, lock->path, "cannot create the lock");
      break;
    }
    holder there;
    char says[512];
    bool readable = read_holder(lock->path, &there);
    if (!stale(lock->path, &there, readable, says, sizeof says))
      result = trouble_set(why, STATUS_CONFLICT,
                           "%s: another launch is working there (%s); wait for it, or if it is "
                           "gone remove %s",
                           output, says, lock->path);
    else if (remove_stale(lock, &there, readable))
      log_line(LOG_WARNING, "%s: took over the lock of a launch that is gone (%s)", output, says);
  }
  if (!result)
    result = trouble_set(why, STATUS_CONFLICT, "%s: several launches want it at once; try again",
                         output);
  free(lock);
  return result;
}

status cluster_lock_beat(cluster_lock *lock, trouble *why) {
  int64_t now = now_s();
  if (now - lock->beat_s < LOCK_BEAT_S)
    return STATUS_OK;
  lock->beat_s = now;
  holder there;
  if (read_holder(lock->path, &there) && strcmp(there.token, lock->token) != 0)
    return trouble_set(why, STATUS_CONFLICT, "%s: taken over by pid %" PRId64 " on %s", lock->path,
                       there.pid, there.host);
  char text[LOCK_TEXT];
  holder me = self(lock->token);
  int length = print_holder(&me, text);
  if (file_write_atomic(lock->path, text, (size_t)length, NULL))
    log_line(LOG_DEBUG, "%s: no heartbeat", lock->path);
  return STATUS_OK;
}

void cluster_lock_release(cluster_lock *lock) {
  if (!lock)
    return;
  holder there;
  if (read_holder(lock->path, &there) && strcmp(there.token, lock->token) == 0)
    unlink(lock->path);
  free(lock);
}
