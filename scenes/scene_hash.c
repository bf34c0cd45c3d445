// SPDX-License-Identifier: Apache-2.0
#include "scenes/scene_hash.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "scenes/script_maps.h"

// Bytes are gathered into a block and hashed block by block, chained by the seed.
typedef struct sum {
  uint64_t value;
  size_t used;
  unsigned char bytes[1 << 12];
} sum;

static void flush(sum *h) {
  h->value = hash_xxh3_seeded(h->bytes, h->used, h->value);
  h->used = 0;
}

static void add(sum *h, const void *bytes, size_t size) {
  const unsigned char *from = bytes;
  while (size > 0) {
    size_t room = sizeof h->bytes - h->used, take = size < room ? size : room;
    memcpy(h->bytes + h->used, from, take);
    h->used += take;
    from += take;
    size -= take;
    if (h->used == sizeof h->bytes)
      flush(h);
  }
}

// One member of a value without padding of its own: a number, or an array of numbers.
#define ADD(member) add(h, &(member), sizeof(member))

static void add_terrain(sum *h, const road_terrain *t) {
  ADD(t->z_m);
  add(h, t->waves, sizeof(terrain_wave) * (size_t)t->wave_count);
  add(h, t->cuts, sizeof(terrain_cut) * (size_t)t->cut_count);
}

static void add_roads(sum *h, const road_network *n) {
  if (n->left_hand)
    ADD(n->left_hand);
  for (int i = 0; i < n->road_count; i++) {
    const road *r = &n->roads[i];
    ADD(r->id), ADD(r->class), ADD(r->length_m), ADD(r->geometry_first), ADD(r->geometry_count);
    ADD(r->elevation_first), ADD(r->elevation_count), ADD(r->section_first);
    ADD(r->section_count), ADD(r->junction);
    if (r->offset_count > 0)
      ADD(r->offset_first), ADD(r->offset_count);
    ADD(r->structure), ADD(r->bank_first), ADD(r->bank_count);
    ADD(r->predecessor.kind), ADD(r->predecessor.id), ADD(r->predecessor.at_end);
    ADD(r->successor.kind), ADD(r->successor.id), ADD(r->successor.at_end);
  }
  // These hold nothing but doubles.
  add(h, n->geometries, sizeof *n->geometries * (size_t)n->geometry_count);
  add(h, n->elevations, sizeof *n->elevations * (size_t)n->elevation_count);
  add(h, n->banks, sizeof *n->banks * (size_t)n->bank_count);
  add(h, n->offsets, sizeof *n->offsets * (size_t)n->offset_count);
  add(h, n->widths, sizeof *n->widths * (size_t)n->width_count);
  add_terrain(h, &n->land.terrain);
  for (int i = 0; i < n->land.region_count; i++) {
    const land_region *region = &n->land.regions[i];
    ADD(region->x_m), ADD(region->y_m), ADD(region->heading_rad), ADD(region->half_length_m);
    ADD(region->half_width_m);
    add_terrain(h, &region->terrain);
  }
  add(h, n->points, sizeof *n->points * (size_t)n->point_count);
  for (int i = 0; i < n->section_count; i++) {
    const road_section *s = &n->sections[i];
    ADD(s->s_m), ADD(s->lane_first), ADD(s->lane_count);
  }
  for (int i = 0; i < n->lane_count; i++) {
    const road_lane *l = &n->lanes[i];
    ADD(l->id), ADD(l->type), ADD(l->width_first), ADD(l->width_count), ADD(l->outer_mark);
    ADD(l->mark_width_m), ADD(l->mark_yellow), ADD(l->speed_limit_mps), ADD(l->height_m);
    ADD(l->predecessor), ADD(l->successor);
    if (l->users)
      ADD(l->users);
  }
}

static void add_bays(sum *h, const road_network *n) {
  for (int i = 0; i < n->bay_count; i++) {
    const road_bay *b = &n->bays[i];
    ADD(b->id), ADD(b->road), ADD(b->s_m), ADD(b->t_m), ADD(b->heading_rad), ADD(b->length_m);
    ADD(b->width_m), ADD(b->accessible);
  }
}

static void add_junctions(sum *h, const road_network *n) {
  for (int i = 0; i < n->junction_count; i++) {
    const road_junction *j = &n->junctions[i];
    ADD(j->id), ADD(j->kind), ADD(j->x_m), ADD(j->y_m), ADD(j->z_m), ADD(j->radius_m);
    ADD(j->outline_first), ADD(j->outline_count), ADD(j->program_first), ADD(j->program_count);
    ADD(j->group_count), ADD(j->roundabout);
  }
  for (int i = 0; i < n->phase_count; i++)
    ADD(n->phases[i].duration_s), ADD(n->phases[i].color);
  for (int i = 0; i < n->signal_count; i++) {
    const road_signal *s = &n->signals[i];
    ADD(s->id), ADD(s->junction), ADD(s->group), ADD(s->pedestrian);
  }
  for (int i = 0; i < n->crosswalk_count; i++) {
    const road_crosswalk *c = &n->crosswalks[i];
    ADD(c->id), ADD(c->junction), ADD(c->group), ADD(c->corners);
  }
}

static void add_graphs(sum *h, const road_network *n) {
  for (int i = 0; i < n->path_count; i++) {
    const lane_path *p = &n->paths[i];
    ADD(p->id), ADD(p->road), ADD(p->section), ADD(p->lane), ADD(p->junction), ADD(p->turn);
    ADD(p->length_m), ADD(p->width_m), ADD(p->speed_limit_mps), ADD(p->max_curvature_pm);
    ADD(p->point_first), ADD(p->point_count), ADD(p->next_first), ADD(p->next_count);
    ADD(p->previous_first), ADD(p->previous_count), ADD(p->left), ADD(p->right), ADD(p->signal);
    ADD(p->stop_s_m), ADD(p->conflict_first), ADD(p->conflict_count), ADD(p->priority);
  }
  add(h, n->lane_links, sizeof *n->lane_links * (size_t)n->lane_link_count);
  add(h, n->walk_links, sizeof *n->walk_links * (size_t)n->walk_link_count);
  for (int i = 0; i < n->conflict_count; i++) {
    const lane_conflict *c = &n->conflicts[i];
    ADD(c->other), ADD(c->begin_s_m), ADD(c->end_s_m), ADD(c->other_begin_s_m);
    ADD(c->other_end_s_m), ADD(c->yields);
  }
  for (int i = 0; i < n->crossing_count; i++) {
    const lane_crossing *c = &n->crossings[i];
    ADD(c->lane), ADD(c->crosswalk), ADD(c->begin_s_m), ADD(c->end_s_m);
  }
  for (int i = 0; i < n->walk_node_count; i++) {
    const walk_node *w = &n->walk_nodes[i];
    ADD(w->x_m), ADD(w->y_m), ADD(w->z_m), ADD(w->edge_first), ADD(w->edge_count);
  }
  for (int i = 0; i < n->walk_edge_count; i++) {
    const walk_edge *e = &n->walk_edges[i];
    ADD(e->id), ADD(e->a), ADD(e->b), ADD(e->kind), ADD(e->crosswalk), ADD(e->width_m);
    ADD(e->length_m), ADD(e->point_first), ADD(e->point_count);
  }
}

static void add_actors(sum *h, const scene *s) {
  for (int i = 0; i < s->thing_count; i++) {
    const scene_thing *t = &s->things[i];
    ADD(t->id), ADD(t->kind), ADD(t->class), ADD(t->asset_seed), ADD(t->at), ADD(t->size_m);
    ADD(t->colors), ADD(t->signal), ADD(t->sign);
    if (t->body)
      ADD(t->body->sha256);
  }
  for (int i = 0; i < s->vehicle_count; i++) {
    const scene_vehicle *v = &s->vehicles[i];
    ADD(v->id), ADD(v->kind), ADD(v->class), ADD(v->asset_seed), ADD(v->size_m);
    ADD(v->rear_to_centre_m), ADD(v->wheelbase_m), ADD(v->colors), ADD(v->lane), ADD(v->s_m);
    ADD(v->speed_mps), ADD(v->driver), ADD(v->style), ADD(v->breaks), ADD(v->red_s);
    if (v->filters)
      ADD(v->filters);
    if (v->body)
      ADD(v->body->sha256);
    if (v->trailer)
      ADD(v->trailer), ADD(v->trailer_m);
  }
  for (int i = 0; i < s->trailer_count; i++) {
    const scene_trailer *t = &s->trailers[i];
    ADD(t->id), ADD(t->vehicle), ADD(t->class), ADD(t->asset_seed), ADD(t->size_m);
    ADD(t->hitch_m), ADD(t->pin_m), ADD(t->axle_to_centre_m), ADD(t->colors);
  }
  for (int i = 0; i < s->person_count; i++) {
    const scene_person *p = &s->people[i];
    ADD(p->id), ADD(p->asset_seed), ADD(p->size_m), ADD(p->colors), ADD(p->edge), ADD(p->s_m);
    ADD(p->offset_m), ADD(p->direction), ADD(p->speed_mps), ADD(p->jaywalking), ADD(p->kind);
    ADD(p->group), ADD(p->thing), ADD(p->along), ADD(p->umbrella), ADD(p->umbrella_mmh),
        ADD(p->midblock);
    if (p->body)
      ADD(p->body->sha256);
  }
}

static void add_scripted(sum *h, const scene *s) {
  for (int i = 0; i < s->actor_count; i++) {
    const scene_actor *a = &s->actors[i];
    ADD(a->vehicle), ADD(a->person), ADD(a->route), ADD(a->constant), ADD(a->beside);
    ADD(a->behaves), ADD(a->x_m), ADD(a->y_m), ADD(a->z_m), ADD(a->heading_rad), ADD(a->shift_m);
    ADD(a->speed_mps);
  }
}

static void add_land_use(sum *h, const scene *s) {
  for (int i = 0; i < s->drive_count; i++) {
    const scene_drive *d = &s->drives[i];
    ADD(d->road), ADD(d->side), ADD(d->s_m), ADD(d->width_m), ADD(d->length_m), ADD(d->corners);
  }
  for (int i = 0; i < s->field_count; i++)
    ADD(s->fields[i].look), ADD(s->fields[i].corners);
  for (int i = 0; i < s->rail_count; i++) {
    const scene_rail *rail = &s->rails[i];
    ADD(rail->road), ADD(rail->side), ADD(rail->begin_m), ADD(rail->end_m), ADD(rail->ends);
  }
}

static void add_electronics(sum *h, const electronics_def *e) {
  ADD(e->exposure), ADD(e->metering), ADD(e->white), ADD(e->bayer), ADD(e->tone);
  ADD(e->vignetting), ADD(e->black), ADD(e->serial), ADD(e->exposure_ev), ADD(e->exposure_tau_s);
  ADD(e->shutter_s), ADD(e->gain), ADD(e->gain_most), ADD(e->f_number), ADD(e->white_k);
  ADD(e->pixel_m), ADD(e->efficiency), ADD(e->full_well_e), ADD(e->read_e), ADD(e->dark_eps);
  if (!isnan(e->sensor_c))
    ADD(e->sensor_c);
  if (e->jpeg > 0)
    ADD(e->jpeg);
  ADD(e->dsnu_e), ADD(e->prnu), ADD(e->ccm), ADD(e->sharpen), ADD(e->vignetting_k);
  ADD(e->psf_px), ADD(e->glare);
}

static void add_rig(sum *h, const rig_def *rig) {
  add(h, rig->name, strnlen(rig->name, sizeof rig->name));
  ADD(rig->camera_count), ADD(rig->lidar_count);
  for (int i = 0; i < rig->camera_count; i++) {
    const camera_def *c = &rig->cameras[i];
    add(h, c->name, strnlen(c->name, sizeof c->name));
    ADD(c->width_px), ADD(c->height_px), ADD(c->fx_px), ADD(c->fy_px);
    ADD(c->cx_px), ADD(c->cy_px), ADD(c->mount), ADD(c->readout_s);
    if (c->model != LENS_PINHOLE)
      ADD(c->model), ADD(c->coefficients), ADD(c->field_rad);
    if (c->exposure_s > 0)
      ADD(c->exposure_s);
    if (c->binning > 1 || c->sensor_px[0] != c->width_px || c->sensor_px[1] != c->height_px)
      ADD(c->sensor_px), ADD(c->crop_px), ADD(c->binning);
    if (c->samples > 1)
      ADD(c->samples), ADD(c->bounces), ADD(c->paths);
    if (c->body != EGO_BODY_SHADOW)
      ADD(c->body);
    if (c->electronics.full)
      add_electronics(h, &c->electronics);
  }
  for (int i = 0; i < rig->lidar_count; i++) {
    const lidar_def *l = &rig->lidars[i];
    add(h, l->name, strnlen(l->name, sizeof l->name));
    ADD(l->rings), ADD(l->elevation_rad), ADD(l->azimuth_steps);
    ADD(l->rotation_hz), ADD(l->range_min_m), ADD(l->range_max_m), ADD(l->range_noise_m);
    ADD(l->divergence_rad), ADD(l->mount);
    if (l->body != EGO_BODY_SHADOW)
      ADD(l->body);
  }
}

uint64_t scene_hash(const scene *s) {
  sum state = {0}, *h = &state;
  ADD(s->seed), ADD(s->index), ADD(s->attempt);
  add(h, s->place, strnlen(s->place, sizeof s->place));
  ADD(s->duration_s);
  ADD(s->frame_hz), ADD(s->step_s), ADD(s->weather), ADD(s->change), ADD(s->ego), ADD(s->id_count);
  add_roads(h, &s->roads);
  add_bays(h, &s->roads);
  add_junctions(h, &s->roads);
  add_graphs(h, &s->roads);
  add_actors(h, s);
  add_scripted(h, s);
  add_land_use(h, s);
  if (s->stop_count > 0) // the stops themselves follow from roads and things
    ADD(s->bus_stopping);
  add_rig(h, &s->rig);
  add(h, s->signal_offsets_s, sizeof *s->signal_offsets_s * (size_t)s->roads.junction_count);
  for (int j = 0; j < s->roads.junction_count && s->signal_modes; j++)
    if (s->signal_modes[j] != SIGNALS_FIXED)
      ADD(j), ADD(s->signal_modes[j]);
  if (s->ego_dynamics != BODY_RAILS || s->ego_model != BODY_BY_SIZE)
    ADD(s->ego_dynamics), ADD(s->ego_model);
  flush(h);
  return state.value;
}
