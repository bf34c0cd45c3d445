// SPDX-License-Identifier: Apache-2.0
#include "cluster/drive_worst.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/picture.h"
#include "export/strip_tiles.h"
#include "sim/faults.h"

enum { SIDE = 240, MOMENTS = 3, TILES = 1 + MOMENTS, FAULTS = 64 };
static const double ACROSS_M = 48, BETWEEN_S = 1;

typedef struct entry {
  drive_badness how;
  int count;
  episodes_picture tiles[TILES];
  void *png[TILES];
} entry;

struct drive_worst {
  int count;
  entry of[DRIVE_WORST]; // the worst first
};

// ---- the order ----

const char *const drive_worst_scores[DRIVE_WORST_SCORES] = {"nuplan_like", "carla.ds_2_1",
                                                            "criticality.delta_v_mps"};

drive_badness drive_badness_of(const double scores[DRIVE_WORST_SCORES], uint32_t episode) {
  return (drive_badness){.nuplan = isnan(scores[0]) ? INFINITY : scores[0],
                         .carla = isnan(scores[1]) ? INFINITY : scores[1],
                         .delta_v = isnan(scores[2]) ? 0 : scores[2],
                         .episode = episode};
}

int drive_worse_first(const void *a, const void *b) {
  const drive_badness *x = a, *y = b;
  if (x->nuplan != y->nuplan)
    return x->nuplan < y->nuplan ? -1 : 1;
  if (x->carla != y->carla)
    return x->carla < y->carla ? -1 : 1;
  if (x->delta_v != y->delta_v)
    return x->delta_v > y->delta_v ? -1 : 1;
  return x->episode < y->episode ? -1 : x->episode > y->episode;
}

// ---- pictures ----

static void entry_free(entry *it) {
  for (int i = 0; i < TILES; i++)
    free(it->png[i]);
  memset(it, 0, sizeof *it);
}

// The fault that an episode is shown for, NULL without any: the gravest kind, the first of it.
static const sim_fault *gravest(const strip_of *of) {
  const sim_fault *worst = NULL;
  for (int i = 0; i < of->fault_count; i++)
    if (!worst || of->faults[i].kind < worst->kind)
      worst = &of->faults[i];
  return worst;
}

// The frames to show, ascending; how many. Up to a fault a second apart, or as far as there was
// time; else evenly over all.
static int moments_of(const sim_episode *e, const sim_fault *fault, int out[MOMENTS]) {
  int last = fault ? fault->frame : e->count - 1;
  int gap = last / (fault ? MOMENTS - 1 : MOMENTS), count = 0;
  int most = (int)lround(BETWEEN_S / e->step_s);
  if (fault && gap > most)
    gap = most;
  for (int k = MOMENTS - 1; k >= 0; k--)
    if (k == 0 || gap > 0)
      out[count++] = last - k * gap;
  return count;
}

// Takes the picture's pixels.
static status keep(entry *to, const canvas *picture, const birdseye_view *view, int at_frame,
                   trouble *why) {
  if (!picture->rgb)
    return trouble_set(why, STATUS_MEMORY, "no memory for a picture");
  size_t size;
  status result = picture_encode_png(&to->png[to->count], &size, picture->width, picture->height,
                                     picture->rgb, why);
  free(picture->rgb);
  if (result)
    return result;
  episodes_picture *it = &to->tiles[to->count++];
  it->episode[0] = to->how.episode;
  it->frame[0] = at_frame;
  it->width_px[0] = (uint32_t)picture->width;
  it->height_px[0] = (uint32_t)picture->height;
  it->x_m[0] = view->x_m;
  it->y_m[0] = view->y_m;
  it->px_per_m[0] = view->scale;
  it->png_size[0] = size;
  return STATUS_OK;
}

static status draw(entry *to, const strip_of *of, trouble *why) {
  birdseye b;
  birdseye_view view;
  int moments[MOMENTS];
  const sim_fault *fault = gravest(of);
  int count = moments_of(of->episode, fault, moments);
  status result = birdseye_create(&b, of->scene, why);
  if (result)
    return result;
  canvas picture = strip_way(of, &b, moments, count, SIDE, &view);
  result = keep(to, &picture, &view, EPISODES_WHOLE_WAY, why);
  for (int i = 0; !result && i < count; i++) {
    picture = strip_moment(of, &b, moments[i], SIDE, ACROSS_M, &view);
    result = keep(to, &picture, &view, moments[i], why);
  }
  if (!result && fault)
    strip_fault_text(fault, to->tiles[to->count - 1].says, sizeof to->tiles->says);
  birdseye_free(&b);
  return result;
}

// ---- the worst ----

status drive_worst_create(drive_worst **out, trouble *why) {
  *out = calloc(1, sizeof **out);
  return *out ? STATUS_OK : trouble_set(why, STATUS_MEMORY, "no memory for pictures");
}

void drive_worst_destroy(drive_worst *worst) {
  for (int i = 0; worst && i < worst->count; i++)
    entry_free(&worst->of[i]);
  free(worst);
}

status drive_worst_offer(drive_worst *worst, drive_badness how, const scene *s,
                         const sim_episode *e, const sim_scores *scores, trouble *why) {
  int at = worst->count;
  while (at > 0 && drive_worse_first(&how, &worst->of[at - 1].how) < 0)
    at--;
  if (at == DRIVE_WORST || !scores->whole)
    return STATUS_OK;
  sim_fault faults[FAULTS];
  entry next = {.how = how};
  const strip_of of = {.scene = s,
                       .episode = e,
                       .faults = faults,
                       .fault_count = sim_faults_find(e, scores, faults, FAULTS)};
  status result = draw(&next, &of, why);
  if (result) {
    entry_free(&next);
    return result;
  }
  if (worst->count == DRIVE_WORST)
    entry_free(&worst->of[--worst->count]);
  memmove(&worst->of[at + 1], &worst->of[at], sizeof *worst->of * (size_t)(worst->count - at));
  worst->of[at] = next;
  worst->count++;
  return STATUS_OK;
}

status drive_worst_put(const drive_worst *worst, episodes *to, trouble *why) {
  status result = STATUS_OK;
  // Episodes of the file are in order, and so are their pictures.
  for (int row = 0; row < to->count; row++)
    for (int i = 0; i < worst->count; i++) {
      const entry *it = &worst->of[i];
      for (int k = 0; !result && it->how.episode == to->rows[row].episode[0] && k < it->count; k++)
        result = episodes_add_picture(to, &it->tiles[k], it->png[k], it->tiles[k].png_size[0], why);
    }
  return result;
}
