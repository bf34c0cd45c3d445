// SPDX-License-Identifier: Apache-2.0
#include "cluster/policy_host.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cluster/errors.h"
#include "cluster/policy_shared.h"
#include "sim/policy.h"

enum { ANSWER = 256, FILES_MOST = 65536 };

struct cluster_policy {
  policy_kind kind;
  char what[POLICY_COMMAND];
  double timeout_s;
  // built in
  const roadloom_policy *table;
  void *state;
  roadloom_observation *own_seen;
  // a process of its own
  int in_fd, out_fd;
  policy_shared_in *in;
  unsigned char *out;
  pid_t pid; // 0: none
  int commands, answers;
  bool wants_log;
  uint64_t sensors;     // bytes
  char pending[ANSWER]; // of an answer, what has come
  size_t pending_size;
};

// ---- opening ----

static status share_memory(cluster_policy *p, trouble *why) {
  // Sealed: who shrinks a region would kill all that have it mapped.
  const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  p->in_fd = memfd_create("roadloom-policy-in", MFD_ALLOW_SEALING);
  p->out_fd = memfd_create("roadloom-policy-out", MFD_ALLOW_SEALING);
  if (p->in_fd < 0 || p->out_fd < 0 ||
      ftruncate(p->in_fd, (off_t)policy_shared_in_size(p->sensors)) < 0 ||
      ftruncate(p->out_fd, (off_t)policy_shared_out_size()) < 0 ||
      fcntl(p->in_fd, F_ADD_SEALS, seals) < 0 || fcntl(p->out_fd, F_ADD_SEALS, seals) < 0)
    return cluster_errno(why, errno, "policy", "cannot share memory");
  void *in = mmap(NULL, policy_shared_in_size(p->sensors), PROT_READ | PROT_WRITE, MAP_SHARED,
                  p->in_fd, 0);
  void *out =
      mmap(NULL, policy_shared_out_size(), PROT_READ | PROT_WRITE, MAP_SHARED, p->out_fd, 0);
  p->in = in == MAP_FAILED ? NULL : in;
  p->out = out == MAP_FAILED ? NULL : out;
  if (!p->in || !p->out)
    return cluster_errno(why, errno, "policy", "cannot share memory");
  *p->in = (policy_shared_in){.protocol = POLICY_PROTOCOL,
                              .abi_version = ROADLOOM_POLICY_ABI,
                              .observation_size = sizeof(roadloom_observation),
                              .action_size = sizeof(roadloom_action),
                              .observation_at = policy_shared_observation_at(),
                              .route_at = policy_shared_route_at(),
                              .log_at = policy_shared_log_at(),
                              .action_at = POLICY_GUARD,
                              .sensors_at = p->sensors ? policy_shared_sensors_at() : 0};
  return STATUS_OK;
}

status cluster_policy_open(cluster_policy **out, const char *what, double timeout_s,
                           uint64_t sensors, trouble *why) {
  cluster_policy *p = *out = calloc(1, sizeof *p);
  if (!p)
    return trouble_set(why, STATUS_MEMORY, "no memory for a policy");
  p->in_fd = p->out_fd = p->commands = p->answers = -1;
  p->kind = cluster_policy_kind_of(what);
  p->timeout_s = timeout_s;
  p->sensors = sensors;
  snprintf(p->what, sizeof p->what, "%s", what);
  status result = STATUS_OK;
  if (p->kind != POLICY_BUILT_IN) {
    result = share_memory(p, why);
  } else if (sensors) {
    result = trouble_set(why, STATUS_RANGE, "--sensors: %s drives without any", what);
  } else {
    roadloom_policy_config config = {sizeof config, ROADLOOM_POLICY_ABI, 1, ""};
    p->table = sim_policy_find(what);
    p->own_seen = calloc(1, sizeof *p->own_seen);
    if (!p->own_seen || p->table->create(&p->state, &config))
      result = trouble_set(why, STATUS_MEMORY, "no memory for the policy %s", what);
  }
  if (result) {
    cluster_policy_close(p);
    *out = NULL;
  }
  return result;
}

static void close_fd(int *fd) {
  if (*fd >= 0)
    close(*fd);
  *fd = -1;
}

void cluster_policy_forget(cluster_policy *p) {
  if (p->pid > 0) {
    kill(-p->pid, SIGKILL);
    kill(p->pid, SIGKILL);
    waitpid(p->pid, NULL, 0);
  }
  p->pid = 0;
  p->pending_size = 0;
  close_fd(&p->commands);
  close_fd(&p->answers);
}

void cluster_policy_close(cluster_policy *p) {
  if (!p)
    return;
  cluster_policy_forget(p);
  if (p->table && p->state)
    p->table->destroy(p->state);
  if (p->in)
    munmap(p->in, policy_shared_in_size(p->sensors));
  if (p->out)
    munmap(p->out, policy_shared_out_size());
  close_fd(&p->in_fd);
  close_fd(&p->out_fd);
  free(p->own_seen);
  free(p);
}

// ---- the process ----

// Closes all files of the worker's that a policy has no business with: what a library wrote into
// them would harm the job.
static void close_others(const int *kept, int count) {
  unsigned from = STDERR_FILENO + 1;
  for (;;) {
    unsigned next = ~0u;
    for (int i = 0; i < count; i++)
      if ((unsigned)kept[i] >= from && (unsigned)kept[i] < next)
        next = (unsigned)kept[i];
    if (next > from && close_range(from, next - 1, 0) < 0)
      for (unsigned fd = from; fd < next && fd < FILES_MOST; fd++) // before Linux 5.9
        close((int)fd);
    if (next == ~0u)
      return;
    from = next + 1;
  }
}

static void run_child(const cluster_policy *p, int commands, int answers, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(1);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  dup2(STDERR_FILENO, STDOUT_FILENO); // what it prints isn't ours
  int nothing = open("/dev/null", O_RDONLY);
  if (nothing >= 0)
    dup2(nothing, STDIN_FILENO);
  close_others((int[]){p->in_fd, p->out_fd, commands, answers}, 4);
  // What the policy only reads it can't map for writing either.
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", p->in_fd);
  int readable = open(path, O_RDONLY);
  if (readable < 0 || dup2(readable, p->in_fd) < 0)
    _exit(1);
  close(readable);
  if (p->kind == POLICY_LIBRARY)
    _exit(cluster_policy_child(p->what, p->in_fd, p->out_fd, commands, answers));
  char fds[64], command[POLICY_COMMAND + 8];
  snprintf(fds, sizeof fds, "%d %d %d %d", p->in_fd, p->out_fd, commands, answers);
  snprintf(command, sizeof command, "exec %s", p->what);
  if (setenv(POLICY_FDS, fds, 1) == 0)
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
  _exit(127);
}

// How a process that hung up ended.
static void describe_end(cluster_policy *p, char *text) {
  int wait_status = 0;
  pid_t got = 0;
  for (int i = 0; i < 100 && got == 0; i++) { // it has closed its pipe: its end is near
    got = waitpid(p->pid, &wait_status, WNOHANG);
    if (got == 0)
      usleep(10000);
  }
  if (got != p->pid) {
    snprintf(text, POLICY_TEXT, "its process hung up");
    return;
  }
  p->pid = 0;
  if (WIFSIGNALED(wait_status))
    snprintf(text, POLICY_TEXT, "its process died of signal %d (%s)", WTERMSIG(wait_status),
             strsignal(WTERMSIG(wait_status)));
  else
    snprintf(text, POLICY_TEXT, "its process ended with exit code %d", WEXITSTATUS(wait_status));
}

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// The next line of its answers, without newline.
static sim_end hear(cluster_policy *p, char line[ANSWER], char *text) {
  double until = seconds_now() + p->timeout_s;
  for (;;) {
    char *newline = memchr(p->pending, '\n', p->pending_size);
    if (newline) {
      size_t length = (size_t)(newline - p->pending);
      memcpy(line, p->pending, length);
      line[length] = 0;
      p->pending_size -= length + 1;
      memmove(p->pending, newline + 1, p->pending_size);
      return SIM_END_OPEN;
    }
    if (p->pending_size == sizeof p->pending) {
      snprintf(text, POLICY_TEXT, "its answer is longer than %d bytes", ANSWER - 1);
      return SIM_END_SHAPE;
    }
    double left = until - seconds_now();
    struct pollfd polled = {.fd = p->answers, .events = POLLIN};
    int ready = left > 0 ? poll(&polled, 1, (int)(left * 1000) + 1) : 0;
    if (ready < 0 && errno == EINTR)
      continue;
    if (ready <= 0) {
      snprintf(text, POLICY_TEXT, "no answer in %g s", p->timeout_s);
      return SIM_END_HUNG;
    }
    ssize_t got =
        read(p->answers, p->pending + p->pending_size, sizeof p->pending - p->pending_size);
    if (got <= 0) {
      describe_end(p, text);
      return SIM_END_DIED;
    }
    p->pending_size += (size_t)got;
  }
}

// Text of a policy's as others may see it: UTF-8 without control characters.
static void clean(char *text) {
  utf8_clean(text, false);
  if (utf8_wrong_line(text))
    for (char *c = text; *c; c++)
      if ((unsigned char)*c > 127)
        *c = '?';
}

// How an answer ends the episode; "ok" doesn't.
static sim_end judge(const char *line, char *text) {
  if (strcmp(line, "ok") == 0)
    return SIM_END_OPEN;
  if (strncmp(line, "error ", 6) == 0)
    snprintf(text, POLICY_TEXT, "%s", line + 6);
  else
    snprintf(text, POLICY_TEXT, "its answer is '%.60s', not 'ok' or 'error …'", line);
  clean(text);
  return SIM_END_DIED;
}

static sim_end say(cluster_policy *p, const char *line, char *text) {
  char answer[ANSWER];
  size_t length = strlen(line);
  struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
  sigaction(SIGPIPE, &ignore, &before);
  bool sent = write(p->commands, line, length) == (ssize_t)length;
  sigaction(SIGPIPE, &before, NULL);
  if (!sent) {
    describe_end(p, text);
    return SIM_END_DIED;
  }
  sim_end end = hear(p, answer, text);
  return end ? end : judge(answer, text);
}

static sim_end start(cluster_policy *p, char *text) {
  int down[2], up[2];
  char answer[ANSWER];
  if (p->pid > 0)
    return SIM_END_OPEN;
  if (pipe(down) < 0) {
    snprintf(text, POLICY_TEXT, "no pipe for it: %s", strerror(errno));
    return SIM_END_JOB;
  }
  if (pipe(up) < 0) {
    close(down[0]);
    close(down[1]);
    snprintf(text, POLICY_TEXT, "no pipe for it: %s", strerror(errno));
    return SIM_END_JOB;
  }
  pid_t parent = getpid();
  p->pid = fork();
  if (p->pid == 0) {
    close(down[1]);
    close(up[0]);
    run_child(p, down[0], up[1], parent);
  }
  close(down[0]);
  close(up[1]);
  p->commands = down[1];
  p->answers = up[0];
  if (p->pid < 0) {
    p->pid = 0;
    cluster_policy_forget(p);
    snprintf(text, POLICY_TEXT, "no process for it: %s", strerror(errno));
    return SIM_END_JOB;
  }
  sim_end end = hear(p, answer, text);
  unsigned capabilities = 0;
  if (!end && strncmp(answer, "error ", 6) == 0) {
    end = judge(answer, text);
  } else if (!end && sscanf(answer, "ready %u", &capabilities) != 1) {
    snprintf(text, POLICY_TEXT, "its first answer is '%.60s', not 'ready 0 NAME'", answer);
    clean(text);
    end = SIM_END_DIED;
  }
  p->wants_log = capabilities & ROADLOOM_POLICY_WANTS_LOG;
  if (!end && !(capabilities & ROADLOOM_POLICY_SENSES) != !p->sensors) {
    snprintf(text, POLICY_TEXT, "%s",
             p->sensors
                 ? "it looks at no sensors (ROADLOOM_POLICY_SENSES), but --sensors names some"
                 : "it drives with sensors: name them by --sensors");
    end = SIM_END_DIED;
  }
  if (end)
    cluster_policy_forget(p);
  return end;
}

status cluster_policy_try(const char *what, double timeout_s, uint64_t sensors, trouble *why) {
  cluster_policy *p;
  char text[POLICY_TEXT] = "";
  status result = cluster_policy_open(&p, what, timeout_s, sensors, why);
  if (result)
    return result;
  sim_end end = p->kind == POLICY_BUILT_IN ? SIM_END_OPEN : start(p, text);
  cluster_policy_close(p);
  if (!end)
    return STATUS_OK;
  return trouble_set(why, end == SIM_END_JOB ? STATUS_LIMIT : STATUS_NOT_FOUND,
                     "--policy '%.150s' doesn't get ready: %s", what, text);
}

// ---- asking ----

bool cluster_policy_wants_log(cluster_policy *p, sim_end *end, char *text) {
  *end = SIM_END_OPEN;
  if (p->kind == POLICY_BUILT_IN)
    return p->table->capabilities & ROADLOOM_POLICY_WANTS_LOG;
  *end = start(p, text);
  return !*end && p->wants_log;
}

static void share_route(cluster_policy *p, uint64_t seed, const roadloom_route *route) {
  unsigned char *base = (unsigned char *)p->in;
  uint32_t count = route->count < POLICY_ROUTE_MOST ? route->count : POLICY_ROUTE_MOST;
  uint32_t logs = route->log_count < POLICY_ROUTE_MOST ? route->log_count : POLICY_ROUTE_MOST;
  memcpy(base + policy_shared_route_at(), route->points, count * sizeof *route->points);
  if (logs)
    memcpy(base + policy_shared_log_at(), route->log, logs * sizeof *route->log);
  p->in->seed = seed;
  p->in->route_count = count;
  p->in->log_count = logs;
  p->in->goal_m = route->goal_m;
  p->in->duration_s = route->duration_s;
}

sim_end cluster_policy_reset(cluster_policy *p, uint64_t seed, const roadloom_route *route,
                             char *text) {
  if (p->kind == POLICY_BUILT_IN) {
    if (p->table->reset(p->state, 0, seed, route) == 0)
      return SIM_END_OPEN;
    snprintf(text, POLICY_TEXT, "its reset failed");
    return SIM_END_DIED;
  }
  sim_end end = start(p, text);
  if (end)
    return end;
  share_route(p, seed, route);
  end = say(p, "reset\n", text);
  if (end)
    cluster_policy_forget(p);
  return end;
}

roadloom_observation *cluster_policy_seen(cluster_policy *p) {
  if (p->kind == POLICY_BUILT_IN)
    return p->own_seen;
  return (roadloom_observation *)(void *)((unsigned char *)p->in + policy_shared_observation_at());
}

roadloom_sensors *cluster_policy_sensed(cluster_policy *p) {
  if (!p->sensors)
    return NULL;
  return (roadloom_sensors *)(void *)((unsigned char *)p->in + policy_shared_sensors_at());
}

static bool canaries_live(const cluster_policy *p) {
  size_t end = POLICY_GUARD + sizeof(roadloom_action), size = policy_shared_out_size();
  for (size_t k = 0; k < POLICY_GUARD; k++)
    if (p->out[k] != POLICY_CANARY)
      return false;
  for (size_t k = end; k < size; k++)
    if (p->out[k] != POLICY_CANARY)
      return false;
  return true;
}

sim_end cluster_policy_step(cluster_policy *p, roadloom_action *action, char *text) {
  *action = (roadloom_action){.struct_size = sizeof *action};
  if (p->kind == POLICY_BUILT_IN) {
    if (p->table->step_batch(p->state, 1, p->own_seen, action) == 0)
      return SIM_END_OPEN;
    snprintf(text, POLICY_TEXT, "its step_batch failed");
    return SIM_END_DIED;
  }
  if (p->pid <= 0) {
    snprintf(text, POLICY_TEXT, "its process is gone");
    return SIM_END_DIED;
  }
  memset(p->out, POLICY_CANARY, policy_shared_out_size());
  memcpy(p->out + POLICY_GUARD, action, sizeof *action);
  sim_end end = say(p, "step\n", text);
  if (!end && !canaries_live(p)) {
    snprintf(text, POLICY_TEXT, "it wrote outside its action");
    end = SIM_END_OVERRUN;
  }
  memcpy(action, p->out + POLICY_GUARD, sizeof *action);
  if (end)
    cluster_policy_forget(p);
  return end;
}
