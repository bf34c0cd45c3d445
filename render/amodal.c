// SPDX-License-Identifier: Apache-2.0
#include "render/amodal.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

// The run that is being counted.
typedef struct pen {
  amodal_runs *to;
  uint64_t from; // pixels before it
  bool inside, ok;
} pen;

// It ends before that pixel.
static void end_run(pen *p, uint64_t at) {
  p->ok = p->ok && ARRAY_RESERVE(p->to->runs, p->to->capacity, p->to->count + 1);
  if (!p->ok)
    return;
  p->to->runs[p->to->count++] = (uint32_t)(at - p->from);
  p->from = at;
  p->inside = !p->inside;
}

static int least(int a, int b) {
  return a < b ? a : b;
}

bool amodal_append(amodal_runs *to, int width_px, int height_px, amodal_tiles where,
                   const uint32_t *covered) {
  pen p = {.to = to, .ok = true};
  const int top = 4 * where.y, bottom = least(top + 4 * where.down, height_px);
  const int end = least(4 * (where.x + where.across), width_px);
  const bool columns_join = top == 0 && bottom == height_px;
  for (int x = 4 * where.x; p.ok && x < end; x++) {
    const uint64_t column = (uint64_t)x * (uint64_t)height_px;
    const uint32_t *tile = covered + x / 4 - where.x;
    for (int y = top; y < bottom; y++) {
      bool inside = tile[(y / 4 - where.y) * where.across] >> (y % 4 * 4 + x % 4) & 1;
      if (inside != p.inside)
        end_run(&p, column + (uint64_t)y);
    }
    if (p.inside && !columns_join)
      end_run(&p, column + (uint64_t)bottom);
  }
  if (p.inside)
    end_run(&p, (uint64_t)end * (uint64_t)height_px);
  const uint64_t all = (uint64_t)width_px * (uint64_t)height_px;
  if (p.from < all)
    end_run(&p, all);
  return p.ok;
}

void amodal_runs_free(amodal_runs *runs) {
  free(runs->runs);
  memset(runs, 0, sizeof *runs);
}
