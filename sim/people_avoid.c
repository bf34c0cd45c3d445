// SPDX-License-Identifier: Apache-2.0
// How people keep out of each other's way: they see where another will be when they
// meet and step aside, when in doubt to the side that traffic keeps to (Moussaïd et
// al. 2011's idea of anticipation), push off when too near, and walk round posts.
#include "base/least.h"
#include "sim/state.h"

#include <math.h>

static const double CELL_M = 3.0;
static const double BODY_M = 0.3; // radius
static const double SEE_M = 3.0, SEE_S = 3.0;
static const double AIR_M = 0.2;

static int cell_of(const sim_world *w, long cx, long cy) {
  uint64_t h = (uint64_t)cx * 0x9E3779B97F4A7C15u + (uint64_t)cy * 0xC2B2AE3D27D4EB4Fu;
  return (int)((h >> 40) & (uint64_t)(w->cell_count - 1));
}

static long cell_along(double at_m) {
  return (long)floor(at_m / CELL_M);
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
  }
}

// What one walker makes of the things around it.
typedef struct evasion {
  double x, y, fx, fy; // own place, way ahead
  double speed;        // wanted
  double doubt;        // the side to step to when in doubt, left positive
  double left;         // sideways velocity wanted, left positive
  double slow;         // factor on the speed
  double push_x, push_y;
} evasion;

// Something of radius `body` at (x, y) that moves with (vx, vy).
static void evade(evasion *e, double x, double y, double vx, double vy, double body) {
  double rx = x - e->x, ry = y - e->y;
  double apart2 = rx * rx + ry * ry;
  if (apart2 > SEE_M * SEE_M)
    return;
  double apart = sqrt(apart2), reach = BODY_M + body;
  if (apart < reach && apart > 1e-6) {
    double push = 1.5 * (reach - apart) / reach / apart;
    e->push_x -= rx * push;
    e->push_y -= ry * push;
  }
  double ahead = rx * e->fx + ry * e->fy, side = ry * e->fx - rx * e->fy;
  double closing = e->speed - (vx * e->fx + vy * e->fy);
  if (ahead < 0 || closing < 0.05)
    return;
  double t = most_of(0, ahead - reach) / closing;
  if (t > SEE_S)
    return;
  double side_then = side + (vy * e->fx - vx * e->fy) * t;
  double room = reach + AIR_M - fabs(side_then);
  if (room > 0) {
    double strength = 1.3 * room * (1 - t / SEE_S);
    e->left += side_then * e->doubt > 0.08 ? -e->doubt * strength : e->doubt * strength;
  }
  if (ahead < reach + 0.6 && fabs(side) < reach * 0.8)
    e->slow = least_of(e->slow, most_of(0, (ahead - 0.7 * reach) / 0.6));
}

void sim_people_avoid(const sim_world *w, int person, double ahead_x, double ahead_y,
                      double speed_mps, double *vx_mps, double *vy_mps) {
  const sim_people *people = &w->people;
  evasion e = {.x = people->x_m[person],
               .y = people->y_m[person],
               .fx = ahead_x,
               .fy = ahead_y,
               .speed = speed_mps,
               .doubt = w->net->left_hand ? 1 : -1,
               .slow = 1};
  long cx = cell_along(e.x), cy = cell_along(e.y);
  int seen[9], seen_count = 0;
  for (long dy = -1; dy <= 1; dy++) {
    for (long dx = -1; dx <= 1; dx++) {
      int c = cell_of(w, cx + dx, cy + dy);
      bool again = false; // two cells may share a bucket
      for (int k = 0; k < seen_count; k++)
        again = again || seen[k] == c;
      if (again)
        continue;
      seen[seen_count++] = c;
      for (int j = w->cell_head[c]; j >= 0; j = w->cell_next[j])
        if (j != person)
          evade(&e, people->x_m[j], people->y_m[j], people->vx_mps[j], people->vy_mps[j], BODY_M);
      for (int k = w->post_cell_first[c]; k < w->post_cell_first[c + 1]; k++)
        evade(&e, w->posts[k].x, w->posts[k].y, 0, 0, w->posts[k].z);
    }
  }
  double left = most_of(-0.8, least_of(0.8, e.left));
  if (speed_mps < 0.1)
    left = 0; // who waits stays put
  double forward = speed_mps * e.slow;
  *vx_mps = forward * e.fx - left * e.fy + e.push_x;
  *vy_mps = forward * e.fy + left * e.fx + e.push_y;
  double speed = sqrt(*vx_mps * *vx_mps + *vy_mps * *vy_mps), most = most_of(0.5, 1.3 * speed_mps);
  if (speed > most) {
    *vx_mps *= most / speed;
    *vy_mps *= most / speed;
  }
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
