// SPDX-License-Identifier: Apache-2.0
// A street grid as OpenDRIVE, as large as one asks: n x n junctions with signals, 200 m apart, two
// lanes a direction, the left one for straight on and left, the right one for straight on and
// right. Written as short as the format allows: a map may have 64 MiB.
#ifndef BENCH_GRID_MAP_H
#define BENCH_GRID_MAP_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#define GRID_SPACING_M 200.0
#define GRID_HALF_M 12.0 // of a junction
#define GRID_LANE_M 3.2

static const int grid_dx[4] = {1, 0, -1, 0}, grid_dy[4] = {0, 1, 0, -1}; // east, north, west, south

static inline bool grid_leads(int n, int x, int y, int way) {
  int ax = x + grid_dx[way], ay = y + grid_dy[way];
  return ax >= 0 && ax < n && ay >= 0 && ay < n;
}

// The road that leaves junction (x, y) that way; ids of junctions are below those of roads.
static inline int grid_road(int n, int x, int y, int way) {
  return 1 + n * n + 4 * (y * n + x) + way;
}

static inline void grid_begin_road(FILE *f, int id, int junction, double x, double y, double hdg,
                                   double length, double curvature) {
  fprintf(f,
          "<road id=\"%d\" junction=\"%d\" length=\"%.9g\"><planView><geometry s=\"0\" x=\"%.9g\" "
          "y=\"%.9g\" hdg=\"%.12g\" length=\"%.9g\">",
          id, junction, length, x, y, hdg, length);
  if (curvature == 0)
    fputs("<line/>", f);
  else
    fprintf(f, "<arc curvature=\"%.12g\"/>", curvature);
  fputs("</geometry></planView>", f);
}

// Lanes -1 … -count; in junctions with the lanes that they come from and lead to.
static inline void grid_lanes(FILE *f, int count, int linked_to) {
  fputs("<lanes><laneSection s=\"0\"><center><lane id=\"0\" type=\"none\"/></center><right>", f);
  for (int k = 1; k <= count; k++) {
    fprintf(f, "<lane id=\"%d\" type=\"driving\">", -k);
    if (linked_to)
      fprintf(f, "<link><predecessor id=\"%d\"/><successor id=\"%d\"/></link>", linked_to - (k - 1),
              linked_to - (k - 1));
    fprintf(f, "<width sOffset=\"0\" a=\"%g\" b=\"0\" c=\"0\" d=\"0\"/></lane>", GRID_LANE_M);
  }
  fputs("</right></laneSection></lanes>", f);
}

static inline void grid_street(FILE *f, int n, int x, int y, int way) {
  int to = (y + grid_dy[way]) * n + x + grid_dx[way] + 1;
  double length = GRID_SPACING_M - 2 * GRID_HALF_M;
  grid_begin_road(f, grid_road(n, x, y, way), -1, x * GRID_SPACING_M + GRID_HALF_M * grid_dx[way],
                  y * GRID_SPACING_M + GRID_HALF_M * grid_dy[way], way * M_PI / 2, length, 0);
  fprintf(f,
          "<link><predecessor elementType=\"junction\" elementId=\"%d\"/><successor "
          "elementType=\"junction\" elementId=\"%d\"/></link><type s=\"0\" type=\"town\"><speed "
          "max=\"13.89\" unit=\"m/s\"/></type>",
          y * n + x + 1, to);
  grid_lanes(f, 2, 0);
  fprintf(f,
          "<signals><signal id=\"%d\" s=\"%g\" t=\"-4\" orientation=\"+\" dynamic=\"yes\" "
          "zOffset=\"5\" type=\"1000001\" subtype=\"-1\"/></signals></road>\n",
          grid_road(n, x, y, way), length);
}

// The way through junction (x, y) of who drives `from` into `to`; turns have one lane.
static inline void grid_through(FILE *f, int n, int x, int y, int from, int to, int id) {
  int turn = (to - from + 4) % 4; // 0 straight on, 1 left, 3 right
  double half = GRID_HALF_M, beside = turn == 3 ? GRID_LANE_M : 0, radius = half - beside;
  double ax = x * GRID_SPACING_M - half * grid_dx[from] + beside * grid_dy[from];
  double ay = y * GRID_SPACING_M - half * grid_dy[from] - beside * grid_dx[from];
  double curvature = turn == 0 ? 0 : turn == 1 ? 1 / radius : -1 / radius;
  grid_begin_road(f, id, y * n + x + 1, ax, ay, from * M_PI / 2,
                  turn == 0 ? 2 * half : radius * M_PI / 2, curvature);
  fprintf(f,
          "<link><predecessor elementType=\"road\" elementId=\"%d\" contactPoint=\"end\"/>"
          "<successor elementType=\"road\" elementId=\"%d\" contactPoint=\"start\"/></link>",
          grid_road(n, x - grid_dx[from], y - grid_dy[from], from), grid_road(n, x, y, to));
  grid_lanes(f, turn == 0 ? 2 : 1, turn == 3 ? -2 : -1);
  fputs("</road>\n", f);
}

static inline void grid_connection(FILE *f, int n, int x, int y, int from, int to, int id) {
  int turn = (to - from + 4) % 4;
  fprintf(f,
          "<connection id=\"%d\" incomingRoad=\"%d\" connectingRoad=\"%d\" "
          "contactPoint=\"start\">",
          id, grid_road(n, x - grid_dx[from], y - grid_dy[from], from), id);
  fprintf(f, "<laneLink from=\"%d\" to=\"-1\"/>", turn == 3 ? -2 : -1);
  if (turn == 0)
    fputs("<laneLink from=\"-2\" to=\"-2\"/>", f);
  fputs("</connection>", f);
}

/// Writes a grid of n x n junctions, n >= 2; false when the file can't be written.
static inline bool grid_map_write(const char *path, int n) {
  FILE *f = fopen(path, "w");
  if (!f)
    return false;
  fputs("<OpenDRIVE><header revMajor=\"1\" revMinor=\"7\"/>\n", f);
  int streets_end = 1 + 5 * n * n;
  for (int pass = 0; pass < 2; pass++) { // roads, then junctions: ids of ways through count alike
    int id = streets_end;
    for (int y = 0; y < n; y++)
      for (int x = 0; x < n; x++) {
        if (pass)
          fprintf(f, "<junction id=\"%d\" name=\"\">", y * n + x + 1);
        for (int way = 0; way < 4; way++) {
          if (pass == 0 && grid_leads(n, x, y, way))
            grid_street(f, n, x, y, way);
          // Who drives that way came from the other side.
          for (int to = 0; to < 4 && grid_leads(n, x, y, (way + 2) % 4); to++)
            if (to != (way + 2) % 4 && grid_leads(n, x, y, to))
              (pass ? grid_connection : grid_through)(f, n, x, y, way, to, id++);
        }
        if (pass)
          fputs("</junction>\n", f);
      }
  }
  fputs("</OpenDRIVE>\n", f);
  return fclose(f) == 0;
}

#endif
