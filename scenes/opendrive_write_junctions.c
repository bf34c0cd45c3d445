// SPDX-License-Identifier: Apache-2.0
// <junction> with its connections and priorities, and <controller>, one a signal group.
#include <stdio.h>
#include <string.h>

#include "scenes/opendrive_names.h"
#include "scenes/opendrive_writer.h"

// Signal groups ---------------------------------------------------------------

static bool has_signals(const road_network *net, const road_junction *j, int group) {
  for (int i = 0; i < net->signal_count; i++)
    if (net->signals[i].junction == j->id && net->signals[i].group == group)
      return true;
  return false;
}

static int controller_id(const road_junction *j, int group) {
  return (j->id - 1) * ROAD_SIGNAL_GROUPS + group;
}

void opendrive_write_controllers(opendrive_writer *w) {
  const road_network *net = w->net;
  char name[48];
  for (int k = 0; k < net->junction_count; k++) {
    const road_junction *j = &net->junctions[k];
    for (int group = 1; group <= j->group_count; group++) {
      if (!has_signals(net, j, group))
        continue;
      snprintf(name, sizeof name, "junction %d group %d", j->id, group);
      opendrive_open(w, "controller");
      opendrive_whole(w, "id", controller_id(j, group));
      opendrive_text(w, "name", name);
      opendrive_whole(w, "sequence", group);
      for (int i = 0; i < net->signal_count; i++) {
        if (net->signals[i].junction != j->id || net->signals[i].group != group)
          continue;
        opendrive_open(w, "control");
        opendrive_whole(w, "signalId", net->signals[i].id);
        opendrive_whole(w, "type", 0);
        opendrive_close(w);
      }
      opendrive_close(w);
    }
  }
}

// Connections -----------------------------------------------------------------

// A connecting road carries traffic in from the road at its start (lanes along s) or from
// the one at its end (lanes against s).
static void write_connection(opendrive_writer *w, const road *r, bool from_end, int *id) {
  const road_network *net = w->net;
  const road_link *in = from_end ? &r->successor : &r->predecessor;
  const road_section *section =
      &net->sections[r->section_first + (from_end ? r->section_count - 1 : 0)];
  bool open = false;
  if (in->kind != ROAD_LINK_ROAD || net->roads[in->id - 1].junction == r->junction)
    return;
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *lane = &net->lanes[section->lane_first + i];
    int from = from_end ? lane->successor : lane->predecessor;
    if (!road_lane_users(lane) || road_lane_along(net, lane->id) == from_end || !from)
      continue;
    if (!open) {
      opendrive_open(w, "connection");
      opendrive_whole(w, "id", (*id)++);
      opendrive_whole(w, "incomingRoad", in->id);
      opendrive_whole(w, "connectingRoad", r->id);
      opendrive_text(w, "contactPoint", from_end ? "end" : "start");
    }
    open = true;
    opendrive_open(w, "laneLink");
    opendrive_whole(w, "from", from);
    opendrive_whole(w, "to", lane->id);
    opendrive_close(w);
  }
  if (open)
    opendrive_close(w);
}

// Once for each pair of connecting roads where the second gives way to the first.
static void write_priorities(opendrive_writer *w, const lane_path *lane) {
  const road_network *net = w->net;
  for (int i = 0; i < lane->conflict_count; i++) {
    const lane_conflict *c = &net->conflicts[lane->conflict_first + i];
    int high = net->paths[c->other - 1].road;
    if (!c->yields || high == lane->road)
      continue;
    opendrive_open(w, "priority");
    opendrive_whole(w, "high", high);
    opendrive_whole(w, "low", lane->road);
    opendrive_close(w);
  }
}

// "20.5 Grr-, 3 yrr-, …": seconds and a letter for each group.
static void write_program(opendrive_writer *w, const road_junction *j) {
  enum { PHASES = 64 };
  char text[PHASES * (OPENDRIVE_NUMBER + ROAD_SIGNAL_GROUPS + 3)], *at = text;
  if (j->program_count == 0 || j->program_count > PHASES)
    return;
  for (int i = 0; i < j->program_count; i++) {
    const road_phase *phase = &w->net->phases[j->program_first + i];
    if (i > 0)
      at += sprintf(at, ", ");
    opendrive_number_text(phase->duration_s, at);
    at += strlen(at);
    *at++ = ' ';
    for (int group = 1; group <= j->group_count; group++)
      *at++ = opendrive_colors[phase->color[group]];
    *at = 0;
  }
  opendrive_user_data(w, OPENDRIVE_PROGRAM, text);
}

static void write_junction(opendrive_writer *w, const road_junction *j) {
  const road_network *net = w->net;
  char text[2 * OPENDRIVE_NUMBER + 2];
  int connection = 0;
  snprintf(text, sizeof text, "junction %d", j->id);
  opendrive_open(w, "junction");
  opendrive_whole(w, "id", j->id);
  opendrive_text(w, "name", text);
  opendrive_text(w, "type", "default");
  for (int i = 0; i < net->road_count; i++)
    for (int from_end = 0; from_end < 2 && net->roads[i].junction == j->id; from_end++)
      write_connection(w, &net->roads[i], from_end, &connection);
  for (int i = 0; i < net->path_count; i++)
    if (net->paths[i].junction == j->id)
      write_priorities(w, &net->paths[i]);
  for (int group = 1; group <= j->group_count; group++) {
    if (!has_signals(net, j, group))
      continue;
    opendrive_open(w, "controller");
    opendrive_whole(w, "id", controller_id(j, group));
    opendrive_whole(w, "type", 0);
    opendrive_whole(w, "sequence", group);
    opendrive_close(w);
  }
  opendrive_user_data(w, OPENDRIVE_KIND, opendrive_junction_name(j->kind));
  opendrive_number_text(j->x_m, text);
  strcat(text, " ");
  opendrive_number_text(j->y_m, text + strlen(text));
  opendrive_user_data(w, OPENDRIVE_MIDDLE, text);
  write_program(w, j);
  opendrive_close(w);
}

void opendrive_write_junctions(opendrive_writer *w) {
  for (int i = 0; i < w->net->junction_count; i++)
    write_junction(w, &w->net->junctions[i]);
}
