// SPDX-License-Identifier: Apache-2.0
#include "scenes/body.h"

#include <stdio.h>
#include <string.h>

#include "scenes/scene.h"

// X(word, kind, least and most length, width and height that a thing of it may have, m)
#define BODIES(X)                                                                                  \
  X("car", CAR, 2, 1, 0.9, 7, 2.8, 2.8)                                                            \
  X("van", VAN, 3, 1.4, 1.4, 9, 3, 3.6)                                                            \
  X("truck", TRUCK, 4, 1.6, 1.6, 20, 3.2, 4.5)                                                     \
  X("bus", BUS, 5, 1.8, 2, 20, 3.2, 4.5)                                                           \
  X("motorcycle", MOTORCYCLE, 1.3, 0.4, 0.7, 3, 1.4, 2.2)                                          \
  X("bicycle", BICYCLE, 1, 0.25, 0.7, 2.6, 1.2, 2.2)                                               \
  X("police", POLICE, 2, 1, 0.9, 7, 2.8, 2.8)                                                      \
  X("ambulance", AMBULANCE, 3, 1.4, 1.4, 9, 3, 3.6)                                                \
  X("pedestrian", PERSON, 0.1, 0.2, 0.5, 2, 2, 2.4)                                                \
  X("bench", BENCH, 0.2, 0.2, 0.2, 8, 8, 4)                                                        \
  X("bin", BIN, 0.1, 0.1, 0.2, 4, 4, 4)                                                            \
  X("hydrant", HYDRANT, 0.1, 0.1, 0.2, 2, 2, 2)                                                    \
  X("bollard", BOLLARD, 0.05, 0.05, 0.2, 2, 2, 2)                                                  \
  X("bus_stop", BUS_STOP, 0.2, 0.2, 1, 15, 15, 5)                                                  \
  X("billboard", BILLBOARD, 0.05, 0.2, 0.5, 15, 15, 12)                                            \
  X("barrier", BARRIER, 0.05, 0.05, 0.2, 12, 12, 4)                                                \
  X("cone", CONE, 0.1, 0.1, 0.1, 2, 2, 2)                                                          \
  X("pole", POLE, 0.02, 0.02, 0.5, 6, 6, 15)                                                       \
  X("fence", FENCE, 0.02, 0.02, 0.2, 15, 15, 5)                                                    \
  X("wall", WALL, 0.05, 0.05, 0.2, 15, 15, 6)                                                      \
  X("building", BUILDING, 0.5, 0.5, 1, 80, 80, 120)                                                \
  X("tree", TREE, 0.1, 0.1, 0.5, 25, 25, 40)                                                       \
  X("bush", BUSH, 0.1, 0.1, 0.1, 10, 10, 6)

static const struct limits {
  const char *word;
  thing_kind kind;
  double lo[3], hi[3];
} limits[] = {
#define LIMITS(word, kind, x0, y0, z0, x1, y1, z1) {word, THING_##kind, {x0, y0, z0}, {x1, y1, z1}},
    BODIES(LIMITS)
#undef LIMITS
};
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

bool body_stands(int kind) {
  return !thing_moves((thing_kind)kind);
}

const char *body_kinds(void) {
#define WORD(word, ...) ", " word
  return BODIES(WORD) + 2;
#undef WORD
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

void body_put_person(const body_def *body, scene_person *p) {
  for (int k = 0; k < 3; k++)
    p->size_m[k] = body->scale * body->file->body.size_m[k];
  p->umbrella = false;
  p->body = body->file;
}

void body_draw_people(const body_def *bodies, int count, scene_person *people, int n) {
  for (int i = 0; count && i < n; i++)
    if (people[i].thing == THING_PERSON)
      body_put_person(&bodies[people[i].asset_seed % (uint32_t)count], &people[i]);
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
