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
// Posts of a prop: so far apart, of their radius, which is at least and at most so much.
static const double ROW_SHARE = 1.4, ROW_LEAST_M = 0.12, ROW_MOST_M = 1;

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

// A prop is a row of posts, or several side by side, of its lesser side's size.
typedef struct prop_posts {
  sim_box box;
  double radius_m;
  int along, across;
} prop_posts;

static int row_of(double half_m, double radius_m) {
  return half_m > radius_m ? 1 + (int)ceil(2 * (half_m - radius_m) / (ROW_SHARE * radius_m)) : 1;
}

static prop_posts posts_of(const scene_thing *prop) {
  prop_posts p = {.box = sim_prop_box(prop)};
  double least = least_of(p.box.half_length_m, p.box.half_width_m);
  p.radius_m = least_of(ROW_MOST_M, most_of(ROW_LEAST_M, least));
  p.along = row_of(p.box.half_length_m, p.radius_m);
  p.across = row_of(p.box.half_width_m, p.radius_m);
  return p;
}

static double place_in_row(int k, int count, double half_m, double radius_m) {
  return count == 1 ? 0 : (2.0 * k / (count - 1) - 1) * (half_m - radius_m);
}

static vec3 post_of(const prop_posts *p, int k) {
  const sim_box *b = &p->box;
  double along = place_in_row(k % p->along, p->along, b->half_length_m, p->radius_m);
  double across = place_in_row(k / p->along, p->across, b->half_width_m, p->radius_m);
  return (vec3){b->x_m + along * b->ahead_x - across * b->ahead_y,
                b->y_m + along * b->ahead_y + across * b->ahead_x, p->radius_m};
}

static bool is_prop(const scene_thing *thing) {
  return thing->body && !thing_moves(thing->kind);
}

// A pass over all posts: counts those of each cell, or puts them in from its end.
static void sort_post(sim_world *w, vec3 at, bool put) {
  int *first = &w->post_cell_first[cell_of(w, cell_along(at.x), cell_along(at.y))];
  if (put)
    w->posts[--*first] = at;
  else
    ++*first;
}

static void sort_posts(sim_world *w, bool put) {
  const scene *s = w->scene;
  for (int n = s->prop_count - 1; n >= 0; n--) {
    prop_posts p = posts_of(&s->props[n]);
    for (int k = p.along * p.across - 1; k >= 0; k--)
      sort_post(w, post_of(&p, k), put);
  }
  for (int i = s->thing_count - 1; i >= 0; i--) {
    double radius = is_prop(&s->things[i]) ? 0 : post_radius(&s->things[i]);
    vec3 at = s->things[i].at.p_m;
    if (radius > 0)
      sort_post(w, (vec3){at.x, at.y, radius}, put);
  }
}

bool sim_posts_create(sim_world *w) {
  const scene *s = w->scene;
  int most = s->thing_count;
  for (int n = 0; n < s->prop_count; n++) {
    prop_posts p = posts_of(&s->props[n]);
    most += p.along * p.across;
  }
  w->cell_count = 64;
  while (w->cell_count < 2 * (s->person_count + most))
    w->cell_count *= 2;
  int *first = w->post_cell_first = ARENA_NEW(w->memory, int, w->cell_count + 1);
  w->cell_head = ARENA_NEW(w->memory, int, w->cell_count);
  w->cell_next = ARENA_NEW(w->memory, int, s->person_count);
  w->people.cell = ARENA_NEW(w->memory, int, s->person_count);
  w->people.moved_in = ARENA_NEW(w->memory, uint32_t, w->cell_count);
  if (!w->people.cell || !w->people.moved_in)
    return false;
  w->posts = ARENA_NEW(w->memory, vec3, most);
  if (!first || !w->cell_head || !w->cell_next || !w->posts)
    return false;
  // Counting sort by cell: count, sum up, fill each cell from its end.
  sort_posts(w, false);
  for (int c = 0; c < w->cell_count; c++)
    first[c + 1] += first[c];
  sort_posts(w, true);
  w->post_count = first[w->cell_count];
  return true;
}
