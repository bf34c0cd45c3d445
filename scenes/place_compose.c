// SPDX-License-Identifier: Apache-2.0
// Several places in one: each is built by itself, turned and shifted so that one of its open
// ends lies opposite an open end of what is there, and joined to that by a road.
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/compose.h"
#include "scenes/fields.h"
#include "scenes/place.h"
#include "scenes/road_works.h"

static const double APART_M = 25;      // between two parts' roads
static const double JOINT_APART_M = 4; // between a joining road and any other
static const double MOST_BEND_RAD = 0.6;
static const double SHUFFLE = 1.6; // how far a draw goes against the likeness of two ends
enum { ENTITY_SHIFT = 26, STREAM_JOINT = 0xC7, BENDS = 7, GRID_WAYS_OUT = 4 };

typedef struct composer {
  road_builder *b;
  const compose_def *def;
  compose_room room; // of all that is there
  int end_count;
  compose_end ends[COMPOSE_ENDS]; // that are still open
  int end_part[COMPOSE_ENDS];     // by end: index of its part
} composer;

// Each part has a stream of its own: that of its number.
static rng stream_of(const rng *r, int part) {
  rng own = *r;
  own.entity ^= (uint32_t)part << ENTITY_SHIFT;
  return own;
}

// What a part says of itself by road.FIELD is road.NUMBER.PLACE.FIELD here.
static status refuse_part(int number, place_kind kind, status got, const trouble *said,
                          trouble *why) {
  static const char own[] = "road.";
  size_t skip = strncmp(said->text, own, strlen(own)) == 0 ? strlen(own) : 0;
  if (!skip)
    return trouble_set(why, got, "%s", said->text);
  return trouble_set(why, got, "road.%d.%s.%s", number, place_name((int)kind), said->text + skip);
}

static status build_part(road_builder *b, const compose_def *def, int index, const rng *r,
                         trouble *why) {
  compose_part part = def->parts[index];
  rng own = stream_of(r, index);
  trouble said = {0};
  if (part.kind >= PLACE_COMPOSE)
    return trouble_set(why, STATUS_RANGE, "road.%d: %s can't be a part", index + 1,
                       place_name((int)part.kind));
  // A city by itself has no way out.
  if (part.kind == PLACE_GRID_CITY && part.of.grid_city.ways_out == 0)
    part.of.grid_city.ways_out = GRID_WAYS_OUT;
  place_ref of = {part.kind, &part.of};
  rng works = own; // as for a place by itself
  works.entity ^= 1u << 29;
  status got = place_lay(b, of, false, &own, &said);
  if (got == STATUS_OK)
    road_works_add(b, place_work_zones(of), &works);
  return got == STATUS_OK ? got : refuse_part(index + 1, part.kind, got, &said, why);
}

// Land ---------------------------------------------------------------------------

static bool is_hilly(const road_network *net) {
  for (int i = 0; i < net->elevation_count; i++) {
    const road_poly3 *p = &net->elevations[i];
    if (p->a != 0 || p->b != 0 || p->c != 0 || p->d != 0)
      return true;
  }
  return net->land.terrain.wave_count > 0;
}

// The part's box in its own frame, and its terrain, moved.
static land_region region_of(const road_network *net, const road_motion *by) {
  double x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    for (double s = 0, step = fmax(1, r->length_m / 64); s <= r->length_m; s += step) {
      road_place at = road_line_at(net, r, s);
      x0 = fmin(x0, at.x_m), x1 = fmax(x1, at.x_m);
      y0 = fmin(y0, at.y_m), y1 = fmax(y1, at.y_m);
    }
  }
  vec3 middle = road_motion_point(by, (vec3){(x0 + x1) / 2, (y0 + y1) / 2, 0});
  return (land_region){.x_m = middle.x,
                       .y_m = middle.y,
                       .heading_rad = by->heading_rad,
                       .half_length_m = (x1 - x0) / 2,
                       .half_width_m = (y1 - y0) / 2,
                       .terrain = road_motion_terrain(by, &net->land.terrain)};
}

// Ends ---------------------------------------------------------------------------

static void add_ends(composer *c, int part, int first_road) {
  compose_end found[COMPOSE_ENDS];
  int count = compose_ends_find(&c->b->net, first_road, found, &c->b->failed);
  for (int i = 0; i < count && c->end_count < COMPOSE_ENDS; i++) {
    c->end_part[c->end_count] = part;
    c->ends[c->end_count++] = found[i];
  }
}

// Small where two ends are alike, so that the joining road has little to change, and of main roads.
static double unlike(const compose_end *a, const compose_end *b) {
  double sum = 0.5 * (int)(a->class > b->class ? a->class : b->class);
  for (int side = 0; side < 2; side++) {
    sum += 0.4 * abs(a->driven[side] - b->driven[1 - side]);
    sum += 0.4 * (a->kerbed[side] != b->kerbed[1 - side]);
    sum += 0.8 * (a->ridden[side] != b->ridden[1 - side]);
  }
  return sum;
}

typedef struct candidate {
  int end, own; // of what is there, of the part
  double score;
} candidate;

static int by_score(const void *a, const void *b) {
  const candidate *x = a, *y = b;
  if (x->score != y->score)
    return x->score < y->score ? -1 : 1;
  return x->end != y->end ? x->end - y->end : x->own - y->own;
}

// Placing ------------------------------------------------------------------------

// The motion that brings an end of a part where a joining road lands.
static road_motion motion_to(const compose_end *own, const road_place *lands, double z) {
  road_motion by = {.z_m = z - own->z_m,
                    .heading_rad = angle_wrap(lands->heading_rad - own->at.heading_rad)};
  vec3 p = road_motion_point(&by, (vec3){own->at.x_m, own->at.y_m, 0});
  by.x_m = lands->x_m - p.x;
  by.y_m = lands->y_m - p.y;
  return by;
}

static bool fits(composer *c, const compose_room *part, const road_motion *by,
                 const compose_joint *joint, const compose_end *end, const road_place *lands) {
  compose_room moved = compose_room_moved(part, by), way = {0};
  compose_room_add_joint(&way, joint);
  bool fit = compose_room_apart(&moved, &c->room, APART_M, NULL) &&
             compose_room_apart(&way, &c->room, JOINT_APART_M, &end->at) &&
             compose_room_apart(&way, &moved, JOINT_APART_M, lands);
  c->room.failed |= moved.failed || way.failed;
  compose_room_free(&moved);
  compose_room_free(&way);
  return fit;
}

static void take_end(composer *c, int index) {
  c->end_count--;
  for (int i = index; i < c->end_count; i++) {
    c->ends[i] = c->ends[i + 1];
    c->end_part[i] = c->end_part[i + 1];
  }
}

static void put(composer *c, const road_builder *part, int index, const road_motion *by) {
  road_network *net = &c->b->net;
  int first = net->road_count + 1;
  road_builder_append(c->b, part, by, index + 1);
  if (c->b->failed)
    return;
  assert(index < LAND_REGIONS);
  net->land.regions[net->land.region_count++] = region_of(&part->net, by);
  compose_room_add(&c->room, net, first);
  add_ends(c, index, first);
}

// Adds the part by a joining road from an end, and that road.
static void join(composer *c, const road_builder *part, int index, const road_motion *by,
                 const compose_joint *joint, int end, const compose_end *own) {
  road_network *net = &c->b->net;
  compose_end from = c->ends[end];
  int other = c->end_part[end], before = net->road_count;
  take_end(c, end);
  put(c, part, index, by);
  for (int i = 0; i < c->end_count; i++)
    if (c->ends[i].road == own->road + before && c->ends[i].at_end == own->at_end) {
      take_end(c, i);
      break;
    }
  int first = net->road_count + 1;
  compose_joint_build(c->b, joint, from.road, from.at_end, own->road + before, own->at_end);
  if (c->b->failed || !ARRAY_RESERVE(net->parts, c->b->part_capacity, net->part_count + 1)) {
    c->b->failed = true;
    return;
  }
  net->parts[net->part_count++] = (road_part){.part = index + 1,
                                              .joins = other + 1,
                                              .road_first = first,
                                              .road_count = net->road_count - first + 1,
                                              .junction_first = net->junction_count + 1};
  compose_room_add(&c->room, net, first);
}

// Finds the part a place: the most alike ends first, as far as a draw lets them.
static bool place_part(composer *c, const road_builder *part, int index, rng *r) {
  compose_end own[COMPOSE_ENDS];
  int own_count = compose_ends_find(&part->net, 1, own, &c->b->failed), count = 0;
  candidate *all = malloc(sizeof *all * ((size_t)c->end_count * (size_t)own_count + 1));
  double drawn = rng_uniform(r, -MOST_BEND_RAD, MOST_BEND_RAD);
  const double bends[BENDS] = {
      drawn, -drawn, 0, -MOST_BEND_RAD, MOST_BEND_RAD, -MOST_BEND_RAD / 2, MOST_BEND_RAD / 2};
  compose_room room = {0};
  compose_room_add(&room, &part->net, 1);
  c->b->failed |= !all || room.failed;
  for (int i = 0; i < c->end_count && all; i++)
    for (int k = 0; k < own_count; k++) {
      double score = unlike(&c->ends[i], &own[k]) + rng_uniform(r, 0, SHUFFLE);
      all[count++] = (candidate){i, k, score};
    }
  if (all)
    qsort(all, (size_t)count, sizeof *all, by_score);
  bool done = false;
  for (int i = 0; i < count * BENDS && !done && !c->b->failed; i++) {
    const candidate *at = &all[i / BENDS];
    compose_joint joint;
    road_place lands;
    double z;
    compose_joint_plan(&joint, &c->ends[at->end], &own[at->own], c->def->gap_m, bends[i % BENDS],
                       &lands, &z);
    road_motion by = motion_to(&own[at->own], &lands, z);
    done = fits(c, &room, &by, &joint, &c->ends[at->end], &lands);
    if (done)
      join(c, part, index, &by, &joint, at->end, &own[at->own]);
    c->b->failed |= c->room.failed;
  }
  compose_room_free(&room);
  free(all);
  return done;
}

static status add_part(composer *c, int index, const rng *r, bool *hilly, trouble *why) {
  road_builder part = {0};
  place_kind kind = c->def->parts[index].kind;
  compose_end ends[COMPOSE_ENDS];
  status got = build_part(&part, c->def, index, r, why);
  if (got != STATUS_OK)
    goto done;
  *hilly |= is_hilly(&part.net);
  rng draws = stream_of(r, index);
  draws.entity ^= STREAM_JOINT;
  if (compose_ends_find(&part.net, 1, ends, &c->b->failed) == 0)
    got = trouble_set(why, STATUS_RANGE,
                      "road.%d: this %s has no open end that could be joined to another part",
                      index + 1, place_name((int)kind));
  else if (index == 0)
    put(c, &part, 0, &(road_motion){0});
  else if (!place_part(c, &part, index, &draws) && !c->b->failed)
    got = trouble_set(why, STATUS_RANGE,
                      "road.%d: no open end of the parts before leaves this %s room; smaller "
                      "parts, a longer road.gap_m or another order would do",
                      index + 1, place_name((int)kind));
  if (got == STATUS_OK && (c->b->failed || part.failed))
    got = trouble_set(why, STATUS_MEMORY, "memory ran out while joining places");
done:
  road_builder_free(&part);
  return got;
}

status place_compose(road_builder *b, const compose_def *def, rng *r, trouble *why) {
  if (def->part_count < 1)
    return trouble_set(why, STATUS_RANGE,
                       "road.1: compose has no parts; write compose { town {}, rural {} }");
  composer *c = calloc(1, sizeof *c);
  if (!c)
    return trouble_set(why, STATUS_MEMORY, "memory ran out while joining places");
  c->b = b;
  c->def = def;
  bool hilly = false;
  status got = STATUS_OK;
  for (int i = 0; i < def->part_count && got == STATUS_OK; i++)
    got = add_part(c, i, r, &hilly, why);
  if (!hilly) // all of it is as level as a place by itself
    b->net.land.region_count = 0;
  compose_room_free(&c->room);
  free(c);
  return got;
}
