// SPDX-License-Identifier: Apache-2.0
#include "scenes/body.h"

#include <stdio.h>
#include <string.h>

#include "scenes/scene.h"

// Lengths, widths and heights that a thing of a kind may have, m.
static const struct limits {
  const char *word;
  thing_kind kind;
  double lo[3], hi[3];
} limits[] = {{"car", THING_CAR, {2, 1, 0.9}, {7, 2.8, 2.8}},
              {"van", THING_VAN, {3, 1.4, 1.4}, {9, 3, 3.6}},
              {"truck", THING_TRUCK, {4, 1.6, 1.6}, {20, 3.2, 4.5}},
              {"bus", THING_BUS, {5, 1.8, 2}, {20, 3.2, 4.5}},
              {"motorcycle", THING_MOTORCYCLE, {1.3, 0.4, 0.7}, {3, 1.4, 2.2}},
              {"bicycle", THING_BICYCLE, {1, 0.25, 0.7}, {2.6, 1.2, 2.2}},
              {"police", THING_POLICE, {2, 1, 0.9}, {7, 2.8, 2.8}},
              {"ambulance", THING_AMBULANCE, {3, 1.4, 1.4}, {9, 3, 3.6}}};
enum { KINDS = sizeof limits / sizeof *limits };

int body_kind(const char *word) {
  for (int i = 0; i < KINDS; i++)
    if (strcmp(limits[i].word, word) == 0)
      return (int)limits[i].kind;
  return -1;
}

const char *body_word(int kind) {
  int i = 0;
  while (i < KINDS - 1 && (int)limits[i].kind != kind)
    i++;
  return limits[i].word;
}

const char *body_kinds(void) {
  return "car, van, truck, bus, motorcycle, bicycle, police, ambulance";
}

const char *body_misfit(int kind, const double size_m[3], char *text, size_t size) {
  static const char *const axes[3] = {"long", "wide", "high"};
  const struct limits *is = &limits[0];
  while (is < limits + KINDS - 1 && (int)is->kind != kind)
    is++;
  for (int k = 0; k < 3; k++)
    if (!(size_m[k] >= is->lo[k] && size_m[k] <= is->hi[k])) {
      snprintf(text, size,
               "is %.4g x %.4g x %.4g m; a %s is %g to %g m %s (its front looks along +z of the "
               "file; scale = … changes its size)",
               size_m[0], size_m[1], size_m[2], is->word, is->lo[k], is->hi[k], axes[k]);
      return text;
    }
  return NULL;
}

void body_put(const body_def *body, scene_vehicle *v) {
  double before = v->size_m[0];
  for (int k = 0; k < 3; k++)
    v->size_m[k] = body->scale * body->file->body.size_m[k];
  v->rear_to_centre_m *= v->size_m[0] / before;
  v->wheelbase_m *= v->size_m[0] / before;
  v->body = body->file;
}

void body_draw(const body_def *bodies, int count, scene_vehicle *v) {
  int fit = 0;
  for (int i = 0; i < count; i++)
    fit += bodies[i].kind == (int)v->kind;
  if (fit == 0)
    return;
  int chosen = (int)(v->asset_seed % (uint32_t)fit);
  for (int i = 0; i < count; i++)
    if (bodies[i].kind == (int)v->kind && chosen-- == 0)
      body_put(&bodies[i], v);
}
