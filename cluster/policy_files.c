// SPDX-License-Identifier: Apache-2.0
// What there is to drive by, and the hash of the files that decide how: before any work, and again
// whenever a worker begins with a file of episodes.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cluster/commit.h"
#include "cluster/policy_host.h"
#include "sim/policy.h"

policy_kind cluster_policy_kind_of(const char *what) {
  size_t length = strlen(what);
  if (sim_policy_find(what))
    return POLICY_BUILT_IN;
  bool library = length > 3 && strcmp(what + length - 3, ".so") == 0 && !strchr(what, ' ');
  return library ? POLICY_LIBRARY : POLICY_PROGRAM;
}

static void names_of_all(char *out, size_t size) {
  size_t used = 0;
  for (int n = 0; sim_policy_number(n); n++)
    used += (size_t)snprintf(out + used, size - used, "%s%s", n ? ", " : "",
                             sim_policy_number(n)->name);
}

// ---- words ----

// The next word as the shell takes it apart: quotes and backslashes, and signs that end a word.
// What is expanded ($, *, ~) stays as it stands. False when there is none.
static bool next_word(const char **at, char *word, size_t size) {
  static const char blanks[] = " \t\n;&|()<>";
  size_t used = 0;
  const char *p = *at + strspn(*at, blanks);
  if (!*p)
    return false;
  char quote = 0;
  for (; *p && (quote || !strchr(blanks, *p)); p++) {
    if (quote ? *p == quote : *p == '\'' || *p == '"') {
      quote = quote ? 0 : *p;
      continue;
    }
    if (*p == '\\' && quote != '\'' && p[1])
      p++;
    if (used + 1 < size)
      word[used++] = *p;
  }
  word[used] = 0;
  *at = p;
  return true;
}

// The n-th of PATH's folders with a slash and `word` behind it; false when there is none.
static bool in_path(int n, const char *word, char *path, size_t size) {
  const char *folders = getenv("PATH"), *at = folders ? folders : "/usr/bin:/bin";
  for (; *at && n > 0; n--)
    at += strcspn(at, ":") + (at[strcspn(at, ":")] == ':');
  snprintf(path, size, "%.*s/%s", (int)strcspn(at, ":"), at, word);
  return *at != 0;
}

static bool can_run(const char *path) {
  struct stat info;
  return access(path, X_OK) == 0 && stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

// The file that a command's first word runs; false when it can't be run.
static bool find_program(const char *word, char path[POLICY_COMMAND]) {
  if (strchr(word, '/')) {
    snprintf(path, POLICY_COMMAND, "%s", word);
    return can_run(path);
  }
  for (int n = 0; word[0] && in_path(n, word, path, POLICY_COMMAND); n++)
    if (can_run(path))
      return true;
  return false;
}

// ---- files ----

// Hashes of files, one after the other.
typedef struct sum {
  char sha256[HASH_SHA256_HEX];
  int files;
} sum;

// Words that are no files are left out.
static status add_file(sum *s, const char *path, trouble *why) {
  char both[2 * HASH_SHA256_HEX + 8], one[HASH_SHA256_HEX];
  uint64_t size;
  struct stat info;
  if (stat(path, &info) < 0 || !S_ISREG(info.st_mode))
    return STATUS_OK;
  status result = cluster_file_sha256(path, one, &size, why);
  if (result)
    return result;
  int length = snprintf(both, sizeof both, "%s\n%s\n", s->files++ ? s->sha256 : "", one);
  hash_sha256_hex(both, (size_t)length, s->sha256);
  return STATUS_OK;
}

static bool is_elf(const char *path) {
  char head[4] = "";
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  bool elf = fd >= 0 && read(fd, head, sizeof head) == 4 && memcmp(head, "\177ELF", 4) == 0;
  if (fd >= 0)
    close(fd);
  return elf;
}

// An interpreter of the system, which may differ from machine to machine: a compiled program that
// lies, perhaps at the end of links, in one of PATH's folders.
static bool is_interpreter(const char *path) {
  char folder[POLICY_COMMAND], real[PATH_MAX], known[PATH_MAX];
  if (!is_elf(path) || !realpath(path, real))
    return false;
  char *slash = strrchr(real, '/');
  *slash = 0;
  for (int n = 0; in_path(n, "", folder, sizeof folder); n++)
    if (realpath(folder, known) && strcmp(real, known) == 0)
      return true;
  return false;
}

static status hash_program(const char *what, char sha256[HASH_SHA256_HEX], trouble *why) {
  char word[POLICY_COMMAND], program[POLICY_COMMAND], names[256];
  const char *at = what;
  sum others = {.files = 0}, all = {.files = 0};
  if (!next_word(&at, word, sizeof word) || !find_program(word, program)) {
    names_of_all(names, sizeof names);
    return trouble_set(why, STATUS_NOT_FOUND,
                       "--policy '%.100s': neither one that comes along (%s), nor a library "
                       "(….so), nor a program that can be run",
                       what, names);
  }
  const char *rest = at;
  status result = STATUS_OK;
  while (!result && next_word(&at, word, sizeof word))
    result = add_file(&others, word, why);
  // What runs other files may be the system's; what runs alone is the policy itself.
  if (!result && !(others.files > 0 && is_interpreter(program)))
    result = add_file(&all, program, why);
  while (!result && next_word(&rest, word, sizeof word))
    result = add_file(&all, word, why);
  memcpy(sha256, all.sha256, HASH_SHA256_HEX);
  return result;
}

status cluster_policy_check(const char *what, char sha256[HASH_SHA256_HEX], trouble *why) {
  sha256[0] = 0;
  if (strlen(what) >= POLICY_COMMAND)
    return trouble_set(why, STATUS_RANGE, "--policy: longer than %d bytes", POLICY_COMMAND - 1);
  uint64_t size;
  switch (cluster_policy_kind_of(what)) {
  case POLICY_BUILT_IN:
    return STATUS_OK;
  case POLICY_LIBRARY:
    return cluster_file_sha256(what, sha256, &size, why);
  default:
    return hash_program(what, sha256, why);
  }
}
