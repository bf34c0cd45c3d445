// SPDX-License-Identifier: Apache-2.0
#include "sim/faults.h"

#include <string.h>

static const double OFF_ROAD_M = 0.3, WRONG_WAY_S = 1;

typedef struct list {
  sim_fault *of;
  int count, most;
} list;

const char *sim_fault_text(sim_fault_kind kind) {
  static const char *const texts[SIM_FAULT_KINDS] = {
      "collision, its fault", "collision, not its fault", "ran a red light",
      "ran a stop sign",      "left the drivable area",   "drove against its lane"};
  return kind >= 0 && kind < SIM_FAULT_KINDS ? texts[kind] : "?";
}

// Makes room for a graver fault than one of those there: the mildest kind's last one goes.
static bool make_room(list *to, sim_fault_kind kind) {
  int mildest = -1;
  for (int i = 0; i < to->count; i++)
    if (mildest < 0 || to->of[i].kind >= to->of[mildest].kind)
      mildest = i;
  if (mildest < 0 || to->of[mildest].kind <= kind)
    return false;
  to->count--;
  memmove(&to->of[mildest], &to->of[mildest + 1], sizeof *to->of * (size_t)(to->count - mildest));
  return true;
}

// NULL: graver ones have taken all the room.
static sim_fault *add(list *to, int frame, sim_fault_kind kind) {
  if (to->count == to->most && !make_room(to, kind))
    return NULL;
  sim_fault *it = &to->of[to->count++];
  *it = (sim_fault){.frame = frame, .kind = kind};
  return it;
}

static void add_contacts(list *to, const sim_episode *e, const sim_contacts *c, int frame) {
  for (int i = c->frame_first[frame]; i < c->frame_first[frame + 1]; i++) {
    const sim_contact *it = &c->all[i];
    if (!it->first)
      continue;
    sim_fault *made = add(to, frame, it->at_fault ? SIM_FAULT_CRASH : SIM_FAULT_HIT);
    if (!made)
      continue;
    made->who = it->who >= 0 ? e->actor_id[it->who] : e->object_id[-1 - it->who];
    made->kind_of_who = (thing_kind)it->kind;
  }
}

static bool is_off(const sim_episode *e, int frame) {
  return e->outside_m[frame] >= OFF_ROAD_M;
}

// Whether it heads against its lane from that frame on for long enough.
static bool turns_wrong(const sim_episode *e, int frame) {
  int last = frame + (int)(WRONG_WAY_S / e->step_s + 0.5);
  if (last >= e->count || (frame > 0 && e->ego_marks[frame - 1] & SIM_EGO_WRONG_WAY))
    return false;
  for (int k = frame; k <= last; k++)
    if (!(e->ego_marks[k] & SIM_EGO_WRONG_WAY))
      return false;
  return true;
}

int sim_faults_find(const sim_episode *e, const sim_scores *scores, sim_fault *out, int most) {
  list found = {.of = out, .most = most};
  for (int k = 0; k < e->count; k++) {
    add_contacts(&found, e, &scores->contacts, k);
    if (e->ego_marks[k] & SIM_EGO_PASSED_RED)
      add(&found, k, SIM_FAULT_RED);
    if (e->ego_marks[k] & SIM_EGO_PASSED_STOP)
      add(&found, k, SIM_FAULT_STOP);
    if (is_off(e, k) && !(k > 0 && is_off(e, k - 1)))
      add(&found, k, SIM_FAULT_OFF_ROAD);
    if (turns_wrong(e, k))
      add(&found, k, SIM_FAULT_WRONG_WAY);
  }
  return found.count;
}
