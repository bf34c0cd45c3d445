// SPDX-License-Identifier: Apache-2.0
#include "with_many_places.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scenes/fields.h"
#include "scenes/scene.h"
#include "with_proofs.h"

static const double MOST_REFUSED = 0.4;
enum { SHOWN = 2, JUNCTIONS = 4 };

// What became of the networks of one place.
typedef struct tally {
  int refused, wrong_refusals;
  int *faulty; // (proofs_count) networks for which a property doesn't hold
} tally;

static void check_refusal(const any_place *of, status got, const trouble *why, tally *t) {
  t->refused++;
  if (got == STATUS_RANGE && any_place_names_field(of->place, why->text))
    return;
  if (t->wrong_refusals++ < SHOWN)
    print_error("%s: \"%s\" doesn't say which field to change\n  --seed %u %s\n", status_name(got),
                why->text, of->number, of->script);
}

static void check_network(const any_place *of, tally *t) {
  proof_case about = {.net = &of->net, .def = &of->def, .junctions = JUNCTIONS};
  for (int i = 0; i < proofs_count; i++) {
    proof_fault fault = {0};
    proofs_table[i].check(&about, &fault);
    if (fault.count == 0)
      continue;
    if (t->faulty[i]++ < SHOWN && proofs_table[i].most_share == 0)
      print_error("not so: %s, in %d places; first: %s\n  --seed %u %s\n", proofs_table[i].name,
                  fault.count, fault.text, of->number, of->script);
  }
}

// Number of properties that don't hold, refusals that say nothing, places that refuse too much.
static int sum_up(place_kind place, const tally *t, int count) {
  int bad = t->wrong_refusals > 0;
  const char *name = place_name((int)place);
  for (int i = 0; i < proofs_count; i++)
    if (t->faulty[i] > proofs_table[i].most_share * (count - t->refused) && ++bad)
      print_error("%s: %d of %d networks: not so: %s\n", name, t->faulty[i], count - t->refused,
                  proofs_table[i].name);
  if (t->refused > MOST_REFUSED * count && ++bad)
    print_error("%s: %d of %d refused\n", name, t->refused, count);
  return bad;
}

void many_places_check(any_size size, uint32_t first, int count) {
  int bad = 0;
  for (int place = 0; place < PLACE_KIND_COUNT; place++) {
    tally t = {.faulty = calloc((size_t)proofs_count, sizeof *t.faulty)};
    for (int i = 0; i < count; i++) {
      any_place of;
      trouble why = {0};
      any_place_draw(&of, (place_kind)place, first + (uint32_t)i, size);
      status got = any_place_build(&of, &why);
      if (got != STATUS_OK) {
        check_refusal(&of, got, &why, &t);
        continue;
      }
      check_network(&of, &t);
      any_place_free(&of);
    }
    bad += sum_up((place_kind)place, &t, count);
    free(t.faulty);
  }
  if (bad)
    fail_msg("%d promises aren't kept", bad);
}

void many_places_furnish(uint32_t first, int count) {
  int bad = 0;
  for (int place = 0; place < PLACE_KIND_COUNT; place++) {
    tally t = {.faulty = calloc((size_t)proofs_count, sizeof *t.faulty)};
    for (int i = 0; i < count; i++) {
      any_place of;
      trouble why = {0};
      scene *s = NULL;
      any_place_draw(&of, (place_kind)place, first + (uint32_t)i, ANY_SMALL);
      status got = scene_build(&s, &of.def, of.number, 0, 0, &why);
      if (got != STATUS_OK)
        check_refusal(&of, got, &why, &t);
      scene_destroy(s);
    }
    bad += sum_up((place_kind)place, &t, count);
    free(t.faulty);
  }
  if (bad)
    fail_msg("%d promises aren't kept", bad);
}
