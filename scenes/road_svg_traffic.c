// SPDX-License-Identifier: Apache-2.0
// What traffic does there: conflicts, directions, signals; names; the legend.
#include <math.h>

#include "scenes/road_builder.h"
#include "scenes/road_svg_parts.h"

static const double ARROW_STEP_M = 22, FIRST_ARROW_M = 12;
static const double BESIDE_KERB_M = 0.6; // a signal's middle, from the kerb stone

static const char *const turn_classes[TURN_KIND_COUNT] = {
    [TURN_STRAIGHT] = "straight", [TURN_LEFT] = "left", [TURN_RIGHT] = "right", [TURN_U] = "left"};

// Lanes of junctions ----------------------------------------------------------

static void draw_stretch(svg_picture *p, const lane_path *lane, double from, double to) {
  int n = (int)fmax(1, ceil((to - from) / (lane->max_curvature_pm > 1e-6 ? 0.8 : 20)));
  for (int i = 0; i <= n; i++) {
    road_point at = lane_point(p->net, lane, from + (to - from) * i / n);
    svg_point(p, (vec3){at.x_m, at.y_m, 0});
  }
}

void svg_conflicts(svg_picture *p) {
  const road_network *net = p->net;
  fprintf(p->out, "<g id=\"conflicts\">\n");
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    for (int k = 0; k < lane->conflict_count; k++) {
      const lane_conflict *c = &net->conflicts[lane->conflict_first + k];
      if (!c->yields)
        continue;
      fprintf(p->out, "<polyline class=\"conflict\" points=\"");
      draw_stretch(p, lane, c->begin_s_m, c->end_s_m);
      fprintf(p->out, "\"><title>lane %d gives way to lane %d</title></polyline>\n", lane->id,
              c->other);
    }
  }
  fprintf(p->out, "</g>\n");
}

static void draw_arrow(svg_picture *p, road_point at, const char *class, double size) {
  double c = cos(at.heading_rad), s = sin(at.heading_rad);
  static const double shape[4][2] = {{0.6, 0}, {-0.5, 0.38}, {-0.25, 0}, {-0.5, -0.38}};
  fprintf(p->out, "<polygon class=\"%s\" points=\"", class);
  for (int i = 0; i < 4; i++) {
    double x = shape[i][0] * size, y = shape[i][1] * size;
    svg_point(p, (vec3){at.x_m + x * c - y * s, at.y_m + x * s + y * c, 0});
  }
  fprintf(p->out, "\"/>\n");
}

void svg_directions(svg_picture *p) {
  const road_network *net = p->net;
  fprintf(p->out, "<g id=\"directions\">\n");
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    fprintf(p->out, "<g><title>lane %d: road %d, lane %d, %.0f km/h, %.1f m</title>\n", lane->id,
            lane->road, lane->lane, lane->speed_limit_mps * 3.6, lane->length_m);
    if (lane->junction) {
      char class[32];
      fprintf(p->out, "<polyline class=\"way %s\" points=\"", turn_classes[lane->turn]);
      draw_stretch(p, lane, 0, lane->length_m);
      fprintf(p->out, "\"/>\n");
      snprintf(class, sizeof class, "tip %s", turn_classes[lane->turn]);
      draw_arrow(p, lane_point(net, lane, lane->length_m - 0.6), class, 1.1);
    } else {
      double from = fmin(FIRST_ARROW_M, lane->length_m / 2);
      for (double s = from; s <= lane->length_m - from + 1e-6; s += ARROW_STEP_M)
        draw_arrow(p, lane_point(net, lane, s), "arrow", 2);
    }
    fprintf(p->out, "</g>\n");
  }
  fprintf(p->out, "</g>\n");
}

// Signals ---------------------------------------------------------------------

static void draw_signal(svg_picture *p, int signal, vec3 at) {
  const road_signal *s = &p->net->signals[signal - 1];
  fprintf(p->out,
          "<g><title>signal %d: junction %d, group %d, %s</title>"
          "<circle class=\"%s\" cx=\"%.2f\" cy=\"%.2f\" r=\"%s\"/>"
          "<text class=\"group\" x=\"%.2f\" y=\"%.2f\">%d</text></g>\n",
          s->id, s->junction, s->group, s->pedestrian ? "people" : "vehicles",
          s->pedestrian ? "walk-signal" : "signal", at.x, -at.y, s->pedestrian ? "0.75" : "0.95",
          at.x, -at.y + 0.42, s->group);
}

void svg_signals(svg_picture *p) {
  const road_network *net = p->net;
  fprintf(p->out, "<g id=\"signals\">\n");
  for (int i = 0; i < net->road_count; i++)
    for (int k = 0; k < 2; k++) {
      const road *r = &net->roads[i];
      const road_end *end = &p->ends[i][k];
      int side = road_side_into(net, k);
      double lengths[3] = {end->stop_m, end->walk_m, end->stop_m};
      int ids[3] = {end->signal, end->walk_signal, end->left_signal};
      for (int m = 0; m < 3; m++) {
        if (!ids[m] || r->junction)
          continue;
        double s = k ? r->length_m - lengths[m] : lengths[m];
        int beside = m == 2 ? -side : side; // left turns have theirs on their left
        double t = road_edge_t(net, r, s, beside, ROAD_EDGE_STONE) + beside * (BESIDE_KERB_M + 0.4);
        draw_signal(p, ids[m], road_point_at(net, r, s, t));
      }
    }
  fprintf(p->out, "</g>\n");
}

// Names -----------------------------------------------------------------------

void svg_labels(svg_picture *p) {
  const road_network *net = p->net;
  fprintf(p->out, "<g id=\"labels\">\n");
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    if (r->junction)
      continue;
    vec3 at = road_point_at(net, r, r->length_m / 2, 0);
    fprintf(p->out, "<text class=\"name\" x=\"%.2f\" y=\"%.2f\">%d</text>\n", at.x, -at.y + 0.9,
            r->id);
  }
  for (int i = 0; i < net->junction_count; i++) {
    const char *const kinds[] = {"priority", "signals", "all-way stop",
                                 net->left_hand ? "left before right" : "right before left",
                                 "fork"};
    const road_junction *j = &net->junctions[i];
    fprintf(p->out, "<text class=\"name node\" x=\"%.2f\" y=\"%.2f\">J%d<title>%s</title></text>\n",
            j->x_m, -j->y_m + 0.7, j->id, kinds[j->kind]);
  }
  fprintf(p->out, "</g>\n");
}
