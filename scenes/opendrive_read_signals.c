// SPDX-License-Identifier: Apache-2.0
// <signals>: lights, stop lines, and the signs that say who waits, by the road's end that they
// are for.
#include <math.h>
#include <string.h>

#include "scenes/opendrive_names.h"
#include "scenes/opendrive_reader.h"

static const double BEFORE_LINE_M = 0.4; // vehicles stop that far from their stop line
static const double REACH_M = 60;        // of what stands before a junction

typedef enum signal_use {
  USE_NONE,
  USE_LIGHT,
  USE_LEFT_LIGHT,
  USE_WALK_LIGHT,
  USE_STOP_LINE,
  USE_STOP,
  USE_YIELD
} signal_use;

static signal_use use_of(const map_reader *r, const xmlNode *signal) {
  static const struct {
    const char *type;
    signal_use use;
  } uses[] = {{OPENDRIVE_LIGHT, USE_LIGHT},
              {"1000008", USE_LIGHT},
              {"1000009", USE_LIGHT},
              {"1000010", USE_LIGHT},
              {OPENDRIVE_ARROW_LIGHT, USE_LIGHT},
              {"1000012", USE_LIGHT},
              {"1000014", USE_LIGHT},
              {OPENDRIVE_WALK_LIGHT, USE_WALK_LIGHT},
              {"1000013", USE_WALK_LIGHT},
              {OPENDRIVE_STOP_LINE, USE_STOP_LINE},
              {"206", USE_STOP},
              {"205", USE_YIELD}};
  const char *type = map_text(signal, "type"), *subtype = map_text(signal, "subtype");
  // For turns across the oncoming traffic.
  const char *across = r->b->net.left_hand ? OPENDRIVE_TO_RIGHT : OPENDRIVE_TO_LEFT;
  if (type && subtype && strcmp(type, OPENDRIVE_ARROW_LIGHT) == 0 && strcmp(subtype, across) == 0)
    return USE_LEFT_LIGHT;
  for (size_t i = 0; type && i < sizeof uses / sizeof *uses; i++)
    if (strcmp(uses[i].type, type) == 0)
      return uses[i].use;
  return USE_NONE;
}

static void use_at(map_reader *r, xmlNode *at, signal_use use, const map_place *place) {
  const road *way = &r->b->net.roads[place->road - 1];
  const road_link *link = place->at_end ? &way->successor : &way->predecessor;
  map_end *end = &r->ends[place->road - 1][place->at_end];
  road_note *note = &r->b->notes[place->road - 1];
  if (!road_meets_junction(&r->b->net, link) || place->out_m > REACH_M) {
    map_remark(r, at, "a signal that isn't before a junction is left out");
    return;
  }
  switch (use) {
  case USE_LIGHT:
    end->light = end->light ? end->light : at;
    break;
  case USE_LEFT_LIGHT:
    end->left_light = end->left_light ? end->left_light : at;
    break;
  case USE_WALK_LIGHT:
    end->walk_light = end->walk_light ? end->walk_light : at;
    break;
  case USE_STOP_LINE: {
    double stop = place->out_m + BEFORE_LINE_M;
    if (place->out_m > 0 && fabs(stop - STOP_POINT_M) > 1e-6)
      note->stop_m[place->at_end] = stop;
    break;
  }
  case USE_STOP:
    end->must_stop = true;
    break;
  default:
    end->must_yield = true;
    break;
  }
}

// By the signal's id, the first <signal> of the file that has it.
static xmlNode *find_signal(map_reader *r, const char *id) {
  for (int i = 0; i < r->road_count; i++)
    for (xmlNode *at = map_first(map_child(r->roads[i].node, "signals")); at; at = map_next(at)) {
      const char *own = map_is(at, "signal") ? map_text(at, "id") : NULL;
      if (own && strcmp(own, id) == 0)
        return at;
    }
  return NULL;
}

static int direction_of(map_reader *r, const xmlNode *at) {
  const char *orientation = map_text(at, "orientation");
  if (!orientation || strcmp(orientation, "none") == 0)
    return 0;
  if (strcmp(orientation, "+") == 0)
    return 1;
  if (strcmp(orientation, "-") != 0)
    map_fail(r, at, "<%s> orientation=\"%.40s\" is not +, - or none", (const char *)at->name,
             orientation);
  return -1;
}

static bool read_signal(map_reader *r, const map_road *map, xmlNode *at) {
  static const char *const known[] = {"validity", NULL};
  xmlNode *signal = at;
  if (map_is(at, "signalReference"))
    signal = find_signal(r, map_need(r, at, "id"));
  if (r->code == STATUS_OK && !signal)
    return map_fail(r, at, "there is no signal \"%.40s\"", map_text(at, "id"));
  double s = map_number(r, at, "s", 1e7, NAN);
  int direction = direction_of(r, at);
  if (r->code != STATUS_OK)
    return false;
  signal_use use = use_of(r, signal);
  if (use == USE_NONE) {
    const char *type = map_text(signal, "type"), *country = map_text(signal, "country");
    map_remark(r, at, "signals of type \"%.30s\" (%.30s) are left out", type ? type : "",
               country ? country : "no country");
    return true;
  }
  map_remark_others(r, at, known);
  map_place place = map_place_at(r, map, s, direction);
  use_at(r, at, use, &place);
  return r->code == STATUS_OK;
}

bool map_read_signals(map_reader *r) {
  static const char *const known[] = {"signal", "signalReference", NULL};
  int references = 0;
  enum { REFERENCES = 5000 }; // each is looked for in the whole file
  for (int i = 0; i < r->road_count; i++) {
    const xmlNode *signals = map_child(r->roads[i].node, "signals");
    for (xmlNode *at = map_first(signals); at; at = map_next(at)) {
      bool reference = map_is(at, "signalReference");
      if (reference && ++references > REFERENCES)
        return map_fail(r, at, "more than %d signal references", REFERENCES);
      if ((reference || map_is(at, "signal")) && !read_signal(r, &r->roads[i], at))
        return false;
    }
    if (signals)
      map_remark_others(r, signals, known);
  }
  // A crosswalk beyond the usual stop point moves it.
  for (int i = 0; i < r->b->net.road_count; i++)
    for (int end = 0; end < 2; end++) {
      road_note *note = &r->b->notes[i];
      double least = note->crosswalk[end] ? note->walk_far_m[end] + 1 : 0;
      double stop = note->stop_m[end] > 0 ? note->stop_m[end] : STOP_POINT_M;
      if (stop < least)
        note->stop_m[end] = least;
    }
  return r->code == STATUS_OK;
}
