// SPDX-License-Identifier: Apache-2.0
// Left-hand traffic is the mirror image of right-hand traffic: generators build the one, and
// this turns it into the other. Everything that has a left and a right has its line here.
#include <assert.h>

#include "scenes/road_builder.h"

// y to -y. A zero stays positive, so that what is written doesn't depend on it.
static double turned(double y) {
  return 0 - y;
}

static void mirror_polys(road_poly3 *first, int count) {
  for (int i = 0; i < count; i++) {
    road_poly3 *p = &first[i];
    *p = (road_poly3){p->s_m, turned(p->a), turned(p->b), turned(p->c), turned(p->d)};
  }
}

static void mirror_terrain(road_terrain *terrain) {
  for (int i = 0; i < terrain->wave_count; i++)
    terrain->waves[i].y_pm = turned(terrain->waves[i].y_pm);
  for (int i = 0; i < terrain->cut_count; i++) {
    terrain_cut *cut = &terrain->cuts[i];
    cut->y_m = turned(cut->y_m);
    cut->across_y = turned(cut->across_y);
  }
}

static void mirror_lines(road_network *net) {
  for (int i = 0; i < net->geometry_count; i++) {
    road_geometry *g = &net->geometries[i];
    g->y_m = turned(g->y_m);
    g->heading_rad = turned(g->heading_rad);
    g->curvature_begin_pm = turned(g->curvature_begin_pm);
    g->curvature_end_pm = turned(g->curvature_end_pm);
  }
  mirror_polys(net->offsets, net->offset_count);
  mirror_polys(net->banks, net->bank_count);
  mirror_terrain(&net->land.terrain);
  for (int i = 0; i < net->land.region_count; i++) {
    land_region *region = &net->land.regions[i];
    region->y_m = turned(region->y_m);
    region->heading_rad = turned(region->heading_rad);
    mirror_terrain(&region->terrain);
  }
}

// What was the rightmost lane is the leftmost one. Links lead to lanes that are turned as well.
static void mirror_section(road_lane *lanes, int count) {
  for (int i = 0; i < count / 2; i++) {
    road_lane swap = lanes[i];
    lanes[i] = lanes[count - 1 - i];
    lanes[count - 1 - i] = swap;
  }
  for (int i = 0; i < count; i++) {
    lanes[i].id = -lanes[i].id;
    lanes[i].predecessor = -lanes[i].predecessor;
    lanes[i].successor = -lanes[i].successor;
  }
}

// Outlines stay counter-clockwise.
static void mirror_outline(road_point *points, int count) {
  for (int i = 0; i < count / 2; i++) {
    road_point swap = points[i];
    points[i] = points[count - 1 - i];
    points[count - 1 - i] = swap;
  }
}

// The corner on the right kerb is the one on the left kerb now.
static void mirror_crosswalk(road_crosswalk *walk) {
  vec3 corners[4];
  for (int i = 0; i < 4; i++) {
    vec3 p = walk->corners[3 - i];
    corners[i] = (vec3){p.x, turned(p.y), p.z};
  }
  for (int i = 0; i < 4; i++)
    walk->corners[i] = corners[i];
}

static turn_kind mirror_turn(turn_kind turn) {
  return turn == TURN_LEFT ? TURN_RIGHT : turn == TURN_RIGHT ? TURN_LEFT : turn;
}

void road_builder_mirror(road_builder *b) {
  road_network *net = &b->net;
  assert(net->path_count == 0 && net->walk_node_count == 0);
  if (b->failed)
    return;
  net->left_hand = !net->left_hand;
  mirror_lines(net);
  for (int i = 0; i < net->section_count; i++)
    mirror_section(&net->lanes[net->sections[i].lane_first], net->sections[i].lane_count);
  for (int i = 0; i < net->point_count; i++) {
    net->points[i].y_m = turned(net->points[i].y_m);
    net->points[i].heading_rad = turned(net->points[i].heading_rad);
  }
  for (int i = 0; i < net->junction_count; i++) {
    road_junction *j = &net->junctions[i];
    j->y_m = turned(j->y_m);
    mirror_outline(&net->points[j->outline_first], j->outline_count);
  }
  for (int i = 0; i < net->crosswalk_count; i++)
    mirror_crosswalk(&net->crosswalks[i]);
  for (int i = 0; i < net->bay_count; i++) {
    net->bays[i].t_m = turned(net->bays[i].t_m);
    net->bays[i].heading_rad = turned(net->bays[i].heading_rad);
  }
  for (int i = 0; i < net->site_count; i++) {
    net->sites[i].y_m = turned(net->sites[i].y_m);
    net->sites[i].heading_rad = turned(net->sites[i].heading_rad);
  }
  for (int i = 0; i < net->part_count; i++) {
    net->parts[i].y_m = turned(net->parts[i].y_m);
    net->parts[i].heading_rad = turned(net->parts[i].heading_rad);
  }
  for (int i = 0; i < net->road_count; i++)
    b->notes[i].turn = mirror_turn(b->notes[i].turn);
}
