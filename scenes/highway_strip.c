// SPDX-License-Identifier: Apache-2.0
// Strips: lanes whose width is a list of cubics along a carriageway.
#include <math.h>

#include "scenes/highway.h"

static const double CRUMB_M = 1e-6; // shorter pieces aren't made

double highway_strip_width(const highway_strip *strip, double d) {
  int i = 0;
  while (i + 1 < strip->piece_count && strip->pieces[i + 1].s_m <= d)
    i++;
  return road_poly_value(&strip->pieces[i], d);
}

int highway_strip_slice(const highway_strip *strip, double from, double to, bool against,
                        road_poly3 out[PROFILE_POLYS]) {
  int count = 0;
  for (int k = 0; k < strip->piece_count && count < PROFILE_POLYS; k++) {
    int i = against ? strip->piece_count - 1 - k : k;
    const road_poly3 *p = &strip->pieces[i];
    double begin = i == 0 ? from : fmax(from, p->s_m);
    double end = i + 1 < strip->piece_count ? fmin(to, p[1].s_m) : to;
    if (end - begin < CRUMB_M)
      continue;
    road_poly3 q = road_poly_from(p, against ? end : begin);
    q.s_m = count == 0 ? 0 : against ? to - end : begin - from;
    if (against) {
      q.b = -q.b;
      q.d = -q.d;
    }
    out[count++] = q;
  }
  return count;
}

bool highway_is_nothing(const road_poly3 *polys, int count) {
  for (int i = 0; i < count; i++)
    if (polys[i].a != 0 || polys[i].b != 0 || polys[i].c != 0 || polys[i].d != 0)
      return false;
  return true;
}

highway_strip highway_strip_new(lane_type type, int order, double begin, double end, double width) {
  return (highway_strip){.type = type,
                         .order = order,
                         .begin_m = begin,
                         .end_m = end,
                         .piece_count = 1,
                         .pieces = {{.s_m = begin, .a = width}}};
}

static void add_piece(highway_strip *strip, road_poly3 p) {
  int last = strip->piece_count - 1;
  if (fabs(strip->pieces[last].s_m - p.s_m) < CRUMB_M)
    strip->pieces[last] = p;
  else if (strip->piece_count < HIGHWAY_PIECES)
    strip->pieces[strip->piece_count++] = p;
}

void highway_strip_step(highway_strip *strip, double begin, double length, double width) {
  double was = highway_strip_width(strip, begin), rise = width - was, l = length;
  add_piece(
      strip,
      (road_poly3){.s_m = begin, .a = was, .c = 3 * rise / (l * l), .d = -2 * rise / (l * l * l)});
  add_piece(strip, (road_poly3){.s_m = begin + l, .a = width});
}

void highway_strip_climb(highway_strip *strip, double begin, double length, double height) {
  double was = highway_strip_width(strip, begin), rise = height - was, l = length;
  double bend = 2 * rise / (l * l);
  add_piece(strip, (road_poly3){.s_m = begin, .a = was, .c = bend});
  add_piece(strip,
            (road_poly3){.s_m = begin + l / 2, .a = was + rise / 2, .b = 2 * rise / l, .c = -bend});
  add_piece(strip, (road_poly3){.s_m = begin + l, .a = height});
}

// Lengths of the cubic and of the parabola, and the slope where they meet.
typedef struct growth {
  double cubic_m, parabola_m, slope;
} growth;

static growth growth_of(double rate, double width) {
  growth g = {.cubic_m = cbrt(width / 2 / rate)};
  g.slope = 3 * rate * g.cubic_m * g.cubic_m;
  g.parabola_m = width / g.slope;
  return g;
}

double highway_growth(double rate, double width) {
  growth g = growth_of(rate, width);
  return g.cubic_m + g.parabola_m;
}

void highway_strip_grow(highway_strip *strip, double from, double rate, double width) {
  growth g = growth_of(rate, width);
  strip->pieces[0].a = 0; // nothing before
  add_piece(strip, (road_poly3){.s_m = from, .d = rate});
  add_piece(strip, (road_poly3){.s_m = from + g.cubic_m,
                                .a = width / 2,
                                .b = g.slope,
                                .c = -g.slope / (2 * g.parabola_m)});
  add_piece(strip, (road_poly3){.s_m = from + g.cubic_m + g.parabola_m, .a = width});
}

void highway_strip_shrink(highway_strip *strip, double to, double rate, double width) {
  growth g = growth_of(rate, width);
  double l = g.cubic_m;
  add_piece(
      strip,
      (road_poly3){.s_m = to - l - g.parabola_m, .a = width, .c = -g.slope / (2 * g.parabola_m)});
  add_piece(strip, (road_poly3){.s_m = to - l,
                                .a = rate * l * l * l,
                                .b = -3 * rate * l * l,
                                .c = 3 * rate * l,
                                .d = -rate});
  add_piece(strip, (road_poly3){.s_m = to});
}
