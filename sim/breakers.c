// SPDX-License-Identifier: Apache-2.0
// Rule breakers, as far as the parameters of their driving don't say it: who goes at red. Who has
// the siren on may, and breaks no rule.
// What they do to others stays bounded: they wait for whoever can't stop any more, and for
// people in their way.
#include "sim/state.h"

bool sim_goes_at_red(const sim_world *w, int vehicle, const road_signal *signal) {
  if (w->sirens && sim_siren_on(w, vehicle))
    return true;
  if (!(w->cars.breaks[vehicle] & BREAKS_RED))
    return false;
  if (sim_color(w, signal->junction, signal->group) == SIGNAL_YELLOW)
    return true;
  return sim_color_age(w, signal->junction, signal->group) <= w->scene->vehicles[vehicle].red_s;
}
