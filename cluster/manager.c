// SPDX-License-Identifier: Apache-2.0
#include "cluster/manager.h"

#include <stdlib.h>

typedef struct unit_row {
  uint8_t state, failures, stage;
  bool checking;       // leased to be checked, not made
  int16_t holders;     // ranks that have it
  int32_t rank[2];     // -1: none
  int32_t failed_rank; // the last that failed at it, -1 none
  double since_s;      // when first leased
} unit_row;

struct cluster_manager {
  int unit_count, rank_count;
  int counts[UNIT_STATE_COUNT];
  int ranks_left;
  int first_todo, first_check; // no unit below is TODO (CHECK)
  bool staged;                 // some unit has a stage
  uint32_t serial;
  double seconds; // sum over finished leases
  int finished;
  unit_row *units; // (unit_count)
  bool *retired;   // (rank_count)
};

status cluster_manager_create(cluster_manager **out, int units, int ranks, trouble *why) {
  cluster_manager *m = calloc(1, sizeof *m);
  *out = m;
  if (m) {
    m->units = calloc((size_t)units + 1, sizeof *m->units);
    m->retired = calloc((size_t)ranks, sizeof *m->retired);
  }
  if (!m || !m->units || !m->retired) {
    cluster_manager_destroy(m);
    *out = NULL;
    return trouble_set(why, STATUS_MEMORY, "no memory for the state of %d shards", units);
  }
  m->unit_count = units;
  m->rank_count = m->ranks_left = ranks;
  m->counts[UNIT_TODO] = units;
  for (int i = 0; i < units; i++)
    m->units[i] = (unit_row){.state = UNIT_TODO, .rank = {-1, -1}, .failed_rank = -1};
  return STATUS_OK;
}

void cluster_manager_destroy(cluster_manager *m) {
  if (!m)
    return;
  free(m->units);
  free(m->retired);
  free(m);
}

static void set_state(cluster_manager *m, int unit, cluster_unit_state state) {
  m->counts[m->units[unit].state]--;
  m->counts[state]++;
  m->units[unit].state = (uint8_t)state;
}

void cluster_manager_mark(cluster_manager *m, int unit, cluster_unit_state state) {
  set_state(m, unit, state);
}

void cluster_manager_stage(cluster_manager *m, int unit, int stage) {
  m->units[unit].stage = (uint8_t)stage;
  m->staged = m->staged || stage > 0;
}

cluster_unit_state cluster_manager_state(const cluster_manager *m, int unit) {
  return (cluster_unit_state)m->units[unit].state;
}

int cluster_manager_count(const cluster_manager *m, cluster_unit_state state) {
  return m->counts[state];
}

int cluster_manager_failures(const cluster_manager *m, int unit) {
  return m->units[unit].failures;
}

bool cluster_manager_finished(const cluster_manager *m) {
  return m->counts[UNIT_TODO] + m->counts[UNIT_CHECK] + m->counts[UNIT_LEASED] == 0;
}

static int first_check(cluster_manager *m) {
  while (m->first_check < m->unit_count && m->units[m->first_check].state != UNIT_CHECK)
    m->first_check++;
  return m->first_check < m->unit_count ? m->first_check : -1;
}

// The lowest stage that isn't over.
static int open_stage(const cluster_manager *m) {
  int lowest = UINT8_MAX;
  for (int i = 0; m->staged && i < m->unit_count; i++) {
    uint8_t state = m->units[i].state;
    if ((state == UNIT_TODO || state == UNIT_CHECK || state == UNIT_LEASED) &&
        m->units[i].stage < lowest)
      lowest = m->units[i].stage;
  }
  return lowest;
}

// Units that came back have the lower numbers, so they come first. One before its
// last try goes to another rank: another device may do what this one can't.
static int first_todo(cluster_manager *m, int rank) {
  while (m->first_todo < m->unit_count && m->units[m->first_todo].state != UNIT_TODO)
    m->first_todo++;
  int stage = open_stage(m);
  for (int i = m->first_todo; i < m->unit_count; i++) {
    const unit_row *row = &m->units[i];
    bool elsewhere =
        row->failures == MANAGER_TRIES - 1 && row->failed_rank == rank && m->ranks_left > 1;
    if (row->state == UNIT_TODO && row->stage <= stage && !elsewhere)
      return i;
  }
  return -1;
}

static int latest(const cluster_manager *m, int rank, double now_s, double late_s) {
  double mean = m->finished ? m->seconds / m->finished : late_s;
  double limit = 2 * mean > late_s ? 2 * mean : late_s;
  int best = -1;
  for (int i = 0; i < m->unit_count; i++) {
    const unit_row *row = &m->units[i];
    if (row->state == UNIT_LEASED && !row->checking && row->holders == 1 && row->rank[0] != rank &&
        now_s - row->since_s > limit && (best < 0 || row->since_s < m->units[best].since_s))
      best = i;
  }
  return best;
}

static void hold(unit_row *row, int rank) {
  row->rank[row->rank[0] < 0 ? 0 : 1] = rank;
  row->holders++;
}

// Forgets that a rank has a unit; rank[0] is used first.
static void drop(unit_row *row, int rank) {
  if (row->rank[1] == rank) {
    row->rank[1] = -1;
  } else if (row->rank[0] == rank) {
    row->rank[0] = row->rank[1];
    row->rank[1] = -1;
  } else {
    return;
  }
  row->holders--;
}

bool cluster_manager_lease(cluster_manager *m, int rank, double now_s, double late_s,
                           cluster_lease *out) {
  if (m->retired[rank])
    return false;
  bool second = false;
  int unit = first_check(m);
  bool check = unit >= 0;
  if (!check)
    unit = first_todo(m, rank);
  if (unit < 0 && (m->counts[UNIT_TODO] == 0 || m->staged)) {
    unit = latest(m, rank, now_s, late_s);
    second = unit >= 0;
  }
  if (unit < 0)
    return false;
  unit_row *row = &m->units[unit];
  if (!second) {
    set_state(m, unit, UNIT_LEASED);
    row->since_s = now_s;
    row->checking = check;
  }
  hold(row, rank);
  *out = (cluster_lease){.unit = unit, .try = ++m->serial, .check = row->checking};
  return true;
}

int cluster_manager_done(cluster_manager *m, int rank, int unit, double now_s) {
  unit_row *row = &m->units[unit];
  drop(row, rank);
  if (row->state == UNIT_LEASED) {
    m->seconds += now_s - row->since_s;
    m->finished++;
  }
  if (row->state != UNIT_DONE)
    set_state(m, unit, UNIT_DONE);
  return row->rank[0];
}

static void put_back(cluster_manager *m, int unit, cluster_unit_state state) {
  set_state(m, unit, state);
  int *first = state == UNIT_CHECK ? &m->first_check : &m->first_todo;
  if (unit < *first)
    *first = unit;
}

void cluster_manager_returned(cluster_manager *m, int rank, int unit) {
  unit_row *row = &m->units[unit];
  drop(row, rank);
  if (row->state == UNIT_LEASED && row->holders == 0)
    put_back(m, unit, row->checking ? UNIT_CHECK : UNIT_TODO);
}

void cluster_manager_damaged(cluster_manager *m, int rank, int unit) {
  m->units[unit].checking = false;
  cluster_manager_returned(m, rank, unit);
}

bool cluster_manager_failed(cluster_manager *m, int rank, int unit, bool final) {
  unit_row *row = &m->units[unit];
  drop(row, rank);
  if (row->state != UNIT_LEASED)
    return false;
  row->failures = (uint8_t)(row->failures + 1);
  row->failed_rank = rank;
  if (row->holders > 0)
    return false; // the other one may still make it
  if (final || row->failures >= MANAGER_TRIES) {
    set_state(m, unit, UNIT_QUARANTINED);
    return true;
  }
  put_back(m, unit, row->checking ? UNIT_CHECK : UNIT_TODO);
  return false;
}

bool cluster_manager_retire(cluster_manager *m, int rank) {
  if (!m->retired[rank]) {
    m->retired[rank] = true;
    m->ranks_left--;
  }
  for (int i = 0; i < m->unit_count; i++)
    if (m->units[i].state == UNIT_LEASED &&
        (m->units[i].rank[0] == rank || m->units[i].rank[1] == rank))
      cluster_manager_returned(m, rank, i);
  return m->ranks_left == 0;
}
