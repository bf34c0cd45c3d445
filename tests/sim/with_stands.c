// SPDX-License-Identifier: Apache-2.0
#include "with_stands.h"

#include <math.h>
#include <stdlib.h>

static const double STANDS_MPS = 0.1;
static const double END_M = 2;     // from the ego's front, at most, to its lane's end
static const double BEHIND_M = 10; // bumper to bumper
static const double FILLS_M = 10;  // an exit up to where a tail has less room behind it
static const double LINE_M = 10;   // before a junction, from the front

void stands_begin(stand_watch *w, const scene *s) {
  *w = (stand_watch){.of = s, .stand_s = calloc((size_t)s->id_count + 1, sizeof *w->stand_s)};
}

void stands_end(stand_watch *w) {
  free(w->stand_s);
  free(w->excused);
  free(w->queue);
  *w = (stand_watch){0};
}

static const lane_path *lane_of(const stand_watch *w, const sim_actor *a) {
  return a->lane ? &w->of->roads.paths[a->lane - 1] : NULL;
}

static bool leads_to(const road_network *net, const lane_path *from, int lane) {
  for (int k = 0; k < from->next_count; k++)
    if (net->lane_links[from->next_first + k] == lane)
      return true;
  return false;
}

// Whether `b` stands close behind `a`, on its lane or on one that leads there.
static bool close_behind(const stand_watch *w, const sim_actor *b, const sim_actor *a) {
  const lane_path *own = lane_of(w, b), *ahead = lane_of(w, a);
  double way = a->lane_s_m - b->lane_s_m;
  if (own != ahead && !leads_to(&w->of->roads, own, ahead->id))
    return false;
  if (own != ahead)
    way += own->length_m;
  double gap = way - (a->size_m[0] + b->size_m[0]) / 2;
  return way > 0 && gap < BEHIND_M;
}

// Whether `b` stands at the line of a junction that `a` stands in, or before a lane of it that ends
// in the one that `a` fills.
static bool at_line(const stand_watch *w, const sim_actor *b, const sim_actor *a) {
  const road_network *net = &w->of->roads;
  const lane_path *own = lane_of(w, b), *other = lane_of(w, a);
  if (own->length_m - b->lane_s_m - b->size_m[0] / 2 > LINE_M)
    return false;
  bool fills = !other->junction && a->lane_s_m - a->size_m[0] / 2 < FILLS_M;
  for (int k = 0; k < own->next_count; k++) {
    const lane_path *through = &net->paths[net->lane_links[own->next_first + k] - 1];
    if (through->junction &&
        (through->junction == other->junction || (fills && leads_to(net, through, other->id))))
      return true;
  }
  return false;
}

static bool waits_at_end(const stand_watch *w, const sim_actor *a) {
  const lane_path *lane = lane_of(w, a);
  return w->of->vehicle_count > 0 && a->id == w->of->vehicles[w->of->ego].id &&
         a->speed_mps < STANDS_MPS && lane && lane->next_count == 0 &&
         lane->length_m - a->lane_s_m - a->size_m[0] / 2 < END_M;
}

static bool stands(const sim_actor *a) {
  return !thing_walks(a->kind) && a->lane && a->speed_mps < STANDS_MPS;
}

static void excuse(stand_watch *w, const sim_snapshot *shot) {
  if (shot->actor_count > w->capacity) {
    w->capacity = shot->actor_count;
    w->excused = realloc(w->excused, (size_t)w->capacity * sizeof *w->excused);
    w->queue = realloc(w->queue, (size_t)w->capacity * sizeof *w->queue);
  }
  int count = 0;
  for (int i = 0; i < shot->actor_count; i++)
    if ((w->excused[i] = waits_at_end(w, &shot->actors[i])))
      w->queue[count++] = i;
  for (int done = 0; done < count; done++) {
    const sim_actor *a = &shot->actors[w->queue[done]];
    for (int i = 0; i < shot->actor_count; i++) {
      const sim_actor *b = &shot->actors[i];
      if (w->excused[i] || !stands(b) || !(close_behind(w, b, a) || at_line(w, b, a)))
        continue;
      w->excused[i] = true;
      w->queue[count++] = i;
    }
  }
}

void stands_see(stand_watch *w, const sim_snapshot *shot) {
  double frame_s = 1 / w->of->frame_hz;
  excuse(w, shot);
  for (int i = 0; i < shot->actor_count; i++) {
    const sim_actor *a = &shot->actors[i];
    if (thing_walks(a->kind))
      continue;
    w->vehicle_s += frame_s;
    double *stand = &w->stand_s[a->id];
    if (w->excused[i])
      continue;
    w->judged_s += frame_s;
    *stand = a->speed_mps < STANDS_MPS ? *stand + frame_s : 0;
    if (*stand > w->longest_s)
      w->longest_s = *stand, w->who = a->id, w->where = a->lane;
  }
}
