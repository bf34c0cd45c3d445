// SPDX-License-Identifier: Apache-2.0
#include "render/scene_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/kernels/materials.h"
#include "sim/snapshot.h"

void scene_model_free(scene_model *m) {
  free(m->paints);
  for (int i = 0; i < m->image_count; i++)
    free(m->images[i].rgb);
  free(m->images);
  free(m->vertices);
  free(m->indices);
  free(m->pieces);
  free(m->meshes);
  free(m->nodes);
  free(m->looks);
  free(m->cameras);
  free(m->lights);
  memset(m, 0, sizeof *m);
}

static float linear(uint32_t byte) {
  double c = (double)byte / 255;
  return (float)(c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
}

static void shine(model_material *out, bool lit, float r, float g, float b) {
  if (lit)
    out->emissive[0] = r, out->emissive[1] = g, out->emissive[2] = b;
}

// Lamps shine as their vehicle's driver, their signal or the hour says.
static void light_up(const model_look *look, int how, float night, model_material *out) {
  uint32_t flags = look->flags, blink = flags & ACTOR_INDICATOR_ON, signal = look->signal;
  switch (how) {
  case SHADER_HEADLAMP:
    shine(out, flags & ACTOR_HEADLIGHTS, 1, 0.95f, 0.88f);
    break;
  case SHADER_TAIL_LAMP:
    shine(out, flags & ACTOR_HEADLIGHTS, 0.25f, 0.005f, 0.005f);
    shine(out, flags & ACTOR_BRAKE_LIGHTS, 1, 0.02f, 0.02f);
    break;
  case SHADER_LEFT_INDICATOR:
    shine(out, blink && (flags & ACTOR_LEFT_INDICATOR), 1, 0.4f, 0.02f);
    break;
  case SHADER_RIGHT_INDICATOR:
    shine(out, blink && (flags & ACTOR_RIGHT_INDICATOR), 1, 0.4f, 0.02f);
    break;
  case SHADER_SIGNAL_RED:
    shine(out, signal == SIGNAL_RED || signal == SIGNAL_RED_YELLOW, 1, 0.03f, 0.02f);
    break;
  case SHADER_SIGNAL_YELLOW:
    shine(out, signal == SIGNAL_YELLOW || signal == SIGNAL_RED_YELLOW, 1, 0.55f, 0.03f);
    break;
  case SHADER_SIGNAL_GREEN:
    shine(out, signal == SIGNAL_GREEN, 0.05f, 1, 0.5f);
    break;
  case SHADER_BLUE_LEFT:
    shine(out, flags & ACTOR_BLUE_LEFT, 0.1f, 0.3f, 1);
    break;
  case SHADER_BLUE_RIGHT:
    shine(out, flags & ACTOR_BLUE_RIGHT, 0.1f, 0.3f, 1);
    break;
  case SHADER_STREET_LAMP:
    shine(out, night > STREET_LAMP_NIGHT, 1, 0.85f, 0.65f);
    break;
  case SHADER_WORK_LAMP:
    shine(out, night > WORK_LAMP_NIGHT, 1, 0.41f, 0.013f);
    break;
  default:
    break;
  }
}

void scene_model_material(const scene_model *m, const model_look *look, int number,
                          model_material *out) {
  const model_paint *is = &m->paints[number];
  *out = (model_material){
      .roughness = is->roughness, .metallic = is->metallic, .pictures = is->pictures};
  memcpy(out->emissive, is->emissive, sizeof out->emissive);
  snprintf(out->name, sizeof out->name, "%s", is->name);
  for (int k = 0; k < 3; k++) {
    out->base[k] = is->albedo[k];
    if (is->palette >= 0)
      out->base[k] *= linear(look->palette[is->palette] >> (8 * k) & 255);
  }
  out->base[3] = is->shader == SHADER_CAR_GLASS ? 0.35f : 1;
  light_up(look, is->shader, m->night, out);
}
