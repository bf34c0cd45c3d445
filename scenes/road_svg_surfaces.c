// SPDX-License-Identifier: Apache-2.0
// What lies on the ground: lanes by type, junctions, corners; marks, crosswalks, stop lines.
#include <math.h>
#include <stdlib.h>

#include "scenes/road_builder.h"
#include "scenes/road_svg_parts.h"

static const double MARKS_END_M = 6; // lines end this far from a junction
static const double DOUBLE_GAP_M = 0.15;
static const double LEAST_MARK_PX = 1.3; // thinner lines would vanish
static const double BAR_M = 0.5;         // of a crosswalk, and the gap to the next

static const char *const lane_classes[LANE_TYPE_COUNT] = {
    [LANE_NONE] = "asphalt",      [LANE_DRIVING] = "driving", [LANE_SHOULDER] = "shoulder",
    [LANE_PARKING] = "parking",   [LANE_CURB] = "curb",       [LANE_VERGE] = "verge",
    [LANE_SIDEWALK] = "sidewalk", [LANE_MEDIAN] = "median",   [LANE_BIKING] = "biking",
    [LANE_WORKS] = "works"};

// Surfaces --------------------------------------------------------------------

static void draw_section(svg_picture *p, const road *r, int index) {
  const road_network *net = p->net;
  const road_section *section = &net->sections[r->section_first + index];
  double to = index + 1 < r->section_count ? section[1].s_m : r->length_m;
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *lane = &net->lanes[section->lane_first + i];
    if (lane->id == 0)
      continue;
    bool buses = lane->type == LANE_DRIVING && !(road_lane_users(lane) & LANE_FOR_CARS);
    fprintf(p->out, "<polygon class=\"%s\" points=\"",
            buses && !r->junction ? "buses" : lane_classes[lane->type]);
    svg_border(p, r, lane->id, 0, section->s_m, to - (to < r->length_m ? 1e-6 : 0), false);
    svg_border(p, r, lane->id + (lane->id < 0 ? 1 : -1), 0, section->s_m,
               to - (to < r->length_m ? 1e-6 : 0), true);
    fprintf(p->out, "\"/>\n");
  }
}

static void draw_ring(svg_picture *p, const char *class, const vec3 *inner, const vec3 *outer,
                      int points) {
  fprintf(p->out, "<polygon class=\"%s\" points=\"", class);
  for (int i = 0; i < points; i++)
    svg_point(p, inner[i]);
  for (int i = points - 1; i >= 0; i--)
    svg_point(p, outer[i]);
  fprintf(p->out, "\"/>\n");
}

static void draw_junction(svg_picture *p, const road_junction *j) {
  const road_network *net = p->net;
  road_arm arms[ROAD_ARMS];
  int count = road_junction_arms(net, j, arms);
  for (int i = 0; i < count; i++) {
    const road_arm *next = &arms[(i + 1) % count];
    int side = road_arm_left_side(&arms[i]), other = -road_arm_left_side(next);
    road_corner corner;
    road_corner_lines(net, &arms[i], next, &corner);
    bool walks = road_walk_width(net, &net->roads[arms[i].road - 1], side) > 0 ||
                 road_walk_width(net, &net->roads[next->road - 1], other) > 0;
    draw_ring(p, walks ? "sidewalk" : "verge", corner.stone, corner.outer, corner.count);
    draw_ring(p, "curb", corner.kerb, corner.stone, corner.count);
  }
  fprintf(p->out, "<polygon class=\"junction\" points=\"");
  for (int i = 0; i < j->outline_count; i++) {
    const road_point *at = &net->points[j->outline_first + i];
    svg_point(p, (vec3){at->x_m, at->y_m, 0});
  }
  fprintf(p->out, "\"/>\n");
}

// What the arcs of a roundabout's ring go round.
static void draw_island(svg_picture *p, const road *r) {
  const road_geometry *arc = &p->net->geometries[r->geometry_first];
  double k = arc->curvature_begin_pm;
  if (r->junction || r->predecessor.kind != ROAD_LINK_JUNCTION || r->geometry_count != 1 ||
      !p->net->junctions[r->predecessor.id - 1].roundabout || k == 0 || k != arc->curvature_end_pm)
    return;
  fprintf(p->out, "<circle class=\"verge\" cx=\"%.2f\" cy=\"%.2f\" r=\"%.2f\"/>\n",
          arc->x_m - sin(arc->heading_rad) / k, -arc->y_m - cos(arc->heading_rad) / k, fabs(1 / k));
}

static bool is_bridge(const road *r) {
  return r->structure == ROAD_BRIDGE;
}

void svg_surfaces(svg_picture *p, bool bridges) {
  const road_network *net = p->net;
  fprintf(p->out, "<g id=\"%s\">\n", bridges ? "bridges" : "surfaces");
  for (int i = 0; i < net->road_count && !bridges; i++)
    draw_island(p, &net->roads[i]);
  for (int i = 0; i < net->junction_count && !bridges; i++)
    draw_junction(p, &net->junctions[i]);
  // Ways through a junction lie on its surface; where that is missing they are all there is.
  for (int connecting = 1; connecting >= 0; connecting--)
    for (int i = 0; i < net->road_count; i++)
      for (int k = 0; k < net->roads[i].section_count && !net->roads[i].junction == !connecting;
           k++)
        if (is_bridge(&net->roads[i]) == bridges)
          draw_section(p, &net->roads[i], k);
  fprintf(p->out, "</g>\n");
}

// Marks -----------------------------------------------------------------------

static void draw_line(svg_picture *p, const road *r, const road_lane *lane, double aside,
                      double from, double to, const char *dash) {
  double width = fmax(lane->mark_width_m, LEAST_MARK_PX / p->pixels_per_m);
  fprintf(p->out, "<polyline class=\"%s\" stroke-width=\"%.3f\"",
          lane->mark_yellow ? "yellow" : "white", width);
  if (dash)
    fprintf(p->out, " stroke-dasharray=\"%s\"", dash);
  fprintf(p->out, " points=\"");
  svg_border(p, r, lane->id, aside, from, to, false);
  fprintf(p->out, "\"/>\n");
}

static void clip_to_lane(const road_network *net, const road_section *section,
                         const road_lane *lane, double least_m, double *from, double *to) {
  while (*from < *to && road_width_at(net, lane, *from - section->s_m) < least_m)
    *from += 0.25;
  while (*to > *from && road_width_at(net, lane, *to - section->s_m) < least_m)
    *to -= 0.25;
}

// Where the parking bays beside a border are open, there is a line; elsewhere the kerb is. A
// lane has none where it opens.
static void clip_to_width(const road_network *net, const road *r, const road_section *section,
                          int lane_id, double *from, double *to) {
  const road_lane *inner = road_lane_find(net, section, lane_id);
  const road_lane *outer = road_lane_find(net, section, lane_id + (lane_id < 0 ? -1 : 1));
  if (abs(lane_id) == 1 && inner->type == LANE_DRIVING && r->class != ROAD_MOTORWAY)
    clip_to_lane(net, section, inner, 1, from, to);
  if (lane_id == 0 && outer && outer->type != LANE_PARKING)
    outer = road_lane_find(net, section, -1); // of a one-way street, bays on either side
  if (!outer || (outer->type != LANE_PARKING && outer->outer_mark == MARK_NONE) ||
      (lane_id == 0 && outer->type != LANE_PARKING))
    return;
  clip_to_lane(net, section, outer, outer->type == LANE_PARKING ? 1 : 0.4, from, to);
}

static void mark_section(svg_picture *p, const road *r, int index) {
  const road_network *net = p->net;
  const road_section *section = &net->sections[r->section_first + index];
  bool first = index == 0, last = index + 1 == r->section_count;
  double begin = section->s_m, end = last ? r->length_m : section[1].s_m - 1e-6;
  begin += first && road_meets_junction(net, &r->predecessor) ? MARKS_END_M : 0;
  end -= last && road_meets_junction(net, &r->successor) ? MARKS_END_M : 0;
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *lane = &net->lanes[section->lane_first + i];
    double from = begin, to = end;
    if (lane->outer_mark == MARK_NONE)
      continue;
    clip_to_width(net, r, section, lane->id, &from, &to);
    if (from >= to)
      continue;
    const char *dash = r->class == ROAD_MOTORWAY ? "6 12" : "3 6";
    double aside = lane->outer_mark == MARK_DOUBLE_SOLID ? DOUBLE_GAP_M : 0;
    draw_line(p, r, lane, aside, from, to, lane->outer_mark == MARK_BROKEN ? dash : NULL);
    if (aside > 0)
      draw_line(p, r, lane, -aside, from, to, NULL);
  }
}

static void draw_chevrons(svg_picture *p, const road *r, int index) {
  const road_network *net = p->net;
  const road_section *section = &net->sections[r->section_first + index];
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *lane = &net->lanes[section->lane_first + i];
    road_chevron c;
    for (int k = 0;
         road_is_gore(net, r, index, lane) && road_chevron_lay(net, r, index, lane, k, &c); k++) {
      fprintf(p->out, "<path class=\"zebra\" d=\"");
      for (int arm = 0; arm < 2; arm++) {
        for (int m = 0; m < 4; m++) {
          fputs(m ? "L" : "M", p->out);
          svg_point(p, c.arms[arm][m]);
        }
        fputs("Z", p->out);
      }
      fprintf(p->out, "\"/>\n");
    }
  }
}

// Each bay's sides, and what tells the accessible ones.
static void draw_bays(svg_picture *p) {
  double width = fmax(ROAD_BAY_LINE_M, LEAST_MARK_PX / p->pixels_per_m);
  for (int i = 0; i < p->net->bay_count; i++) {
    const road_bay *bay = &p->net->bays[i];
    double half = bay->length_m / 2;
    if (bay->accessible) {
      fprintf(p->out, "<polygon class=\"accessible\" points=\"");
      for (int k = 0; k < 4; k++)
        svg_point(p, road_bay_point(p->net, bay, k == 0 || k == 3 ? -half : half,
                                    (k < 2 ? -0.5 : 0.5) * bay->width_m));
      fprintf(p->out, "\"><title>accessible bay</title></polygon>\n");
    }
    for (int side = -1; side <= 1; side += 2) {
      if (road_bay_shares(p->net, bay, side))
        continue;
      fprintf(p->out, "<polyline class=\"white\" stroke-width=\"%.3f\" points=\"", width);
      svg_point(p, road_bay_point(p->net, bay, -half, side * bay->width_m / 2));
      svg_point(p, road_bay_point(p->net, bay, half, side * bay->width_m / 2));
      fprintf(p->out, "\"/>\n");
    }
  }
}

void svg_marks(svg_picture *p, bool bridges) {
  const road_network *net = p->net;
  fprintf(p->out, "<g id=\"%s\">\n", bridges ? "bridge-marks" : "marks");
  if (!bridges)
    draw_bays(p);
  for (int i = 0; i < net->road_count; i++)
    for (int k = 0; k < net->roads[i].section_count && !road_is_way(net, &net->roads[i]); k++)
      if (is_bridge(&net->roads[i]) == bridges) {
        mark_section(p, &net->roads[i], k);
        draw_chevrons(p, &net->roads[i], k);
      }
  fprintf(p->out, "</g>\n");
}

void svg_crosswalks(svg_picture *p) {
  fprintf(p->out, "<g id=\"crosswalks\">\n");
  for (int i = 0; i < p->net->crosswalk_count; i++) {
    const road_crosswalk *walk = &p->net->crosswalks[i];
    const vec3 *c = walk->corners;
    vec3 near = vec3_sub(c[3], c[0]), far = vec3_sub(c[2], c[1]);
    double length = hypot(near.x, near.y);
    int bars = (int)fmax(1, (length - 0.4) / (2 * BAR_M));
    fprintf(p->out, "<g><title>crosswalk %d</title>\n", walk->id);
    for (int k = 0; k < bars && length > 0; k++) {
      double u = ((length - (2 * bars - 1) * BAR_M) / 2 + 2 * k * BAR_M) / length;
      double v = u + BAR_M / length;
      fprintf(p->out, "<polygon class=\"zebra\" points=\"");
      svg_point(p, vec3_add(c[0], vec3_scale(near, u)));
      svg_point(p, vec3_add(c[1], vec3_scale(far, u)));
      svg_point(p, vec3_add(c[1], vec3_scale(far, v)));
      svg_point(p, vec3_add(c[0], vec3_scale(near, v)));
      fprintf(p->out, "\"/>\n");
    }
    fprintf(p->out, "</g>\n");
  }
  fprintf(p->out, "</g>\n");
}

void svg_stop_lines(svg_picture *p) {
  const road_network *net = p->net;
  fprintf(p->out, "<g id=\"stop-lines\">\n");
  for (int i = 0; i < net->road_count; i++)
    for (int k = 0; k < 2; k++) {
      const road *r = &net->roads[i];
      const road_end *end = &p->ends[i][k];
      if (r->junction || end->stop_m <= 0 || !end->gives_way)
        continue;
      double out = end->stop_m - STOP_POINT_M + (STOP_LINE_BEGIN_M + STOP_LINE_END_M) / 2;
      double s = k ? r->length_m - out : out;
      int outer = road_end_outermost(end), section = k ? r->section_count - 1 : 0;
      double t0 = road_lane_outer_t(net, r, section, 0, s);
      double t1 = road_lane_outer_t(net, r, section, outer, s);
      fprintf(p->out, "<polyline class=\"stop\" points=\"");
      svg_point(p, road_point_at(net, r, s, t0 + (t1 > t0 ? 0.1 : -0.1)));
      svg_point(p, road_point_at(net, r, s, t1 + (t1 > t0 ? -0.2 : 0.2)));
      fprintf(p->out, "\"/>\n");
    }
  fprintf(p->out, "</g>\n");
}
