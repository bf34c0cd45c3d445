// SPDX-License-Identifier: Apache-2.0
#include "scenes/road_svg.h"

#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "scenes/road_svg_parts.h"

static const double MARGIN_M = 14;
static const double MOST_PX = 6000, MOST_PX_PER_M = 9, LEAST_PX_PER_M = 2;
static const double CHORD_ERROR_M = 0.02;
static const double LEGEND_SHARE = 0.9;                       // of a wide picture's width
static const double LEAST_NAME_M = 2.6, NAMES_ACROSS = 110.0; // of a picture's longer side
enum { TAPER_PIECES = 8 };

// Stations --------------------------------------------------------------------

static void add_station(svg_picture *p, svg_stations *list, double s) {
  if (!ARRAY_RESERVE(list->s_m, list->capacity, list->count + 1))
    p->failed = true;
  else
    list->s_m[list->count++] = s;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Both ends of a stretch, and steps in between where something bends along it.
static void add_stretch(svg_picture *p, svg_stations *list, double from, double to, int pieces) {
  for (int i = 0; i <= pieces; i++)
    add_station(p, list, from + (to - from) * i / pieces);
}

static void find_stations(svg_picture *p, const road *r, svg_stations *list) {
  const road_network *net = p->net;
  for (int i = 0; i < r->geometry_count; i++) {
    const road_geometry *g = &net->geometries[r->geometry_first + i];
    double bend = fmax(fabs(g->curvature_begin_pm), fabs(g->curvature_end_pm));
    double step = bend > 1e-9 ? sqrt(8 * CHORD_ERROR_M / bend) : g->length_m;
    add_stretch(p, list, g->s_m, g->s_m + g->length_m, (int)fmax(1, ceil(g->length_m / step)));
  }
  for (int i = 0; i < r->offset_count; i++) {
    const road_poly3 *poly = &net->offsets[r->offset_first + i];
    double to = i + 1 < r->offset_count ? poly[1].s_m : r->length_m;
    add_stretch(p, list, poly->s_m, to, poly->c == 0 && poly->d == 0 ? 1 : TAPER_PIECES);
  }
  for (int i = 0; i < r->section_count; i++) {
    const road_section *section = &net->sections[r->section_first + i];
    for (int k = 0; k < section->lane_count; k++) {
      const road_lane *lane = &net->lanes[section->lane_first + k];
      for (int m = 0; m < lane->width_count; m++) {
        const road_poly3 *poly = &net->widths[lane->width_first + m];
        bool last = m + 1 == lane->width_count;
        double end = i + 1 < r->section_count ? section[1].s_m : r->length_m;
        add_stretch(p, list, section->s_m + poly->s_m, last ? end : section->s_m + poly[1].s_m,
                    poly->c == 0 && poly->d == 0 ? 1 : TAPER_PIECES);
      }
    }
  }
  if (p->failed)
    return;
  qsort(list->s_m, (size_t)list->count, sizeof *list->s_m, ascending);
  int kept = 0;
  for (int i = 0; i < list->count; i++)
    if (list->s_m[i] > 0.01 && list->s_m[i] < r->length_m - 0.01 &&
        (kept == 0 || list->s_m[i] - list->s_m[kept - 1] > 0.02))
      list->s_m[kept++] = list->s_m[i];
  list->count = kept; // those between the road's ends
}

// Lines -----------------------------------------------------------------------

void svg_point(const svg_picture *p, vec3 at) {
  fprintf(p->out, "%.2f,%.2f ", at.x + 0.0, 0.0 - at.y);
}

static void border_point(const svg_picture *p, const road *r, int lane, double aside, double s) {
  int section = road_section_at(p->net, r, s);
  const road_section *sec = &p->net->sections[r->section_first + section];
  // A lane that this section doesn't have lies at its outermost border.
  int first = p->net->lanes[sec->lane_first].id, last = first - sec->lane_count + 1;
  lane = lane > first ? first : lane < last ? last : lane;
  double t = road_lane_outer_t(p->net, r, section, lane, s);
  svg_point(p, road_point_at(p->net, r, s, t + aside));
}

void svg_border(const svg_picture *p, const road *r, int lane, double aside, double from, double to,
                bool back) {
  const svg_stations *list = &p->stations[r->id - 1];
  border_point(p, r, lane, aside, back ? to : from);
  for (int i = 0; i < list->count; i++) {
    double s = list->s_m[back ? list->count - 1 - i : i];
    if (s > from + 0.01 && s < to - 0.01)
      border_point(p, r, lane, aside, s);
  }
  border_point(p, r, lane, aside, back ? from : to);
}

// The picture -----------------------------------------------------------------

typedef struct frame_m {
  double x0, y0, x1, y1;
} frame_m;

// Every lane border, not only the lanes' middles that the network's box is of.
static frame_m find_frame(const svg_picture *p) {
  const road_network *net = p->net;
  frame_m f = {INFINITY, INFINITY, -INFINITY, -INFINITY};
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    int n = (int)fmin(2000, 2 + r->length_m / 5);
    for (int k = 0; k <= n; k++)
      for (int side = -1; side <= 1; side += 2) {
        double s = r->length_m * k / n;
        vec3 at = road_point_at(net, r, s, road_edge_t(net, r, s, side, ROAD_EDGE_OUTER));
        f = (frame_m){fmin(f.x0, at.x), fmin(f.y0, at.y), fmax(f.x1, at.x), fmax(f.y1, at.y)};
      }
  }
  if (net->road_count == 0)
    return (frame_m){-MARGIN_M, -MARGIN_M, MARGIN_M, MARGIN_M};
  return (frame_m){f.x0 - MARGIN_M, f.y0 - MARGIN_M, f.x1 + MARGIN_M, f.y1 + MARGIN_M};
}

static void draw(svg_picture *p, const char *title) {
  frame_m f = find_frame(p);
  double wide = f.x1 - f.x0, high = f.y1 - f.y0;
  double k = fmin(MOST_PX_PER_M, MOST_PX / fmax(wide, high));
  p->pixels_per_m = fmax(LEAST_PX_PER_M, k);
  // The legend has room of its own above, and the map stands below its middle.
  double width_px = fmax(wide * p->pixels_per_m, SVG_LEGEND_WIDE_PX);
  p->legend_scale = fmax(1, LEGEND_SHARE * width_px / SVG_LEGEND_WIDE_PX);
  p->name_m = fmax(LEAST_NAME_M, fmax(wide, high) / NAMES_ACROSS);
  double legend_px = SVG_LEGEND_PX * p->legend_scale;
  double height_px = high * p->pixels_per_m + legend_px;
  double left = f.x0 - (width_px / p->pixels_per_m - wide) / 2;
  double top = -f.y1 - legend_px / p->pixels_per_m;
  fprintf(p->out,
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
          "viewBox=\"%.3f %.3f %.3f %.3f\">\n",
          width_px, height_px, left, top, width_px / p->pixels_per_m, height_px / p->pixels_per_m);
  svg_style(p);
  fprintf(p->out, "<rect class=\"land\" x=\"%.3f\" y=\"%.3f\" width=\"%.3f\" height=\"%.3f\"/>\n",
          left, top, width_px / p->pixels_per_m, height_px / p->pixels_per_m);
  for (int bridges = 0; bridges <= 1; bridges++) {
    svg_surfaces(p, bridges);
    svg_marks(p, bridges);
  }
  svg_crosswalks(p);
  svg_stop_lines(p);
  svg_conflicts(p);
  svg_directions(p);
  svg_signals(p);
  svg_labels(p);
  fprintf(p->out, "<g transform=\"translate(%.3f %.3f) scale(%.6f)\">\n", left, top,
          p->legend_scale / p->pixels_per_m);
  svg_legend(p, title, width_px / p->legend_scale);
  fprintf(p->out, "</g>\n</svg>\n");
}

status road_svg(const road_network *net, const char *title, char **text, size_t *size,
                trouble *why) {
  char *bytes = NULL;
  size_t length = 0;
  svg_picture p = {.net = net, .out = open_memstream(&bytes, &length)};
  p.ends = calloc((size_t)net->road_count + 1, sizeof *p.ends);
  p.stations = calloc((size_t)net->road_count + 1, sizeof *p.stations);
  p.failed = !p.out || !p.ends || !p.stations;
  if (!p.failed)
    road_ends_find(net, p.ends);
  for (int i = 0; i < net->road_count && !p.failed; i++)
    find_stations(&p, &net->roads[i], &p.stations[i]);
  if (!p.failed)
    draw(&p, title);
  if (p.out && (ferror(p.out) | fclose(p.out)))
    p.failed = true;
  for (int i = 0; i < net->road_count && p.stations; i++)
    free(p.stations[i].s_m);
  free(p.stations);
  free(p.ends);
  if (p.failed) {
    free(bytes);
    return trouble_set(why, STATUS_MEMORY, "memory ran out while drawing the roads");
  }
  *text = bytes;
  *size = length;
  return STATUS_OK;
}
