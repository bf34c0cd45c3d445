// SPDX-License-Identifier: Apache-2.0
// <lanes>: lane offsets, sections, and in each lane its links, widths, mark, speed, height.
#include "scenes/opendrive_names.h"
#include "scenes/opendrive_writer.h"

static void write_link(opendrive_writer *w, const road_lane *lane) {
  opendrive_open(w, "link");
  const struct {
    const char *element;
    int id;
  } links[2] = {{"predecessor", lane->predecessor}, {"successor", lane->successor}};
  for (int i = 0; i < 2; i++) {
    if (!links[i].id)
      continue;
    opendrive_open(w, links[i].element);
    opendrive_whole(w, "id", links[i].id);
    opendrive_close(w);
  }
  opendrive_close(w);
}

static void write_mark(opendrive_writer *w, const road_lane *lane) {
  opendrive_open(w, "roadMark");
  opendrive_number(w, "sOffset", 0);
  opendrive_text(w, "type", opendrive_mark_name(lane->outer_mark));
  opendrive_text(w, "weight", "standard");
  opendrive_text(w, "color", lane->mark_yellow ? "yellow" : "white");
  opendrive_number(w, "width", lane->mark_width_m);
  opendrive_text(w, "laneChange", lane->outer_mark == MARK_BROKEN ? "both" : "none");
  opendrive_close(w);
}

// Lanes for some vehicles only. SUMO goes by the type, others by the access.
static void write_access(opendrive_writer *w, const road_lane *lane) {
  for (int bit = 1; bit <= LANE_FOR_BICYCLES; bit <<= 1) {
    if (!(lane->users & bit))
      continue;
    opendrive_open(w, "access");
    opendrive_number(w, "sOffset", 0);
    opendrive_text(w, "rule", "allow");
    opendrive_text(w, "restriction", opendrive_user_name(bit));
    opendrive_close(w);
  }
}

static void write_lane(opendrive_writer *w, const road_lane *lane) {
  opendrive_open(w, "lane");
  opendrive_whole(w, "id", lane->id);
  opendrive_text(w, "type", opendrive_lane_name(lane));
  opendrive_text(w, "level", "false");
  write_link(w, lane);
  for (int i = 0; i < lane->width_count; i++)
    opendrive_poly(w, "width", "sOffset", &w->net->widths[lane->width_first + i]);
  write_mark(w, lane);
  if (lane->speed_limit_mps > 0) {
    opendrive_open(w, "speed");
    opendrive_number(w, "sOffset", 0);
    opendrive_number(w, "max", lane->speed_limit_mps);
    opendrive_text(w, "unit", "m/s");
    opendrive_close(w);
  }
  write_access(w, lane);
  if (lane->height_m != 0) {
    opendrive_open(w, "height");
    opendrive_number(w, "sOffset", 0);
    opendrive_number(w, "inner", lane->height_m);
    opendrive_number(w, "outer", lane->height_m);
    opendrive_close(w);
  }
  opendrive_close(w);
}

// Lanes of a section whose ids have the sign of `side`, from the left to the right.
static void write_side(opendrive_writer *w, const road_section *section, const char *element,
                       int side) {
  bool open = false;
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *lane = &w->net->lanes[section->lane_first + i];
    if ((lane->id > 0) - (lane->id < 0) != side)
      continue;
    if (!open)
      opendrive_open(w, element);
    open = true;
    write_lane(w, lane);
  }
  if (open)
    opendrive_close(w);
}

void opendrive_write_lanes(opendrive_writer *w, const road *r) {
  opendrive_open(w, "lanes");
  for (int i = 0; i < r->offset_count; i++)
    opendrive_poly(w, "laneOffset", "s", &w->net->offsets[r->offset_first + i]);
  for (int i = 0; i < r->section_count; i++) {
    const road_section *section = &w->net->sections[r->section_first + i];
    opendrive_open(w, "laneSection");
    opendrive_number(w, "s", section->s_m);
    write_side(w, section, "left", 1);
    write_side(w, section, "center", 0);
    write_side(w, section, "right", -1);
    opendrive_close(w);
  }
  opendrive_close(w);
}
