// SPDX-License-Identifier: Apache-2.0
// Road marks: thin quads a few millimetres above the asphalt. Marks along the road lie a
// little lower than marks across it, and end before those, so that none lies in another.
#include <math.h>
#include <stdlib.h>

#include "render/ground_parts.h"

static const double ALONG_M = 0.003, ACROSS_M = 0.004;
static const double HILL_M = 0.003; // higher still where the road's surface isn't plane
static const double HILL_STEP_M = 2;
static const double END_M = 6.0; // marks along the road end this far from a junction
static const double STOP_LINE_M = 0.4, STOP_LINE_AHEAD_M = 0.8; // width; ahead of the stop point
static const double BAR_M = 0.5; // width of a zebra's bars and of the gaps
static const double DOUBLE_GAP_M = 0.12;
static const double LEAST_BESIDE_M = 0.4; // from a line to the next one

static material paint(mark_kind mark, bool yellow) {
  switch (mark) {
  case MARK_BROKEN:
    return yellow ? MATERIAL_MARK_BROKEN_YELLOW : MATERIAL_MARK_BROKEN_WHITE;
  case MARK_DOUBLE_SOLID:
    return yellow ? MATERIAL_MARK_DOUBLE_YELLOW : MATERIAL_MARK_DOUBLE_WHITE;
  default:
    return yellow ? MATERIAL_MARK_YELLOW : MATERIAL_MARK_WHITE;
  }
}

// Whether a road's surface bends upward or twists.
static bool is_hilly(const road_network *net, const road *r) {
  bool bent = r->bank_count > 0 || r->elevation_count > 1;
  for (int i = 0; i < r->elevation_count; i++) {
    const road_poly3 *p = &net->elevations[r->elevation_first + i];
    bent |= p->c != 0 || p->d != 0;
  }
  return bent;
}

// A line between two s beside a lane border, bent along with the road.
static void line_piece(ground *g, const road *r, int lane, double aside, double from, double to,
                       double width, material what) {
  enum { MOST = 64 };
  vec3 left[MOST + 1], right[MOST + 1];
  road_place a = road_line_at(g->net, r, from), b = road_line_at(g->net, r, to);
  road_place m = road_line_at(g->net, r, (from + to) / 2);
  double turn = fabs(angle_wrap(m.heading_rad - a.heading_rad)) +
                fabs(angle_wrap(b.heading_rad - m.heading_rad));
  bool hilly = is_hilly(g->net, r);
  double step = hilly ? HILL_STEP_M : lane != 0 ? 12 : INFINITY;
  double up = ALONG_M + (hilly ? HILL_M : 0);
  int n = (int)fmin(MOST, 1 + ceil(fmax(turn / 0.05, (to - from) / step)));
  for (int i = 0; i <= n; i++) {
    double s = from + (to - from) * i / n;
    double t = road_lane_outer_t(g->net, r, 0, lane, s) + aside;
    left[i] = road_point_at(g->net, r, s, t + width / 2);
    right[i] = road_point_at(g->net, r, s, t - width / 2);
    left[i].z += up;
    right[i].z += up;
  }
  ground_strip(g, left, right, n + 1, what);
}

// Of a longer road, which is cut where lanes begin and end.
static bool is_part(const road_network *net, const road *r) {
  bool end;
  return road_border_next(net, r, false, &end) || road_border_next(net, r, true, &end);
}

static void line_along(ground *g, const road *r, int lane, double aside, double from, double to,
                       bool broken, double width, material what) {
  bool fast = r->class == ROAD_MOTORWAY;
  double dash = broken ? (fast ? 6 : 3) : 24, gap = broken ? (fast ? 12 : 6) : 0, first = from;
  if (broken && is_part(g->net, r)) { // so that dashes and gaps go on in the next part
    gap = (to - from) / fmax(1, round((to - from) / (dash + gap))) - dash;
    first += fmax(0, gap / 2);
  }
  for (double s = first; s < to - 0.2; s += fmax(dash + gap, dash))
    line_piece(g, r, lane, aside, s, fmin(s + dash, to), width, what);
}

static void clip_to_lane(const road_network *net, const road_lane *lane, double least_m,
                         double *from, double *to) {
  while (*from < *to && road_width_at(net, lane, *from) < least_m)
    *from += 0.25;
  while (*to > *from && road_width_at(net, lane, *to) < least_m)
    *to -= 0.25;
}

// Inner shoulders' lines don't meet where a median between them ends.
static void clip_to_centre(const road_network *net, const road *r, int lane_id, double *from,
                           double *to) {
  double least = 2 * DOUBLE_GAP_M + 0.2;
  while (*from < *to &&
         fabs(road_lane_outer_t(net, r, 0, lane_id, *from) - road_offset_at(net, r, *from)) < least)
    *from += 0.25;
  while (*to > *from &&
         fabs(road_lane_outer_t(net, r, 0, lane_id, *to) - road_offset_at(net, r, *to)) < least)
    *to -= 0.25;
}

// Where the lane outside of a border is wide enough for a line beside it: a bay's line ends where
// the bay does, and where a lane opens or closes there is one line, not two in each other; nor is
// there one at both sides of a lane for turns that has just opened at the centre.
static void clip_to_width(const road_network *net, const road *r, int lane_id, double *from,
                          double *to) {
  const road_section *section = &net->sections[r->section_first];
  const road_lane *inner = road_lane_find(net, section, lane_id);
  const road_lane *outer = road_lane_find(net, section, lane_id + (lane_id < 0 ? -1 : 1));
  if (abs(lane_id) == 1 && inner->type == LANE_DRIVING && r->class != ROAD_MOTORWAY)
    clip_to_lane(net, inner, 1, from, to);
  if (inner->type == LANE_SHOULDER)
    clip_to_centre(net, r, lane_id, from, to);
  if (lane_id == 0 && outer && outer->type != LANE_PARKING)
    outer = road_lane_find(net, section, -1); // of a one-way street, bays on either side
  bool bare = outer && outer->type != LANE_PARKING && outer->type != LANE_DRIVING &&
              outer->outer_mark == MARK_NONE;
  if (!outer || bare || (lane_id == 0 && outer->type != LANE_PARKING))
    return;
  clip_to_lane(net, outer, outer->type == LANE_PARKING ? 1 : LEAST_BESIDE_M, from, to);
}

static void road_lines(ground *g, const road *r) {
  const road_section *section = &g->net->sections[r->section_first];
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *lane = &g->net->lanes[section->lane_first + i];
    if (lane->outer_mark == MARK_NONE)
      continue;
    double from = road_meets_junction(g->net, &r->predecessor) ? END_M : 0;
    double to = r->length_m - (road_meets_junction(g->net, &r->successor) ? END_M : 0);
    clip_to_width(g->net, r, lane->id, &from, &to);
    material what = paint(lane->outer_mark, lane->mark_yellow);
    double width = r->class == ROAD_MOTORWAY ? 0.15 : lane->mark_width_m;
    if (lane->outer_mark == MARK_DOUBLE_SOLID) {
      line_along(g, r, lane->id, DOUBLE_GAP_M, from, to, false, width, what);
      line_along(g, r, lane->id, -DOUBLE_GAP_M, from, to, false, width, what);
    } else {
      line_along(g, r, lane->id, 0, from, to, lane->outer_mark == MARK_BROKEN, width, what);
    }
  }
}

static void chevrons(ground *g, const road *r) {
  const road_section *section = &g->net->sections[r->section_first];
  double up = ACROSS_M + (is_hilly(g->net, r) ? HILL_M : 0);
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *lane = &g->net->lanes[section->lane_first + i];
    road_chevron c;
    for (int k = 0; road_is_gore(g->net, r, 0, lane) && road_chevron_lay(g->net, r, 0, lane, k, &c);
         k++)
      for (int arm = 0; arm < 2; arm++) {
        for (int m = 0; m < 4; m++)
          c.arms[arm][m].z += up;
        ground_polygon(g, c.arms[arm], 4, MATERIAL_MARK_AREA);
      }
  }
}

static void zebra(ground *g, const road_crosswalk *walk) {
  // Corners: right kerb near the junction, right kerb far, left kerb far, left kerb near.
  vec3 across = vec3_sub(walk->corners[3], walk->corners[0]);
  double length = hypot(across.x, across.y);
  int bars = (int)((length - 0.4) / (2 * BAR_M));
  double first = (length - (2 * bars - 1) * BAR_M) / 2;
  for (int i = 0; i < bars; i++) {
    double u0 = (first + 2 * i * BAR_M) / length, u1 = u0 + BAR_M / length;
    vec3 far = vec3_sub(walk->corners[2], walk->corners[1]);
    vec3 p[4] = {vec3_add(walk->corners[0], vec3_scale(across, u0)),
                 vec3_add(walk->corners[1], vec3_scale(far, u0)),
                 vec3_add(walk->corners[1], vec3_scale(far, u1)),
                 vec3_add(walk->corners[0], vec3_scale(across, u1))};
    for (int k = 0; k < 4; k++)
      p[k].z += ACROSS_M;
    ground_polygon(g, p, 4, MATERIAL_MARK_CROSSING);
  }
}

// A point of a bay's paint, ahead of the bay's middle and to the left of it.
static vec3 bay_paint(const ground *g, const road_bay *bay, double ahead, double left) {
  vec3 p = road_bay_point(g->net, bay, ahead, left);
  p.z += ALONG_M;
  return p;
}

static void bay_polygon(ground *g, const road_bay *bay, const double (*shape)[2], int count,
                        material what) {
  vec3 p[8];
  for (int i = 0; i < count; i++)
    p[i] = bay_paint(g, bay, shape[i][0], shape[i][1]);
  ground_polygon(g, p, count, what);
}

// A wheelchair and who sits in it, to be read by who drives in: a head, a back, a seat, a leg,
// and a wheel that is open in front.
static void wheelchair(ground *g, const road_bay *bay) {
  enum { SPOKES = 10 };
  static const double head[][2] = {{0.62, 0.13}, {0.69, 0.06}, {0.79, 0.06}, {0.86, 0.13},
                                   {0.86, 0.23}, {0.79, 0.30}, {0.69, 0.30}, {0.62, 0.23}};
  static const double back[][2] = {{0.02, 0.10}, {0.56, 0.13}, {0.56, 0.25}, {0.02, 0.22}};
  static const double seat[][2] = {{-0.10, -0.28}, {0.02, -0.28}, {0.02, 0.22}, {-0.10, 0.22}};
  static const double arm[][2] = {{0.26, -0.20}, {0.36, -0.20}, {0.36, 0.10}, {0.26, 0.10}};
  static const double leg[][2] = {{-0.52, -0.44}, {-0.10, -0.28}, {-0.10, -0.16}, {-0.52, -0.32}};
  static const double foot[][2] = {{-0.58, -0.60}, {-0.48, -0.60}, {-0.52, -0.44}, {-0.58, -0.36}};
  bay_polygon(g, bay, head, 8, MATERIAL_MARK_SYMBOL);
  bay_polygon(g, bay, back, 4, MATERIAL_MARK_SYMBOL);
  bay_polygon(g, bay, seat, 4, MATERIAL_MARK_SYMBOL);
  bay_polygon(g, bay, arm, 4, MATERIAL_MARK_SYMBOL);
  bay_polygon(g, bay, leg, 4, MATERIAL_MARK_SYMBOL);
  bay_polygon(g, bay, foot, 4, MATERIAL_MARK_SYMBOL);
  const double inner = 0.34, outer = 0.44, ahead = -0.28, left = 0.12;
  for (int i = 0; i < SPOKES; i++) {
    double a = 0.9 + 3.3 * i / SPOKES, b = 0.9 + 3.3 * (i + 1) / SPOKES;
    const double piece[4][2] = {{ahead + inner * cos(a), left + inner * sin(a)},
                                {ahead + outer * cos(a), left + outer * sin(a)},
                                {ahead + outer * cos(b), left + outer * sin(b)},
                                {ahead + inner * cos(b), left + inner * sin(b)}};
    bay_polygon(g, bay, piece, 4, MATERIAL_MARK_SYMBOL);
  }
}

// A line at each side of a bay; one for two bays side by side.
static void bay_lines(ground *g, const road_bay *bay) {
  const double end = bay->length_m / 2 - ROAD_BAY_LINE_M / 2, half = ROAD_BAY_LINE_M / 2;
  for (int side = -1; side <= 1; side += 2) {
    if (road_bay_shares(g->net, bay, side))
      continue;
    double at = side * bay->width_m / 2;
    const double line[4][2] = {
        {-end, at - half}, {end, at - half}, {end, at + half}, {-end, at + half}};
    bay_polygon(g, bay, line, 4, MATERIAL_MARK_BAY);
  }
  if (bay->accessible)
    wheelchair(g, bay);
}

// A lane's own frame, and the slope of its surface in it.
typedef struct lane_frame {
  road_point at;
  double grade, cross_grade; // rise per metre ahead, and to the left
} lane_frame;

static lane_frame frame_at(const road_network *net, const lane_path *lane, double s) {
  road_point at = lane_point(net, lane, s);
  road_point before = lane_point(net, lane, s - 1), after = lane_point(net, lane, s + 1);
  double run = after.s_m - before.s_m;
  return (lane_frame){at, run > 0 ? (after.z_m - before.z_m) / run : 0, tan(at.bank_rad)};
}

// A point of the frame: ahead of its origin, and to the left.
static vec3 lane_offset(const lane_frame *f, double ahead, double left) {
  double c = cos(f->at.heading_rad), s = sin(f->at.heading_rad);
  return (vec3){f->at.x_m + ahead * c - left * s, f->at.y_m + ahead * s + left * c,
                f->at.z_m + ahead * f->grade + left * f->cross_grade + ACROSS_M};
}

static void lane_polygon(ground *g, const lane_frame *at, const double (*shape)[2], int count,
                         double mirror) {
  vec3 p[8];
  for (int i = 0; i < count; i++) {
    int k = mirror < 0 ? count - 1 - i : i; // mirroring turns the order around
    p[i] = lane_offset(at, shape[k][0], mirror * shape[k][1]);
  }
  ground_polygon(g, p, count, MATERIAL_MARK_SYMBOL);
}

// Which turns a lane leads to for cars, as bits.
static int lane_turns(const road_network *net, const lane_path *lane) {
  int turns = 0;
  for (int i = 0; i < lane->next_count; i++) {
    const lane_path *next = &net->paths[net->lane_links[lane->next_first + i] - 1];
    if (next->users & LANE_FOR_CARS)
      turns |= 1 << next->turn;
  }
  return turns;
}

// Whether an arm's lanes, which lie side by side, lead different ways.
static bool turns_differ(const road_network *net, const lane_path *lane) {
  int own = lane_turns(net, lane);
  for (int id = lane->left; id; id = net->paths[id - 1].left)
    if (lane_turns(net, &net->paths[id - 1]) != own)
      return true;
  for (int id = lane->right; id; id = net->paths[id - 1].right)
    if (lane_turns(net, &net->paths[id - 1]) != own)
      return true;
  return false;
}

static void arrow(ground *g, const lane_path *lane, double begin) {
  static const double shaft[][2] = {{0, -0.075}, {1.8, -0.075}, {1.8, 0.075}, {0, 0.075}};
  static const double more[][2] = {{1.8, -0.075}, {3.2, -0.075}, {3.2, 0.075}, {1.8, 0.075}};
  static const double head[][2] = {{3.2, -0.3}, {4.2, 0}, {3.2, 0.3}};
  // A branch begins at the shaft's side, so that no piece lies on another.
  static const double branch[][2] = {{1.0, 0.075}, {1.25, 0.075}, {1.75, 0.45}, {1.5, 0.45}};
  static const double tip[][2] = {{1.2, 0.45}, {2.05, 0.45}, {1.625, 1.0}};
  int turns = lane_turns(g->net, lane);
  lane_frame at = frame_at(g->net, lane, begin);
  lane_polygon(g, &at, shaft, 4, 1);
  if (turns & 1 << TURN_STRAIGHT) {
    lane_polygon(g, &at, more, 4, 1);
    lane_polygon(g, &at, head, 3, 1);
  }
  // Without a way straight on the shaft ends where it branches.
  lane_frame from = at;
  vec3 end = lane_offset(&at, turns & 1 << TURN_STRAIGHT ? 0 : 0.55, 0);
  from.at.x_m = end.x;
  from.at.y_m = end.y;
  from.at.z_m = end.z - ACROSS_M;
  for (int k = 0; k < 2; k++) {
    if (!(turns & 1 << (k ? TURN_RIGHT : TURN_LEFT)))
      continue;
    lane_polygon(g, &from, branch, 4, k ? -1 : 1);
    lane_polygon(g, &from, tip, 3, k ? -1 : 1);
  }
}

// One before the stop line, and where there is room another 24 m before that.
static void arrows(ground *g, const lane_path *lane) {
  const double before_m = 9, apart_m = 24, clear_m = 2;
  for (int k = 0; k < 2; k++) {
    double begin = lane->stop_s_m - before_m - k * apart_m;
    if (begin > clear_m)
      arrow(g, lane, begin);
  }
}

// A bicycle as a rider sees it in front: its wheels beside each other, the saddle ahead of them,
// and drawn out along the lane, as all that is read at a slant. (right, up) in metres before that.
static const double BIKE_LONG = 1.9, BIKE_STROKE_M = 0.055;

static void stroke(ground *g, const lane_frame *at, const double ends[2][2]) {
  double ex = ends[1][0] - ends[0][0], ey = ends[1][1] - ends[0][1];
  double half = BIKE_STROKE_M / 2 / hypot(ex, ey), shape[4][2];
  for (int i = 0; i < 4; i++) {
    const double *end = ends[i == 1 || i == 2], side = i < 2 ? half : -half;
    shape[i][0] = BIKE_LONG * (end[1] - side * ex);
    shape[i][1] = -(end[0] + side * ey);
  }
  lane_polygon(g, at, (const double(*)[2])shape, 4, 1);
}

static void wheel(ground *g, const lane_frame *at, double right) {
  enum { PIECES = 12 };
  const double outer = 0.21, inner = 0.155, turn = 2 * 3.14159265358979323846 / PIECES;
  for (int i = 0; i < PIECES; i++) {
    double shape[4][2];
    for (int k = 0; k < 4; k++) {
      double r = k == 1 || k == 2 ? outer : inner, a = (i + (k >= 2)) * turn;
      shape[k][0] = BIKE_LONG * (outer + r * cos(a));
      shape[k][1] = -right + r * sin(a);
    }
    lane_polygon(g, at, (const double(*)[2])shape, 4, 1);
  }
}

// Strokes end short of each other, as a stencil leaves them, so that none lies in another.
static void bicycle(ground *g, const lane_path *lane, double begin) {
  static const double strokes[][2][2] = {{{-0.015, 0.27}, {-0.10, 0.51}},  // crank to saddle
                                         {{-0.06, 0.56}, {0.15, 0.56}},    // to the head
                                         {{0.155, 0.50}, {0.035, 0.26}},   // back to the crank
                                         {{-0.175, 0.435}, {-0.14, 0.50}}, // down to the rear wheel
                                         {{0.23, 0.44}, {0.20, 0.56}},     // fork
                                         {{0.19, 0.60}, {0.18, 0.65}},
                                         {{0.17, 0.69}, {0.33, 0.69}},    // handlebar
                                         {{-0.22, 0.62}, {-0.05, 0.62}}}; // saddle
  static const double shaft[][2] = {{1.8, -0.06}, {2.7, -0.06}, {2.7, 0.06}, {1.8, 0.06}};
  static const double head[][2] = {{2.7, -0.24}, {3.3, 0}, {2.7, 0.24}};
  lane_frame at = frame_at(g->net, lane, begin);
  wheel(g, &at, -0.29);
  wheel(g, &at, 0.29);
  for (size_t i = 0; i < sizeof strokes / sizeof *strokes; i++)
    stroke(g, &at, strokes[i]);
  lane_polygon(g, &at, shaft, 4, 1);
  lane_polygon(g, &at, head, 3, 1);
}

static void bicycles(ground *g, const lane_path *lane) {
  const double apart_m = 45, least_m = 18, half_m = 1.7;
  int count = (int)fmax(1, round(lane->length_m / apart_m));
  for (int k = 0; k < count && lane->length_m > least_m; k++)
    bicycle(g, lane, lane->length_m * (k + 0.5) / count - half_m);
}

// "BUS" across the lane, drawn out along it: strokes of letters 1 wide and 2 high.
static void bus_letters(ground *g, const lane_path *lane, double begin) {
  static const double strokes[3][7][4] = {
      // right, up, right, up: ends of a stroke
      {{0.1, 0, 0.1, 2},
       {0.2, 0.1, 0.8, 0.1},
       {0.2, 1, 0.8, 1},
       {0.2, 1.9, 0.8, 1.9},
       {0.9, 0.2, 0.9, 0.9},
       {0.9, 1.1, 0.9, 1.8}},
      {{0.1, 0.2, 0.1, 2}, {0.2, 0.1, 0.8, 0.1}, {0.9, 0.2, 0.9, 2}},
      {{0.1, 1.1, 0.1, 1.8},
       {0.2, 1.9, 0.9, 1.9},
       {0.2, 1, 0.8, 1},
       {0.9, 0.2, 0.9, 0.9},
       {0.1, 0.1, 0.8, 0.1}}};
  const double wide_m = 0.62, high_m = 1.2, apart_m = 0.86, half = 0.1;
  lane_frame at = frame_at(g->net, lane, begin);
  for (int letter = 0; letter < 3; letter++)
    for (int k = 0; k < 7; k++) {
      const double *e = strokes[letter][k];
      bool up = e[0] == e[2];
      double x0 = e[0] - (up ? half : 0), x1 = e[2] + (up ? half : 0);
      double y0 = e[1] - (up ? 0 : half), y1 = e[3] + (up ? 0 : half);
      double from = (letter - 1) * apart_m - wide_m / 2;
      const double shape[4][2] = {{high_m * y0, -(from + wide_m * x0)},
                                  {high_m * y0, -(from + wide_m * x1)},
                                  {high_m * y1, -(from + wide_m * x1)},
                                  {high_m * y1, -(from + wide_m * x0)}};
      if (e[1] != e[3] || e[0] != e[2])
        lane_polygon(g, &at, shape, 4, 1);
    }
}

static void buses(ground *g, const lane_path *lane) {
  const double first_m = 9, apart_m = 45, least_m = 16, long_m = 3;
  int count = (int)fmax(1, round((lane->length_m - first_m) / apart_m));
  for (int k = 0; k < count && lane->length_m > least_m; k++)
    bus_letters(g, lane, first_m + (lane->length_m - first_m - long_m) * k / count);
}

static bool must_stop(const road_network *net, const lane_path *lane) {
  if (lane->signal)
    return true;
  if (lane->next_count == 1 && net->paths[net->lane_links[lane->next_first] - 1].turn == TURN_U)
    return false; // into a turning circle
  int first = lane->next_count ? net->lane_links[lane->next_first] : 0;
  int junction = first ? net->paths[first - 1].junction : 0;
  if (junction && net->junctions[junction - 1].kind == JUNCTION_RIGHT_BEFORE_LEFT)
    return false;
  for (int i = 0; i < lane->next_count; i++)
    if (net->paths[net->lane_links[lane->next_first + i] - 1].priority > 3)
      return false; // the major road of a junction without signals
  return true;
}

// Blocks across the lane where one only gives way.
static void yield_line(ground *g, const lane_frame *at, double out, double right, double left) {
  const double block = 0.5, gap = 0.3;
  int count = (int)((left + right + gap) / (block + gap));
  double from = ((left - right) - (count * block + (count - 1) * gap)) / 2;
  for (int i = 0; i < count; i++) {
    double a = from + i * (block + gap), b = a + block;
    vec3 p[4] = {lane_offset(at, -out - STOP_LINE_M, a), lane_offset(at, -out, a),
                 lane_offset(at, -out, b), lane_offset(at, -out - STOP_LINE_M, b)};
    ground_polygon(g, p, 4, MATERIAL_MARK_STOP);
  }
}

static bool leads_to_roundabout(const road_network *net, const lane_path *lane) {
  int next = lane->next_count ? net->lane_links[lane->next_first] : 0;
  int junction = next ? net->paths[next - 1].junction : 0;
  return junction && net->junctions[junction - 1].roundabout;
}

static void approach_marks(ground *g, const lane_path *lane) {
  if (must_stop(g->net, lane)) {
    double half = lane->width_m / 2;
    lane_frame at = frame_at(g->net, lane, lane->length_m);
    // From the road's middle to the kerb the lanes' pieces join without overlapping.
    double left = half - (lane->left ? 0 : 0.1), right = half - (lane->right ? 0 : 0.25);
    double out = lane->length_m - lane->stop_s_m - STOP_LINE_AHEAD_M, back = out + STOP_LINE_M;
    vec3 p[4] = {lane_offset(&at, -back, -right), lane_offset(&at, -out, -right),
                 lane_offset(&at, -out, left), lane_offset(&at, -back, left)};
    if (leads_to_roundabout(g->net, lane) || road_lane_joins(g->net, lane))
      yield_line(g, &at, out, right, left);
    else
      ground_polygon(g, p, 4, MATERIAL_MARK_STOP);
  }
  if (turns_differ(g->net, lane) && !leads_to_roundabout(g->net, lane))
    arrows(g, lane);
}

void ground_marks(ground *g) {
  const road_network *net = g->net;
  for (int i = 0; i < net->road_count; i++)
    if (!road_is_way(net, &net->roads[i])) {
      road_lines(g, &net->roads[i]);
      chevrons(g, &net->roads[i]);
    }
  for (int i = 0; i < net->crosswalk_count; i++)
    zebra(g, &net->crosswalks[i]);
  for (int i = 0; i < net->bay_count; i++)
    bay_lines(g, &net->bays[i]);
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    if (!lane->junction && lane->stop_s_m < lane->length_m)
      approach_marks(g, lane);
    if (!lane->junction && lane->users == LANE_FOR_BICYCLES)
      bicycles(g, lane);
    else if (!lane->junction && !(lane->users & LANE_FOR_CARS))
      buses(g, lane);
  }
}
