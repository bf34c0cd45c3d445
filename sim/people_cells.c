// SPDX-License-Identifier: Apache-2.0
// Who and what is near: people and posts by square cells of the ground, hashed into lists.
#include "base/least.h"
#include "sim/state.h"

#include <math.h>

static const double CELL_M = SIM_SEE_M;

static int cell_of(const sim_world *w, long cx, long cy) {
  uint64_t h = (uint64_t)cx * 0x9E3779B97F4A7C15u + (uint64_t)cy * 0xC2B2AE3D27D4EB4Fu;
  return (int)((h >> 40) & (uint64_t)(w->cell_count - 1));
}

static long cell_along(double at_m) {
  return (long)floor(at_m / CELL_M);
}

int sim_people_cell(const sim_world *w, double x_m, double y_m) {
  return cell_of(w, cell_along(x_m), cell_along(y_m));
}

void sim_people_sort(sim_world *w) {
  if (w->people.count == 0)
    return;
  for (int c = 0; c < w->cell_count; c++)
    w->cell_head[c] = -1;
  for (int i = w->people.count - 1; i >= 0; i--) {
    int c = cell_of(w, cell_along(w->people.x_m[i]), cell_along(w->people.y_m[i]));
    w->cell_next[i] = w->cell_head[c];
    w->cell_head[c] = i;
    w->people.cell[i] = c;
  }
}

int sim_people_buckets(const sim_world *w, double x_m, double y_m, int out[SIM_BUCKETS]) {
  long cx = cell_along(x_m), cy = cell_along(y_m);
  int count = 0;
  for (long dy = -1; dy <= 1; dy++)
    for (long dx = -1; dx <= 1; dx++) {
      int c = cell_of(w, cx + dx, cy + dy);
      bool again = false; // two cells may share a list
      for (int k = 0; k < count; k++)
        again = again || out[k] == c;
      if (!again)
        out[count++] = c;
    }
  return count;
}

// Radius to walk around a thing; 0 for what isn't in the way.
static double post_radius(const scene_thing *thing) {
  switch (thing->kind) {
  case THING_TREE:
    return 0.25; // its trunk
  case THING_LAMP:
  case THING_POLE:
  case THING_BUS_STOP:
    return 0.12; // its pole
  case THING_BIN:
  case THING_HYDRANT:
  case THING_BOLLARD:
  case THING_DELINEATOR:
  case THING_CONE:
    return least_of(0.5, most_of(thing->size_m[0], thing->size_m[1]) / 2);
  case THING_BENCH:
  case THING_BUSH:
  case THING_BARRIER:
    return least_of(0.9, most_of(thing->size_m[0], thing->size_m[1]) / 2);
  default:
    return 0;
  }
}

bool sim_posts_create(sim_world *w) {
  const scene *s = w->scene;
  w->cell_count = 64;
  while (w->cell_count < 2 * (s->person_count + s->thing_count))
    w->cell_count *= 2;
  int *first = w->post_cell_first = ARENA_NEW(w->memory, int, w->cell_count + 1);
  w->cell_head = ARENA_NEW(w->memory, int, w->cell_count);
  w->cell_next = ARENA_NEW(w->memory, int, s->person_count);
  w->people.cell = ARENA_NEW(w->memory, int, s->person_count);
  w->people.moved_in = ARENA_NEW(w->memory, uint32_t, w->cell_count);
  if (!w->people.cell || !w->people.moved_in)
    return false;
  w->posts = ARENA_NEW(w->memory, vec3, s->thing_count);
  if (!first || !w->cell_head || !w->cell_next || !w->posts)
    return false;
  // Counting sort by cell: count, sum up, fill each cell from its end.
  for (int pass = 0; pass < 2; pass++) {
    for (int i = s->thing_count - 1; i >= 0; i--) {
      double radius = post_radius(&s->things[i]);
      if (radius <= 0)
        continue;
      vec3 at = s->things[i].at.p_m;
      int c = cell_of(w, cell_along(at.x), cell_along(at.y));
      if (pass == 0)
        first[c]++;
      else
        w->posts[--first[c]] = (vec3){at.x, at.y, radius};
    }
    if (pass == 0)
      for (int c = 0; c < w->cell_count; c++)
        first[c + 1] += first[c];
  }
  w->post_count = first[w->cell_count];
  return true;
}
