// SPDX-License-Identifier: Apache-2.0
#include "export/birdseye.h"

#include <math.h>

#include "scenes/road_model.h"

static const colour land = {233, 236, 228}, house = {207, 203, 198}, leaves = {199, 219, 190};
static const colour pavement = {218, 217, 212}, asphalt = {134, 139, 147}, paint = {244, 245, 246};
static const colour yellow = {236, 196, 70}, way_ahead = {70, 168, 96}, trail = {116, 178, 255};
static const colour own = {24, 92, 214}, vehicle = {52, 57, 66}, on_foot = {244, 140, 30};
static const colour still = {98, 102, 110}, red = {214, 40, 40}, white = {255, 255, 255};
static const double STEP_M = 2.0, LINE_M = 0.22;

status birdseye_create(birdseye *out, const scene *s, trouble *why) {
  out->scene = s;
  status result = shard_map_build(&out->map, s, why);
  if (result)
    birdseye_free(out);
  return result;
}

void birdseye_free(birdseye *b) {
  shard_map_free(&b->map);
}

// ---- shapes ----

void birdseye_place(const canvas *to, const birdseye_view *view, double x, double y,
                    double out[2]) {
  out[0] = to->width / 2.0 + (x - view->x_m) * view->scale;
  out[1] = to->height / 2.0 - (y - view->y_m) * view->scale;
}

// Whether something within reach_m of a place may be in the picture.
static bool is_near(const canvas *to, const birdseye_view *view, double x, double y,
                    double reach_m) {
  double half = reach_m + hypot(to->width, to->height) / 2 / view->scale;
  return hypot(x - view->x_m, y - view->y_m) < half;
}

// A line of that width between two places, at least `least_px` wide.
static void band(canvas *to, const birdseye_view *view, const double a[2], const double b[2],
                 double width_m, double least_px, colour with, double alpha) {
  double p[2], q[2];
  if (!is_near(to, view, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2, hypot(b[0] - a[0], b[1] - a[1])))
    return;
  birdseye_place(to, view, a[0], a[1], p);
  birdseye_place(to, view, b[0], b[1], q);
  double dx = q[0] - p[0], dy = q[1] - p[1], length = hypot(dx, dy);
  double half = fmax(width_m * view->scale, least_px) / 2;
  if (!(length > 0))
    return;
  double nx = -dy / length * half, ny = dx / length * half;
  const double corners[4][2] = {{p[0] + nx, p[1] + ny},
                                {q[0] + nx, q[1] + ny},
                                {q[0] - nx, q[1] - ny},
                                {p[0] - nx, p[1] - ny}};
  canvas_polygon(to, corners, 4, with, alpha);
}

static void disc(canvas *to, const double at[2], double radius_px, colour with, double alpha) {
  enum { SIDES = 24 };
  double corners[SIDES][2];
  for (int i = 0; i < SIDES; i++) {
    double a = 2 * 3.14159265358979323846 * i / SIDES;
    corners[i][0] = at[0] + radius_px * cos(a);
    corners[i][1] = at[1] + radius_px * sin(a);
  }
  canvas_polygon(to, (const double(*)[2])corners, SIDES, with, alpha);
}

void birdseye_ring(canvas *to, const birdseye_view *view, double x_m, double y_m, double radius_px,
                   double thick_px, colour with) {
  enum { SIDES = 48 };
  double at[2];
  birdseye_place(to, view, x_m, y_m, at);
  for (int i = 0; i < SIDES; i++) {
    double a = 2 * 3.14159265358979323846 * i / SIDES,
           b = 2 * 3.14159265358979323846 * (i + 1) / SIDES;
    double in = radius_px - thick_px;
    const double corners[4][2] = {{at[0] + radius_px * cos(a), at[1] + radius_px * sin(a)},
                                  {at[0] + radius_px * cos(b), at[1] + radius_px * sin(b)},
                                  {at[0] + in * cos(b), at[1] + in * sin(b)},
                                  {at[0] + in * cos(a), at[1] + in * sin(a)}};
    canvas_polygon(to, corners, 4, with, 1);
  }
}

// A box whose front is a little pointed, so that one sees where it looks; grown by edge_px.
static void body(canvas *to, const birdseye_view *view, const double at[2], const double ahead[2],
                 double length_m, double width_m, double edge_px, double nose, colour with) {
  double middle[2], half = fmax(length_m * view->scale, 4) / 2 + edge_px;
  double side = fmax(width_m * view->scale, 4) / 2 + edge_px;
  birdseye_place(to, view, at[0], at[1], middle);
  const double own_corners[6][2] = {
      {-half, side},        {half - nose * side, side},  {half, side * 0.45},
      {half, -side * 0.45}, {half - nose * side, -side}, {-half, -side}};
  double corners[6][2];
  for (int k = 0; k < 6; k++) {
    double x = own_corners[k][0], y = own_corners[k][1];
    corners[k][0] = middle[0] + x * ahead[0] - y * ahead[1];
    corners[k][1] = middle[1] - x * ahead[1] - y * ahead[0];
  }
  canvas_polygon(to, (const double(*)[2])corners, 6, with, 1);
}

// ---- the ground ----

static void draw_thing(canvas *to, const birdseye_view *view, const scene_thing *it) {
  const vec3 p = it->at.p_m;
  double l = it->size_m[0] / 2, w = it->size_m[1] / 2;
  if (!is_near(to, view, p.x, p.y, hypot(l, w)))
    return;
  double corners[4][2];
  const vec3 each[4] = {{l, w, 0}, {-l, w, 0}, {-l, -w, 0}, {l, -w, 0}};
  for (int k = 0; k < 4; k++) {
    vec3 c = pose_apply(it->at, each[k]);
    birdseye_place(to, view, c.x, c.y, corners[k]);
  }
  if (it->kind == THING_BUILDING) {
    canvas_polygon(to, (const double(*)[2])corners, 4, house, 1);
  } else if (it->kind == THING_TREE || it->kind == THING_BUSH) {
    double at[2];
    birdseye_place(to, view, p.x, p.y, at);
    disc(to, at, fmax(l, w) * view->scale, leaves, 1);
  }
}

// From the outermost border on one side to that on the other, as far as vehicles may drive.
static bool span(const road_network *net, const road *r, int section, double s_m, double t[2]) {
  const road_section *of = &net->sections[r->section_first + section];
  t[0] = INFINITY, t[1] = -INFINITY;
  for (int l = 0; l < of->lane_count; l++) {
    const road_lane *lane = &net->lanes[of->lane_first + l];
    bool driven = lane->id == 0 || lane->type == LANE_DRIVING || lane->type == LANE_SHOULDER ||
                  lane->type == LANE_PARKING || lane->type == LANE_BIKING;
    double at = driven ? road_lane_outer_t(net, r, section, lane->id, s_m) : NAN;
    t[0] = fmin(t[0], at);
    t[1] = fmax(t[1], at);
  }
  return t[1] - t[0] > 0.1;
}

static void draw_road(canvas *to, const birdseye_view *view, const road_network *net,
                      const road *r) {
  for (int k = 0; k < r->section_count; k++) {
    const road_section *first = &net->sections[r->section_first];
    double begin = first[k].s_m, end = k + 1 < r->section_count ? first[k + 1].s_m : r->length_m;
    int steps = (int)fmax(1, ceil((end - begin) / STEP_M));
    double last[2][2] = {{0}};
    bool had = false;
    for (int i = 0; i <= steps; i++) {
      double s = begin + (end - begin) * i / steps, t[2];
      if (i == steps)
        s = fmax(begin, s - 1e-6); // still of this section
      vec3 on = road_pose(net, r, s, 0).p_m;
      if (!is_near(to, view, on.x, on.y, 40) || !span(net, r, k, s, t)) {
        had = false;
        continue;
      }
      double now[2][2];
      for (int side = 0; side < 2; side++) {
        vec3 p = road_pose(net, r, s, t[side]).p_m;
        birdseye_place(to, view, p.x, p.y, now[side]);
      }
      const double quad[4][2] = {{last[0][0], last[0][1]},
                                 {last[1][0], last[1][1]},
                                 {now[1][0], now[1][1]},
                                 {now[0][0], now[0][1]}};
      if (had)
        canvas_polygon(to, quad, 4, asphalt, 1);
      for (int side = 0; side < 2; side++)
        for (int c = 0; c < 2; c++)
          last[side][c] = now[side][c];
      had = true;
    }
  }
}

static void draw_junction(canvas *to, const birdseye_view *view, const road_network *net,
                          const road_junction *j) {
  enum { CORNERS = 512 };
  double corners[CORNERS][2];
  int count = j->outline_count < CORNERS ? j->outline_count : CORNERS;
  if (count < 3 || !is_near(to, view, j->x_m, j->y_m, j->radius_m + 20))
    return;
  for (int k = 0; k < count; k++) {
    const road_point *p = &net->points[j->outline_first + k];
    birdseye_place(to, view, p->x_m, p->y_m, corners[k]);
  }
  canvas_polygon(to, (const double(*)[2])corners, count, asphalt, 1);
}

// The points of a line of the map; how many.
static int points_of(const shard_map *map, int line, const shard_map_points_row **first) {
  uint64_t begin = line > 0 ? map->line_ends[line - 1] : 0;
  *first = map->points + begin;
  return (int)(map->line_ends[line] - begin);
}

static void draw_line(canvas *to, const birdseye_view *view, const shard_map *map, int line,
                      double width_m, double least_px, bool dashed, colour with) {
  const shard_map_points_row *p;
  int count = points_of(map, line, &p);
  for (int k = 0; k + 1 < count; k++) {
    const double a[2] = {p[k].x[0], p[k].y[0]}, b[2] = {p[k + 1].x[0], p[k + 1].y[0]};
    if (!dashed || k % 4 < 2)
      band(to, view, a, b, width_m, least_px, with, 1);
  }
}

static void draw_zebra(canvas *to, const birdseye_view *view, const shard_map *map, int line) {
  const shard_map_points_row *p;
  if (points_of(map, line, &p) < 4 || !is_near(to, view, p[0].x[0], p[0].y[0], 40))
    return;
  // Bars lie along the road, side by side from the right kerb (0, 1) to the left one (3, 2).
  int bars = (int)fmax(2, hypot(p[3].x[0] - p[0].x[0], p[3].y[0] - p[0].y[0]) / 1.0);
  for (int k = 0; k < bars; k++) {
    double u = (k + 0.5) / bars;
    const double a[2] = {p[0].x[0] + u * (p[3].x[0] - p[0].x[0]),
                         p[0].y[0] + u * (p[3].y[0] - p[0].y[0])};
    const double b[2] = {p[1].x[0] + u * (p[2].x[0] - p[1].x[0]),
                         p[1].y[0] + u * (p[2].y[0] - p[1].y[0])};
    band(to, view, a, b, 0.5, 0, paint, 1);
  }
}

void birdseye_ground(const birdseye *b, canvas *to, const birdseye_view *view) {
  const scene *s = b->scene;
  const road_network *net = &s->roads;
  const shard_map *map = &b->map;
  canvas_fill(to, 0, 0, to->width, to->height, land);
  for (int i = 0; i < s->thing_count; i++)
    draw_thing(to, view, &s->things[i]);
  for (int i = 0; i < map->line_count; i++)
    if (map->lines[i].kind[0] == SHARD_LINE_WALKWAY)
      draw_line(to, view, map, i, map->lines[i].width[0], 0, false, pavement);
  for (int i = 0; i < net->junction_count; i++)
    draw_junction(to, view, net, &net->junctions[i]);
  for (int i = 0; i < net->road_count; i++) // those of junctions, too: some have no outline
    draw_road(to, view, net, &net->roads[i]);
  for (int i = 0; i < map->line_count; i++) {
    const shard_map_lines_row *line = &map->lines[i];
    if (line->kind[0] == SHARD_LINE_CROSSWALK)
      draw_zebra(to, view, map, i);
    else if (line->kind[0] == SHARD_LINE_STOP ||
             (line->kind[0] == SHARD_LINE_BORDER && line->mark[0] != MARK_NONE))
      draw_line(to, view, map, i, line->kind[0] == SHARD_LINE_STOP ? 0.4 : LINE_M, 0,
                line->mark[0] == MARK_BROKEN, line->yellow[0] ? yellow : paint);
  }
}

// ---- an episode ----

void birdseye_route(canvas *to, const birdseye_view *view, const sim_episode *e) {
  for (int k = 0; k + 1 < e->route_count; k++) {
    const double a[2] = {e->route_x_m[k], e->route_y_m[k]};
    const double b[2] = {e->route_x_m[k + 1], e->route_y_m[k + 1]};
    if (e->route_s_m[k + 1] >= e->route_begin_m && e->route_s_m[k] <= e->route_goal_m)
      band(to, view, a, b, 0.35, 3, way_ahead, 0.9);
  }
}

void birdseye_way(canvas *to, const birdseye_view *view, const sim_episode *e, int from,
                  int until) {
  for (int k = from > 0 ? from : 0; k < until && k + 1 < e->count; k++) {
    const double a[2] = {e->ego_x_m[k], e->ego_y_m[k]};
    const double b[2] = {e->ego_x_m[k + 1], e->ego_y_m[k + 1]};
    band(to, view, a, b, 0.5, 5, trail, 1);
  }
}

static bool is_on_foot(thing_kind kind) {
  return thing_walks(kind) || kind == THING_BICYCLE || kind == THING_DEER;
}

static void draw_signals(const birdseye *b, canvas *to, const birdseye_view *view,
                         const sim_episode *e, int at_frame) {
  static const colour lamps[] = {[SIGNAL_RED] = {226, 38, 38},
                                 [SIGNAL_RED_YELLOW] = {240, 120, 30},
                                 [SIGNAL_GREEN] = {40, 176, 80},
                                 [SIGNAL_YELLOW] = {244, 190, 40}};
  for (int i = 0; i < b->map.line_count; i++) {
    const shard_map_lines_row *line = &b->map.lines[i];
    int signal = (int)line->signal[0];
    if (line->kind[0] != SHARD_LINE_STOP || signal < 1 || signal > e->signal_count)
      continue;
    unsigned shows = e->signals[sim_episode_signal_row(e, at_frame) + (size_t)signal - 1];
    if (shows >= SIGNAL_RED && shows <= SIGNAL_YELLOW)
      draw_line(to, view, &b->map, i, 0.9, 3, false, lamps[shows]);
  }
}

static void draw_object(canvas *to, const birdseye_view *view, const sim_episode *e, int k,
                        colour with) {
  const double at[2] = {e->object_x_m[k], e->object_y_m[k]};
  const double ahead[2] = {(double)e->object_ahead_x[k], (double)e->object_ahead_y[k]};
  if (is_near(to, view, at[0], at[1], 20))
    body(to, view, at, ahead, (double)e->object_length_m[k], (double)e->object_width_m[k], 0,
         thing_moves((thing_kind)e->object_kind[k]) ? 0.4 : 0, with);
}

void birdseye_bodies(const birdseye *b, canvas *to, const birdseye_view *view, const sim_episode *e,
                     int at_frame, uint32_t hit) {
  const double edge = 0.18 * view->scale;
  draw_signals(b, to, view, e, at_frame);
  for (int k = 0; k < e->object_count; k++)
    if (e->object_kind[k] != THING_BUILDING)
      draw_object(to, view, e, k, still);
  size_t row = sim_episode_row(e, at_frame);
  for (int k = 0; k < e->actor_count; k++) {
    size_t i = row + (size_t)k;
    const double at[2] = {e->actor_x_m[i], e->actor_y_m[i]};
    const double ahead[2] = {(double)e->actor_ahead_x[i], (double)e->actor_ahead_y[i]};
    if (!(e->actor_marks[i] & SIM_ACTOR_HERE) || !is_near(to, view, at[0], at[1], 20))
      continue;
    double length = (double)e->actor_length_m[k], width = (double)e->actor_width_m[k];
    bool feet = is_on_foot((thing_kind)e->actor_kind[k]);
    body(to, view, at, ahead, length, width, edge, feet ? 0.3 : 0.5, white);
    body(to, view, at, ahead, length, width, 0, feet ? 0.3 : 0.5,
         hit && e->actor_id[k] == hit ? red
         : feet                       ? on_foot
                                      : vehicle);
  }
  const double at[2] = {e->ego_x_m[at_frame], e->ego_y_m[at_frame]};
  const double ahead[2] = {cos(e->ego_yaw_rad[at_frame]), sin(e->ego_yaw_rad[at_frame])};
  body(to, view, at, ahead, e->ego_length_m, e->ego_width_m, edge, 0.5, white);
  body(to, view, at, ahead, e->ego_length_m, e->ego_width_m, 0, 0.5, own);
  for (int k = 0; hit && k < e->object_count; k++) // a post is smaller than the ego upon it
    if (e->object_id[k] == hit)
      draw_object(to, view, e, k, red);
}
