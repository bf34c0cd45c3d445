// SPDX-License-Identifier: Apache-2.0
#include "cluster/spawner.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SPAWNER_CHILDREN = 64 };

typedef enum order_kind { ORDER_SPAWN, ORDER_KILL } order_kind;

typedef struct order {
  int kind, worker;
} order;

typedef struct children {
  struct {
    pid_t pid; // 0: free
    int worker;
  } rows[SPAWNER_CHILDREN];
  cluster_worker_main run;
  void *context;
  int control, signals;
} children;

// A terminal's Ctrl-C reaches every process of the group: only supervisors answer it.
static void ignore_stop_signals(void) {
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  signal(SIGUSR2, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
}

static void allow_all_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

// ---- the spawner's side ----

static void report(const children *all, int worker, int wait_status) {
  cluster_exit gone = {.worker = worker, .wait_status = wait_status};
  while (send(all->control, &gone, sizeof gone, MSG_NOSIGNAL) < 0 && errno == EINTR)
    ;
}

static void start_child(children *all, int worker, int fd) {
  int row = 0;
  while (row < SPAWNER_CHILDREN && all->rows[row].pid)
    row++;
  pid_t parent = getpid();
  pid_t pid = row < SPAWNER_CHILDREN ? fork() : -1;
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      _exit(1);
    close(all->control);
    close(all->signals);
    allow_all_signals();
    _exit(all->run(fd, all->context));
  }
  close(fd);
  if (pid < 0) {
    report(all, worker, 127 << 8);
    return;
  }
  all->rows[row].pid = pid;
  all->rows[row].worker = worker;
}

static void reap(children *all) {
  int wait_status;
  pid_t pid;
  while ((pid = waitpid(-1, &wait_status, WNOHANG)) > 0)
    for (int i = 0; i < SPAWNER_CHILDREN; i++)
      if (all->rows[i].pid == pid) {
        report(all, all->rows[i].worker, wait_status);
        all->rows[i].pid = 0;
      }
}

// 1: an order, 0: none, -1: the supervisor is gone.
static int take_order(const children *all, order *out, int *fd) {
  char room[CMSG_SPACE(sizeof(int))];
  struct iovec part = {.iov_base = out, .iov_len = sizeof *out};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  ssize_t got = recvmsg(all->control, &message, MSG_CMSG_CLOEXEC);
  if (got < 0 && (errno == EINTR || errno == EAGAIN))
    return 0;
  if (got != (ssize_t)sizeof *out)
    return -1;
  *fd = -1;
  const struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  if (head && head->cmsg_type == SCM_RIGHTS)
    memcpy(fd, CMSG_DATA(head), sizeof *fd);
  return 1;
}

static void kill_children(const children *all, int worker) {
  for (int i = 0; i < SPAWNER_CHILDREN; i++)
    if (all->rows[i].pid && (worker < 0 || all->rows[i].worker == worker))
      kill(all->rows[i].pid, SIGKILL);
}

static void spawner_loop(children *all) {
  struct pollfd polled[2] = {{.fd = all->control, .events = POLLIN},
                             {.fd = all->signals, .events = POLLIN}};
  for (;;) {
    if (poll(polled, 2, -1) < 0 && errno != EINTR)
      break;
    if (polled[1].revents) {
      struct signalfd_siginfo info;
      ssize_t got = read(all->signals, &info, sizeof info);
      (void)got; // that something ended is all it says
      reap(all);
    }
    if (polled[0].revents) {
      order wanted;
      int fd, got = take_order(all, &wanted, &fd);
      if (got < 0)
        break;
      if (got > 0 && wanted.kind == ORDER_SPAWN && fd >= 0)
        start_child(all, wanted.worker, fd);
      else if (got > 0 && wanted.kind == ORDER_KILL)
        kill_children(all, wanted.worker);
    }
  }
  kill_children(all, -1);
  while (wait(NULL) > 0 || errno == EINTR)
    ;
}

// ---- the supervisor's side ----

status cluster_spawner_start(cluster_spawner *out, cluster_worker_main run, void *context,
                             trouble *why) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
    return trouble_set(why, STATUS_IO, "no socket for workers: %s", strerror(errno));
  pid_t parent = getpid(), pid = fork();
  if (pid < 0) {
    close(ends[0]);
    close(ends[1]);
    return trouble_set(why, STATUS_IO, "cannot start a process: %s", strerror(errno));
  }
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      _exit(1);
    close(ends[0]);
    ignore_stop_signals();
    sigset_t ended;
    sigemptyset(&ended);
    sigaddset(&ended, SIGCHLD);
    sigprocmask(SIG_SETMASK, &ended, NULL);
    children all = {.run = run, .context = context, .control = ends[1]};
    all.signals = signalfd(-1, &ended, SFD_CLOEXEC);
    spawner_loop(&all);
    _exit(0);
  }
  close(ends[1]);
  *out = (cluster_spawner){.control = ends[0], .pid = pid};
  return STATUS_OK;
}

status cluster_spawner_spawn(cluster_spawner *spawner, int worker, int *fd, trouble *why) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
    return trouble_set(why, STATUS_IO, "no socket for a worker: %s", strerror(errno));
  order wanted = {.kind = ORDER_SPAWN, .worker = worker};
  char room[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec part = {.iov_base = &wanted, .iov_len = sizeof wanted};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(head), &ends[1], sizeof(int));
  ssize_t sent = sendmsg(spawner->control, &message, MSG_NOSIGNAL);
  close(ends[1]);
  if (sent < 0) {
    close(ends[0]);
    return trouble_set(why, STATUS_IO, "the process that starts workers is gone");
  }
  *fd = ends[0];
  return STATUS_OK;
}

void cluster_spawner_kill(cluster_spawner *spawner, int worker) {
  order wanted = {.kind = ORDER_KILL, .worker = worker};
  ssize_t sent = send(spawner->control, &wanted, sizeof wanted, MSG_NOSIGNAL);
  (void)sent; // a spawner that is gone has taken its workers along
}

bool cluster_spawner_exit(cluster_spawner *spawner, cluster_exit *out) {
  return recv(spawner->control, out, sizeof *out, MSG_DONTWAIT) == (ssize_t)sizeof *out;
}

void cluster_spawner_stop(cluster_spawner *spawner) {
  if (spawner->pid <= 0)
    return;
  close(spawner->control);
  while (waitpid(spawner->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  spawner->pid = 0;
}
