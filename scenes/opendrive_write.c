// SPDX-License-Identifier: Apache-2.0
#include "scenes/opendrive_write.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/opendrive_names.h"
#include "scenes/opendrive_writer.h"

void opendrive_open(opendrive_writer *w, const char *element) {
  w->failed = w->failed || xmlTextWriterStartElement(w->xml, BAD_CAST element) < 0;
}

void opendrive_close(opendrive_writer *w) {
  w->failed = w->failed || xmlTextWriterEndElement(w->xml) < 0;
}

void opendrive_text(opendrive_writer *w, const char *attribute, const char *value) {
  w->failed =
      w->failed || xmlTextWriterWriteAttribute(w->xml, BAD_CAST attribute, BAD_CAST value) < 0;
}

void opendrive_whole(opendrive_writer *w, const char *attribute, int value) {
  char text[16];
  snprintf(text, sizeof text, "%d", value);
  opendrive_text(w, attribute, text);
}

void opendrive_number_text(double value, char out[OPENDRIVE_NUMBER]) {
  // -0 says nothing that 0 doesn't; SUMO can't read numbers that are too small to be normal.
  value = fabs(value) < DBL_MIN ? 0 : value;
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(out, OPENDRIVE_NUMBER, "%.*g", digits, value);
    if (strtod(out, NULL) == value)
      return;
  }
}

void opendrive_number(opendrive_writer *w, const char *attribute, double value) {
  char text[OPENDRIVE_NUMBER];
  opendrive_number_text(value, text);
  opendrive_text(w, attribute, text);
}

void opendrive_poly(opendrive_writer *w, const char *element, const char *s, const road_poly3 *p) {
  opendrive_open(w, element);
  opendrive_number(w, s, p->s_m);
  opendrive_number(w, "a", p->a);
  opendrive_number(w, "b", p->b);
  opendrive_number(w, "c", p->c);
  opendrive_number(w, "d", p->d);
  opendrive_close(w);
}

void opendrive_user_data(opendrive_writer *w, const char *code, const char *value) {
  opendrive_open(w, "userData");
  opendrive_text(w, "code", code);
  opendrive_text(w, "value", value);
  opendrive_close(w);
}

static void write_header(opendrive_writer *w, const char *name) {
  const road_network *net = w->net;
  bool empty = net->point_count == 0;
  opendrive_open(w, "header");
  opendrive_whole(w, "revMajor", 1);
  opendrive_whole(w, "revMinor", 7);
  opendrive_text(w, "name", name);
  opendrive_text(w, "version", "1.00");
  opendrive_number(w, "north", empty ? 0 : net->max_y_m);
  opendrive_number(w, "south", empty ? 0 : net->min_y_m);
  opendrive_number(w, "east", empty ? 0 : net->max_x_m);
  opendrive_number(w, "west", empty ? 0 : net->min_x_m);
  opendrive_text(w, "vendor", "Roadloom");
  opendrive_close(w);
}

static void write_link(opendrive_writer *w, const char *element, const road_link *link) {
  if (link->kind == ROAD_LINK_NONE)
    return;
  opendrive_open(w, element);
  opendrive_text(w, "elementType", link->kind == ROAD_LINK_ROAD ? "road" : "junction");
  opendrive_whole(w, "elementId", link->id);
  if (link->kind == ROAD_LINK_ROAD)
    opendrive_text(w, "contactPoint", link->at_end ? "end" : "start");
  opendrive_close(w);
}

static void write_type(opendrive_writer *w, const road *r) {
  const road_network *net = w->net;
  double fastest = 0;
  for (int i = 0; i < r->section_count; i++) {
    const road_section *section = &net->sections[r->section_first + i];
    for (int k = 0; k < section->lane_count; k++)
      fastest = fmax(fastest, net->lanes[section->lane_first + k].speed_limit_mps);
  }
  opendrive_open(w, "type");
  opendrive_number(w, "s", 0);
  opendrive_text(w, "type", opendrive_road_name(r->class));
  if (fastest > 0) {
    opendrive_open(w, "speed");
    opendrive_number(w, "max", fastest);
    opendrive_text(w, "unit", "m/s");
    opendrive_close(w);
  }
  opendrive_close(w);
}

static void write_geometry(opendrive_writer *w, const road_geometry *g) {
  opendrive_open(w, "geometry");
  opendrive_number(w, "s", g->s_m);
  opendrive_number(w, "x", g->x_m);
  opendrive_number(w, "y", g->y_m);
  opendrive_number(w, "hdg", g->heading_rad);
  opendrive_number(w, "length", g->length_m);
  if (g->curvature_begin_pm != g->curvature_end_pm) {
    opendrive_open(w, "spiral");
    opendrive_number(w, "curvStart", g->curvature_begin_pm);
    opendrive_number(w, "curvEnd", g->curvature_end_pm);
  } else if (g->curvature_begin_pm != 0) {
    opendrive_open(w, "arc");
    opendrive_number(w, "curvature", g->curvature_begin_pm);
  } else {
    opendrive_open(w, "line");
  }
  opendrive_close(w);
  opendrive_close(w);
}

static void write_road(opendrive_writer *w, const road *r) {
  const road_network *net = w->net;
  char text[32];
  snprintf(text, sizeof text, "%s %d", r->junction ? "way" : "road", r->id);
  opendrive_open(w, "road");
  opendrive_text(w, "name", text);
  opendrive_number(w, "length", r->length_m);
  opendrive_whole(w, "id", r->id);
  opendrive_whole(w, "junction", r->junction ? r->junction : -1);
  opendrive_text(w, "rule", net->left_hand ? "LHT" : "RHT");
  opendrive_open(w, "link");
  write_link(w, "predecessor", &r->predecessor);
  write_link(w, "successor", &r->successor);
  opendrive_close(w);
  write_type(w, r);
  opendrive_open(w, "planView");
  for (int i = 0; i < r->geometry_count; i++)
    write_geometry(w, &net->geometries[r->geometry_first + i]);
  opendrive_close(w);
  opendrive_open(w, "elevationProfile");
  for (int i = 0; i < r->elevation_count; i++)
    opendrive_poly(w, "elevation", "s", &net->elevations[r->elevation_first + i]);
  opendrive_close(w);
  opendrive_open(w, "lateralProfile");
  for (int i = 0; i < r->bank_count; i++)
    opendrive_poly(w, "superelevation", "s", &net->banks[r->bank_first + i]);
  opendrive_close(w);
  opendrive_write_lanes(w, r);
  opendrive_write_objects(w, r);
  if (!r->junction)
    opendrive_write_signals(w, r);
  for (int i = 0; i < net->path_count && r->junction; i++)
    if (net->paths[i].road == r->id) {
      snprintf(text, sizeof text, "%d", net->paths[i].priority);
      opendrive_user_data(w, OPENDRIVE_RANK, text);
      snprintf(text, sizeof text, "%d", (int)net->paths[i].turn);
      opendrive_user_data(w, OPENDRIVE_TURN, text);
      break;
    }
  opendrive_close(w);
}

static void write_all(opendrive_writer *w, const char *name) {
  xmlTextWriterSetIndent(w->xml, 1);
  w->failed = xmlTextWriterSetIndentString(w->xml, BAD_CAST "  ") < 0 ||
              xmlTextWriterStartDocument(w->xml, NULL, "UTF-8", NULL) < 0;
  opendrive_open(w, "OpenDRIVE");
  write_header(w, name);
  for (int i = 0; i < w->net->road_count; i++)
    write_road(w, &w->net->roads[i]);
  opendrive_write_controllers(w);
  opendrive_write_junctions(w);
  opendrive_close(w);
  w->failed = w->failed || xmlTextWriterEndDocument(w->xml) < 0;
}

status opendrive_write(const road_network *net, const char *name, char **text, size_t *size,
                       trouble *why) {
  opendrive_writer w = {.net = net};
  w.ends = calloc((size_t)net->road_count + 1, sizeof *w.ends);
  xmlBuffer *buffer = xmlBufferCreate();
  w.xml = buffer ? xmlNewTextWriterMemory(buffer, 0) : NULL;
  w.failed = !w.xml || !w.ends;
  if (!w.failed) {
    road_ends_find(net, w.ends);
    write_all(&w, name);
  }
  xmlFreeTextWriter(w.xml); // flushes
  char *copy = NULL;
  size_t length = 0;
  if (!w.failed) {
    length = (size_t)xmlBufferLength(buffer);
    copy = malloc(length + 1);
  }
  if (copy) {
    memcpy(copy, xmlBufferContent(buffer), length);
    copy[length] = 0;
    *text = copy;
    *size = length;
  }
  xmlBufferFree(buffer);
  free(w.ends);
  return copy ? STATUS_OK
              : trouble_set(why, STATUS_MEMORY, "memory ran out while writing OpenDRIVE");
}
