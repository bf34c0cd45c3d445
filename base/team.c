// SPDX-License-Identifier: Apache-2.0
#include "base/team.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// Jobs follow each other within microseconds: who waits looks so many times before it sleeps.
enum { LOOKS = 4000 };

struct team {
  int members, started;
  pthread_t threads[TEAM_MOST];
  pthread_mutex_t lock;
  pthread_cond_t begun, ended;
  _Atomic unsigned job; // number of the last one begun
  _Atomic int busy;     // members at work on it, the caller not among them
  atomic_bool over;
  team_work *work; // of the job; written before its number is
  void *context;
};

typedef struct member {
  team *team;
  int part;
} member;

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

static unsigned wait_for_job(team *t, unsigned seen) {
  for (int k = 0; k < LOOKS; k++) {
    unsigned job = atomic_load_explicit(&t->job, memory_order_acquire);
    if (job != seen)
      return job;
    relax();
  }
  pthread_mutex_lock(&t->lock);
  while (atomic_load_explicit(&t->job, memory_order_acquire) == seen)
    pthread_cond_wait(&t->begun, &t->lock);
  pthread_mutex_unlock(&t->lock);
  return atomic_load_explicit(&t->job, memory_order_acquire);
}

static void *serve(void *argument) {
  member me = *(member *)argument;
  free(argument);
  team *t = me.team;
  for (unsigned seen = 0;;) {
    seen = wait_for_job(t, seen);
    if (atomic_load(&t->over))
      return NULL;
    t->work(t->context, me.part, t->members);
    if (atomic_fetch_sub_explicit(&t->busy, 1, memory_order_acq_rel) == 1) {
      pthread_mutex_lock(&t->lock);
      pthread_cond_signal(&t->ended);
      pthread_mutex_unlock(&t->lock);
    }
  }
}

static void begin(team *t) {
  pthread_mutex_lock(&t->lock);
  atomic_fetch_add_explicit(&t->job, 1, memory_order_acq_rel);
  pthread_cond_broadcast(&t->begun);
  pthread_mutex_unlock(&t->lock);
}

status team_create(team **out, int members, trouble *why) {
  *out = NULL;
  if (members < 1 || members > TEAM_MOST)
    return trouble_set(why, STATUS_RANGE, "%d threads are outside 1..%d", members, TEAM_MOST);
  team *t = calloc(1, sizeof *t);
  if (!t)
    return trouble_set(why, STATUS_MEMORY, "memory ran out for %d threads", members);
  t->members = members;
  pthread_mutex_init(&t->lock, NULL);
  pthread_cond_init(&t->begun, NULL);
  pthread_cond_init(&t->ended, NULL);
  for (int k = 1; k < members; k++) {
    member *m = malloc(sizeof *m);
    int error = 0;
    if (m) {
      *m = (member){t, k};
      error = pthread_create(&t->threads[t->started], NULL, serve, m);
    }
    if (!m || error) {
      free(m);
      team_destroy(t);
      return trouble_set(why, m ? STATUS_LIMIT : STATUS_MEMORY, "thread %d of %d can't start: %s",
                         k + 1, members, m ? strerror(error) : "memory ran out");
    }
    t->started++;
  }
  *out = t;
  return STATUS_OK;
}

void team_destroy(team *t) {
  if (!t)
    return;
  atomic_store(&t->over, true);
  begin(t);
  for (int k = 0; k < t->started; k++)
    pthread_join(t->threads[k], NULL);
  pthread_cond_destroy(&t->ended);
  pthread_cond_destroy(&t->begun);
  pthread_mutex_destroy(&t->lock);
  free(t);
}

int team_members(const team *t) {
  return t->members;
}

void team_run(team *t, team_work *work, void *context) {
  t->work = work;
  t->context = context;
  if (t->started > 0) {
    atomic_store_explicit(&t->busy, t->started, memory_order_release);
    begin(t);
  }
  work(context, 0, t->members);
  if (t->started == 0)
    return;
  for (int k = 0; k < LOOKS; k++) {
    if (atomic_load_explicit(&t->busy, memory_order_acquire) == 0)
      return;
    relax();
  }
  pthread_mutex_lock(&t->lock);
  while (atomic_load_explicit(&t->busy, memory_order_acquire) > 0)
    pthread_cond_wait(&t->ended, &t->lock);
  pthread_mutex_unlock(&t->lock);
}
