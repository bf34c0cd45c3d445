// SPDX-License-Identifier: Apache-2.0
#include "with_proofs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "with_graph_proofs.h"
#include "with_junction_proofs.h"
#include "with_lane_proofs.h"
#include "with_road_proofs.h"
#include "with_signal_proofs.h"
#include "with_walk_proofs.h"

const proof proofs_table[] = {
    {"reference lines are smooth", proof_lines_smooth, 0},
    {"bends suit the place and the speed", proof_bends, 0},
    {"elevation is C1 along roads and across links", proof_elevation, 0},
    {"widths are in range and smooth", proof_widths, 0},
    {"roads keep apart", proof_roads_apart, 0},
    {"a lane's end joins its successor", proof_joins, 0},
    {"points are dense and smooth", proof_points, 0},
    {"no lane crosses itself", proof_no_self_crossing, 0},
    {"neighbours lie side by side", proof_neighbours, 0},
    {"from everywhere one gets everywhere", proof_connected, 0},
    {"conflicts are where swept areas overlap", proof_conflicts, 0},
    {"who yields is settled", proof_yields, 0},
    // Arms 40 degrees apart beside wide corners: docs/roads.md says how often.
    {"ways stay on the junction's asphalt", proof_ways_on_asphalt, 0.1},
    {"vehicles stop before crosswalks", proof_stops, 0},
    {"every group gets green", proof_greens, 0},
    {"lanes that conflict go together only where a turn yields", proof_conflicting_greens, 0.003},
    {"people cross while nobody drives straight over them", proof_people_greens, 0},
    {"one can walk everywhere", proof_walks_connected, 0},
    {"ways to walk join and stay off lanes", proof_walks_apart, 0.01},
};
const int proofs_count = sizeof proofs_table / sizeof *proofs_table;

const proof *proof_find(const char *name) {
  for (int i = 0; i < proofs_count; i++)
    if (strcmp(proofs_table[i].name, name) == 0)
      return &proofs_table[i];
  fail_msg("no property is called \"%s\"", name);
  return NULL;
}

void proof_says(proof_fault *out, const char *format, ...) {
  if (out->count++ > 0)
    return;
  va_list args;
  va_start(args, format);
  vsnprintf(out->text, sizeof out->text, format, args);
  va_end(args);
}
