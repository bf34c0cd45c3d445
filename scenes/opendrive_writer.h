// SPDX-License-Identifier: Apache-2.0
// Between the parts of scenes/opendrive_write*.c only: libxml2's writer with one flag for
// failure, so that a part reads like the file that it writes. After a failed call every
// other one is a no-op.
#ifndef SCENES_OPENDRIVE_WRITER_H
#define SCENES_OPENDRIVE_WRITER_H

#include <stdbool.h>

#include <libxml/xmlwriter.h>

#include "scenes/road_ends.h"

typedef struct opendrive_writer {
  xmlTextWriter *xml;
  const road_network *net;
  road_end (*ends)[2]; // (net->road_count) what is at the ends of each road
  bool failed;
} opendrive_writer;

void opendrive_open(opendrive_writer *w, const char *element);
void opendrive_close(opendrive_writer *w);
/// Attributes of the element opened last. Numbers are the shortest text that reads back
/// as the same double; -0 is written as 0.
void opendrive_text(opendrive_writer *w, const char *attribute, const char *value);
void opendrive_whole(opendrive_writer *w, const char *attribute, int value);
void opendrive_number(opendrive_writer *w, const char *attribute, double value);
/// <element s a b c d/>; `s` is the name of its first attribute.
void opendrive_poly(opendrive_writer *w, const char *element, const char *s, const road_poly3 *p);
/// <userData code value/>
void opendrive_user_data(opendrive_writer *w, const char *code, const char *value);

/// The shortest text that reads back as `value`.
enum { OPENDRIVE_NUMBER = 32 };
void opendrive_number_text(double value, char out[OPENDRIVE_NUMBER]);

// Parts, each an element or a run of them.
void opendrive_write_lanes(opendrive_writer *w, const road *r);
void opendrive_write_objects(opendrive_writer *w, const road *r);
void opendrive_write_signals(opendrive_writer *w, const road *r);
void opendrive_write_controllers(opendrive_writer *w);
void opendrive_write_junctions(opendrive_writer *w);

#endif
