// SPDX-License-Identifier: Apache-2.0
#include "render/stage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "render/asset_person.h"
#include "render/asset_store.h"
#include "render/ground.h"
#include "render/wheel.h"

enum { LIGHT_LIMIT = 40 };
_Static_assert(CLASS_EGO == SEMANTIC_EGO, "kernels know the ego's class");
static const double LIGHT_REACH_M = 90, TREE_FAR_M = 55, TREE_CLOSE_M = 15, WHEELS_NEAR_M = 45;
static const double LABEL_REACH_M = 200; // of signs, signals, cones and barriers

typedef struct signal_instance {
  int instance, signal;
} signal_instance;

// A tree that is drawn with few leaves while the ego is far from it, with many beside it.
typedef struct tree_instance {
  int instance, mesh[ASSET_TREE_CLOSE + 1]; // by phase
  int phase;
} tree_instance;

// A leash as it is built, and the ground below the middle of its box from the dog's.
typedef struct leash {
  double built_m[3], at_m[3];
} leash;

struct stage {
  device *dev;
  geometry *shapes;
  geometry_buffers buffers;
  const scene *current;
  asset_store assets;
  int ground_mesh; // the last mesh of the pool, or -1
  trace_top top;
  int fixed_count; // instances of things come first
  int still_count, still_capacity;
  stage_target *still; // of things that never move
  int target_count, target_capacity;
  stage_target *targets; // of the frame
  int signal_count, signal_capacity;
  signal_instance *signals;
  int tree_count, tree_capacity;
  tree_instance *trees;
  trace_scene traced;
  motion *moves;
  cl_mem lights;
  size_t light_bytes;
  int light_count;
  uint32_t ego; // its instance in the frame
  ego_body body;
  leash leashes[DOG_VARIANTS];
};

status stage_create(stage **out, device *dev, trouble *why) {
  *out = NULL;
  stage *st = calloc(1, sizeof *st);
  if (!st)
    return trouble_set(why, STATUS_MEMORY, "no memory for a stage");
  st->dev = dev;
  st->ground_mesh = -1;
  st->ego = HIT_NONE;
  for (int i = 0; i < DOG_VARIANTS; i++)
    leash_place(i, st->leashes[i].built_m, st->leashes[i].at_m);
  status result = geometry_create(&st->shapes, dev, why);
  st->assets.shapes = st->shapes;
  if (!result)
    result = motion_create(&st->moves, dev, why);
  if (!result)
    result =
        device_reserve(dev, &st->lights, &st->light_bytes, LIGHT_LIMIT * sizeof(gpu_light), why);
  if (result) {
    stage_destroy(st);
    return result;
  }
  *out = st;
  return STATUS_OK;
}

void stage_destroy(stage *st) {
  if (!st)
    return;
  if (st->lights)
    clReleaseMemObject(st->lights);
  trace_top_free(&st->top);
  motion_destroy(st->moves);
  geometry_destroy(st->shapes);
  asset_store_free(&st->assets);
  free(st->still);
  free(st->targets);
  free(st->signals);
  free(st->trees);
  free(st);
}

static uint32_t pack_color(const uint8_t rgb[3]) {
  return (uint32_t)rgb[0] | (uint32_t)rgb[1] << 8 | (uint32_t)rgb[2] << 16;
}

static uint32_t small_hash(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

// Adds one instance of a mesh that was built `built` m large; `begin` is the ground below its box.
static status add_mesh(stage *st, int number, const double built[3], thing_kind kind,
                       uint32_t asset_seed, const double size_m[3], const palette *colors,
                       pose begin, pose end, gpu_instance *it, trouble *why) {
  const geometry_mesh *about = geometry_about(st->shapes, number);
  float scale[3];
  for (int k = 0; k < 3; k++)
    scale[k] = (float)(size_m[k] / built[k]);
  it->root = about->node_first;
  it->triangle_first = about->triangle_first;
  it->vertex_first = about->vertex_first;
  it->seed = small_hash(asset_seed ^ it->id * 0x9e3779b9u);
  it->kind = (uint32_t)kind;
  it->mesh = (uint32_t)number;
  for (int k = 0; k < 4; k++)
    it->palette[k] = pack_color(colors->rgb[k]);
  trace_place(it, begin, end, scale);
  if (!trace_top_add(&st->top, it, &about->bounds) ||
      !motion_note(st->moves, st->top.count - 1, begin, end))
    return trouble_set(why, STATUS_MEMORY, "no memory for instances");
  return STATUS_OK;
}

// Likewise of an asset that is known.
static status add_instance(stage *st, thing_kind kind, uint32_t asset_seed, const double size_m[3],
                           int phase, const palette *colors, pose begin, pose end, gpu_instance *it,
                           trouble *why) {
  int variant = asset_variant(kind, asset_seed, size_m);
  int number = asset_store_find(&st->assets, kind, variant, phase);
  if (number < 0)
    return trouble_set(why, STATUS_INTERNAL, "thing kind %d variant %d phase %d has no geometry",
                       (int)kind, variant, phase);
  double built[3];
  asset_size(kind, variant, built);
  return add_mesh(st, number, built, kind, asset_seed, size_m, colors, begin, end, it, why);
}

// With a mesh that its user brought.
static status add_own(stage *st, const script_map *body, thing_kind kind, int phase,
                      uint32_t asset_seed, const double size_m[3], const palette *colors,
                      pose begin, pose end, gpu_instance *it, trouble *why) {
  int number = asset_store_body(&st->assets, body);
  if (number < 0)
    return trouble_set(why, STATUS_INTERNAL, "%s has no geometry", body->name);
  if (body->body.pose_count)
    number += kind == THING_PERSON ? phase : PERSON_STANDING;
  return add_mesh(st, number, body->body.size_m, kind, asset_seed, size_m, colors, begin, end, it,
                  why);
}

static pose raised(pose p, double x_m, double y_m, double z_m) {
  return (pose){pose_apply(p, (vec3){x_m, y_m, z_m}), p.q};
}

static status add_tree(stage *st, const scene_thing *thing, trouble *why) {
  if (!ARRAY_RESERVE(st->trees, st->tree_capacity, st->tree_count + 1))
    return trouble_set(why, STATUS_MEMORY, "no memory for trees");
  int variant = asset_variant(THING_TREE, thing->asset_seed, thing->size_m);
  tree_instance *tree = &st->trees[st->tree_count++];
  *tree = (tree_instance){.instance = st->top.count - 1};
  for (int phase = 0; phase <= ASSET_TREE_CLOSE; phase++)
    tree->mesh[phase] = asset_store_find(&st->assets, THING_TREE, variant, phase);
  return STATUS_OK;
}

// The same at any time for the same place of the ego, so that frames repeat.
static void choose_trees(stage *st, vec3 eye) {
  for (int i = 0; i < st->tree_count; i++) {
    tree_instance *tree = &st->trees[i];
    gpu_instance *it = &st->top.instances[tree->instance];
    double x = (double)it->begin_p[0] - eye.x, y = (double)it->begin_p[1] - eye.y;
    double square_m2 = x * x + y * y;
    int phase = square_m2 > TREE_FAR_M * TREE_FAR_M       ? ASSET_TREE_FAR
                : square_m2 < TREE_CLOSE_M * TREE_CLOSE_M ? ASSET_TREE_CLOSE
                                                          : 0;
    if (phase == tree->phase)
      continue;
    tree->phase = phase;
    const geometry_mesh *about = geometry_about(st->shapes, tree->mesh[phase]);
    it->root = about->node_first;
    it->triangle_first = about->triangle_first;
    it->vertex_first = about->vertex_first;
    it->mesh = (uint32_t)tree->mesh[phase];
    st->top.boxes[tree->instance] = trace_bounds(it, &about->bounds);
  }
}

// Where the joints of what was added last are in its box.
static void set_keypoints(const stage *st, stage_target *target) {
  const gpu_instance *it = &st->top.instances[target->instance];
  const geometry_mesh *about = geometry_about(st->shapes, (int)it->mesh);
  target->has_keypoints = about->has_keypoints;
  for (int i = 0; i < KEYPOINT_COUNT && about->has_keypoints; i++)
    for (int k = 0; k < 3; k++)
      target->keypoints[i][k] =
          about->keypoints[i][k] * it->scale[k] - (k == 2 ? (float)target->size_m[2] / 2 : 0);
}

static status add_thing(stage *st, const scene_thing *thing, trouble *why) {
  gpu_instance it = {.id = thing->id, .class = (uint32_t)thing->class, .signal = thing->sign};
  status result = thing->body
                      ? add_own(st, thing->body, thing->kind, 0, thing->asset_seed, thing->size_m,
                                &thing->colors, thing->at, thing->at, &it, why)
                      : add_instance(st, thing->kind, asset_look(thing), thing->size_m, 0,
                                     &thing->colors, thing->at, thing->at, &it, why);
  if (result)
    return result;
  if (thing->signal) {
    if (!ARRAY_RESERVE(st->signals, st->signal_capacity, st->signal_count + 1))
      return trouble_set(why, STATUS_MEMORY, "no memory for signals");
    st->signals[st->signal_count++] = (signal_instance){st->top.count - 1, thing->signal};
  }
  if (thing->kind == THING_TREE && !thing->body)
    return add_tree(st, thing, why);
  if (thing_has_boxes(thing->kind) || thing->body) {
    if (!ARRAY_RESERVE(st->still, st->still_capacity, st->still_count + 1))
      return trouble_set(why, STATUS_MEMORY, "no memory for boxes");
    pose centre = raised(thing->at, 0, 0, thing->size_m[2] / 2);
    st->still[st->still_count++] =
        (stage_target){.id = thing->id,
                       .instance = (uint32_t)st->top.count - 1,
                       .kind = thing->kind,
                       .class = thing->class,
                       .begin = centre,
                       .end = centre,
                       .size_m = {thing->size_m[0], thing->size_m[1], thing->size_m[2]}};
    set_keypoints(st, &st->still[st->still_count - 1]);
  }
  return STATUS_OK;
}

static status add_ground(stage *st, const scene *s, trouble *why) {
  mesh m = {0};
  bool torn = false;
  status result = render_ground_build(s, &m, &torn, why);
  if (torn && !s->map[0])
    log_line(LOG_WARNING,
             "scene %u: land beside the roads couldn't be filled and lies too low; please report "
             "the script and the seed",
             (unsigned)s->index);
  if (!result)
    result = mesh_check(&m, "ground", why);
  if (!result)
    result = geometry_add(st->shapes, &m, &st->ground_mesh, why);
  mesh_free(&m);
  if (result)
    return result;
  const geometry_mesh *about = geometry_about(st->shapes, st->ground_mesh);
  gpu_instance it = {.root = about->node_first,
                     .triangle_first = about->triangle_first,
                     .vertex_first = about->vertex_first,
                     .class = SEMANTIC_GROUND,
                     .seed = small_hash((uint32_t)s->seed ^ s->index * 0x85ebca6bu),
                     .kind = THING_KIND_COUNT,
                     .mesh = (uint32_t)st->ground_mesh};
  const float one[3] = {1, 1, 1};
  trace_place(&it, pose_identity(), pose_identity(), one);
  if (!trace_top_add(&st->top, &it, &about->bounds))
    return trouble_set(why, STATUS_MEMORY, "no memory for instances");
  return STATUS_OK;
}

status stage_set_scene(stage *st, const scene *s, trouble *why) {
  // The old scene's ground is the pool's last mesh: what is below stays for good.
  if (st->ground_mesh >= 0)
    geometry_drop(st->shapes, st->ground_mesh);
  st->ground_mesh = -1;
  st->current = NULL;
  st->top.count = st->still_count = st->signal_count = st->tree_count = 0;
  status result = asset_store_add(&st->assets, s, why);
  if (!result)
    result = add_ground(st, s, why);
  for (int i = 0; !result && i < s->thing_count; i++)
    result = add_thing(st, &s->things[i], why);
  if (!result)
    result = geometry_upload(st->shapes, &st->buffers, why);
  if (result)
    return result;
  st->fixed_count = st->top.count;
  st->current = s;
  return STATUS_OK;
}

// The leash is nothing of its own for labels: it has no id and no box.
static status add_leash(stage *st, const sim_actor *dog, pose begin, pose end, trouble *why) {
  int variant = asset_variant(THING_DOG, dog->asset_seed, dog->size_m);
  int number = asset_store_find(&st->assets, THING_LEASH, variant, 0);
  if (number < 0)
    return trouble_set(why, STATUS_INTERNAL, "leash %d has no geometry", variant);
  const leash *own = &st->leashes[variant];
  double size_m[3], at[3], built[3];
  asset_size(THING_DOG, variant, built);
  for (int k = 0; k < 3; k++) {
    size_m[k] = own->built_m[k] * dog->size_m[k] / built[k];
    at[k] = own->at_m[k] * dog->size_m[k] / built[k];
  }
  gpu_instance it = {.class = SEMANTIC_DYNAMIC};
  return add_mesh(st, number, own->built_m, THING_LEASH, dog->asset_seed, size_m, &dog->colors,
                  raised(begin, at[0], at[1], at[2]), raised(end, at[0], at[1], at[2]), &it, why);
}

// The box of a car whose door stands open is that of the geometry, door and all.
static void widen(const stage *st, stage_target *target, pose below_begin, pose below_end) {
  const gpu_instance *it = &st->top.instances[target->instance];
  const bvh_box *own = &geometry_about(st->shapes, (int)it->mesh)->bounds;
  double middle[3];
  for (int k = 0; k < 3; k++) {
    double lo = (double)(own->lo[k] * it->scale[k]), hi = (double)(own->hi[k] * it->scale[k]);
    lo = k == 2 ? 0 : lo; // where its wheels stand
    target->size_m[k] = hi - lo;
    middle[k] = (lo + hi) / 2;
  }
  target->begin = raised(below_begin, middle[0], middle[1], middle[2]);
  target->end = raised(below_end, middle[0], middle[1], middle[2]);
}

// Wheels of the instance that was added last, its vehicle's body.
static status add_wheels(stage *st, const wheel_set *set, const sim_actor *a, pose begin, pose end,
                         trouble *why) {
  const gpu_instance body = st->top.instances[st->top.count - 1];
  const asset_wheels *wheels = &set->wheels;
  for (int i = 0; i < wheels->count; i++) {
    int number = set->axles[wheels->at[i].axle];
    const geometry_mesh *about = geometry_about(st->shapes, number);
    gpu_instance it = body;
    it.root = about->node_first;
    it.triangle_first = about->triangle_first;
    it.vertex_first = about->vertex_first;
    it.mesh = (uint32_t)number;
    it.parts = 0;
    wheel_way way = wheel_place(&wheels->at[i], a, begin, end, &it);
    if (!trace_top_add(&st->top, &it, &about->bounds) ||
        !motion_note(st->moves, st->top.count - 1, way.begin, way.end))
      return trouble_set(why, STATUS_MEMORY, "no memory for instances");
    st->top.boxes[st->top.count - 1] = wheel_bounds(&it, &about->bounds);
    motion_spin(st->moves, st->top.count - 1, (double)it.spin, way.spin_before);
  }
  return STATUS_OK;
}

// Whether its wheels are things of their own; the same at any time for the same places.
static bool turns_wheels(const sim_actor *a, vec3 eye, bool ego, int door) {
  double x = a->begin.p_m.x - eye.x, y = a->begin.p_m.y - eye.y;
  bool near = x * x + y * y < WHEELS_NEAR_M * WHEELS_NEAR_M;
  return !ego && !a->body && asset_body_count(a->kind) > 0 &&
         (near || door || a->kind == THING_BICYCLE);
}

static status add_actor(stage *st, const sim_actor *a, vec3 eye, bool ego, trouble *why) {
  pose below_begin = raised(a->begin, a->centre_m[0], a->centre_m[1], 0);
  pose below_end = raised(a->end, a->centre_m[0], a->centre_m[1], 0);
  gpu_instance it = {
      .id = a->id, .class = ego ? SEMANTIC_EGO : (uint32_t)a->class, .flags = a->flags};
  int door = a->body ? 0 : asset_door_phase(a->kind, a->door_rad);
  bool turns = turns_wheels(a, eye, ego, door);
  const wheel_set *wheels = turns ? asset_store_wheels(&st->assets, a) : NULL;
  int phase = door     ? door
              : wheels ? asset_body_phase(a->kind, a->wheel_rad)
                       : asset_phase(a->kind, a->gait, a->speed_mps);
  it.parts = wheels ? (uint32_t)wheels->wheels.count : 0;
  status result = a->body ? add_own(st, a->body, a->kind, phase, a->asset_seed, a->size_m,
                                    &a->colors, below_begin, below_end, &it, why)
                          : add_instance(st, a->kind, a->asset_seed, a->size_m, phase, &a->colors,
                                         below_begin, below_end, &it, why);
  if (result)
    return result;
  if (!ARRAY_RESERVE(st->targets, st->target_capacity, st->target_count + 1))
    return trouble_set(why, STATUS_MEMORY, "no memory for boxes");
  st->targets[st->target_count++] =
      (stage_target){.id = a->id,
                     .instance = (uint32_t)st->top.count - 1,
                     .kind = a->kind,
                     .class = a->class,
                     .begin = raised(below_begin, 0, 0, a->size_m[2] / 2),
                     .end = raised(below_end, 0, 0, a->size_m[2] / 2),
                     .size_m = {a->size_m[0], a->size_m[1], a->size_m[2]},
                     .velocity_mps = a->velocity_mps,
                     .acceleration_mps2 = a->acceleration_mps2,
                     .yaw_rate_radps = a->yaw_rate_radps,
                     .flags = a->flags,
                     .lane = a->lane,
                     .ego = ego};
  set_keypoints(st, &st->targets[st->target_count - 1]);
  if (door)
    widen(st, &st->targets[st->target_count - 1], below_begin, below_end);
  if (wheels)
    return add_wheels(st, wheels, a, below_begin, below_end, why);
  return a->kind == THING_DOG ? add_leash(st, a, below_begin, below_end, why) : STATUS_OK;
}

typedef struct near_light {
  double distance;
  int order;
  gpu_light light;
} near_light;

static int by_distance(const void *a, const void *b) {
  const near_light *x = a, *y = b;
  if (x->distance != y->distance)
    return x->distance < y->distance ? -1 : 1;
  return x->order - y->order;
}

static void to_floats(vec3 v, float out[3]) {
  out[0] = (float)v.x, out[1] = (float)v.y, out[2] = (float)v.z;
}

static gpu_light *add_light(near_light *out, int *count, double distance) {
  near_light *light = &out[*count];
  *light = (near_light){.distance = distance, .order = (*count)++};
  return &light->light;
}

static int gather_lights(const stage *st, const sim_snapshot *snapshot, near_light *out) {
  int count = 0;
  vec3 eye = snapshot->actors[snapshot->ego].begin.p_m;
  const scene *s = st->current;
  for (int i = 0; i < s->thing_count; i++) {
    const scene_thing *lamp = &s->things[i];
    double distance = vec3_length(vec3_sub(lamp->at.p_m, eye));
    if (lamp->kind != THING_LAMP || distance > LIGHT_REACH_M)
      continue;
    float p[3];
    to_floats(pose_apply(lamp->at, (vec3){lamp->size_m[0] * 0.4, 0, lamp->size_m[2] - 0.25}), p);
    shade_lamp_street(p, lamp->asset_seed, add_light(out, &count, distance));
  }
  for (int i = 0; i < snapshot->actor_count; i++) {
    const sim_actor *a = &snapshot->actors[i];
    double left = (a->flags & ACTOR_BLUE_LEFT) ? 1 : -1;
    double distance = vec3_length(vec3_sub(a->begin.p_m, eye));
    if (!(a->flags & (ACTOR_BLUE_LEFT | ACTOR_BLUE_RIGHT)) || distance > LIGHT_REACH_M)
      continue;
    float p[3];
    vec3 own = {a->centre_m[0], left * 0.4, a->size_m[2] + 0.15};
    to_floats(pose_apply(a->begin, own), p);
    shade_lamp_blue(p, add_light(out, &count, distance));
  }
  for (int i = 0; i < snapshot->actor_count; i++) {
    const sim_actor *a = &snapshot->actors[i];
    double distance = vec3_length(vec3_sub(a->begin.p_m, eye));
    if (!(a->flags & ACTOR_HEADLIGHTS) || distance > LIGHT_REACH_M || a->kind == THING_TRAILER)
      continue;
    float forward[3], p[3];
    to_floats(quat_rotate(a->begin.q, (vec3){1, 0, 0}), forward);
    for (int side = -1; side <= 1; side += 2) {
      vec3 own = {a->centre_m[0] + a->size_m[0] / 2 + 0.02, side * a->size_m[1] * 0.36,
                  fmin(0.65, a->size_m[2] / 2)};
      to_floats(pose_apply(a->begin, own), p);
      shade_lamp_head(p, forward, a->asset_seed, s->roads.left_hand,
                      add_light(out, &count, distance));
    }
  }
  return count;
}

static status set_lights(stage *st, const sim_snapshot *snapshot, trouble *why) {
  st->light_count = 0;
  gpu_weather weather;
  shade_weather(&snapshot->weather, 0, 0, 0, &weather);
  size_t most = (size_t)st->current->thing_count + 3 * (size_t)snapshot->actor_count;
  near_light *all = malloc(sizeof *all * (most ? most : 1));
  if (!all)
    return trouble_set(why, STATUS_MEMORY, "no memory for lamps");
  int count = 0;
  if (weather.night > 0)
    count = gather_lights(st, snapshot, all);
  qsort(all, (size_t)count, sizeof *all, by_distance);
  gpu_light lights[LIGHT_LIMIT];
  for (int i = 0; i < count && i < LIGHT_LIMIT; i++)
    lights[st->light_count++] = all[i].light;
  free(all);
  if (st->light_count == 0)
    return STATUS_OK;
  return device_status(clEnqueueWriteBuffer(device_queue(st->dev), st->lights, CL_TRUE, 0,
                                            sizeof *lights * (size_t)st->light_count, lights, 0,
                                            NULL, NULL),
                       "clEnqueueWriteBuffer (lamps)", why);
}

// Parked vehicles have boxes wherever they are, small things near the ego alone: a town has
// thousands of signs.
static status add_still(stage *st, vec3 eye, trouble *why) {
  st->target_count = 0;
  if (!ARRAY_RESERVE(st->targets, st->target_capacity, st->still_count))
    return trouble_set(why, STATUS_MEMORY, "no memory for boxes");
  for (int i = 0; i < st->still_count; i++) {
    const stage_target *it = &st->still[i];
    double x = it->begin.p_m.x - eye.x, y = it->begin.p_m.y - eye.y;
    if (thing_moves(it->kind) || x * x + y * y < LABEL_REACH_M * LABEL_REACH_M)
      st->targets[st->target_count++] = *it;
  }
  return STATUS_OK;
}

static int by_id(const void *a, const void *b) {
  const stage_target *x = a, *y = b;
  return x->id < y->id ? -1 : x->id > y->id;
}

void stage_show_ego(stage *st, ego_body body) {
  st->body = body;
  st->traced.skip = body == EGO_BODY_SHOWN ? HIT_NONE : st->ego;
  motion_skip(st->moves, st->traced.skip);
}

status stage_set_frame(stage *st, const sim_snapshot *snapshot, trouble *why) {
  st->top.count = st->fixed_count;
  vec3 eye = snapshot->actors[snapshot->ego].begin.p_m;
  status result = add_still(st, eye, why);
  for (int i = 0; i < st->signal_count; i++) {
    int signal = st->signals[i].signal;
    uint32_t color = signal <= snapshot->signal_count ? snapshot->signals[signal - 1] : SIGNAL_OFF;
    // A lamp that flashes is lit or not; that it flashes is a matter of labels.
    st->top.instances[st->signals[i].instance].signal = color == SIGNAL_FLASH_LIT    ? SIGNAL_YELLOW
                                                        : color == SIGNAL_FLASH_DARK ? SIGNAL_OFF
                                                                                     : color;
  }
  st->ego = HIT_NONE;
  for (int i = 0; !result && i < snapshot->actor_count; i++) {
    const sim_actor *a = &snapshot->actors[i];
    int first = st->top.count;
    result = add_actor(st, a, eye, i == snapshot->ego, why);
    if (!result)
      motion_carry(st->moves, first, st->top.count, a->before, a->begin);
    if (i == snapshot->ego)
      st->ego = (uint32_t)st->top.count - 1;
  }
  if (!result)
    choose_trees(st, eye);
  if (!result)
    result = trace_top_build(&st->top, st->dev, why);
  if (!result)
    result = set_lights(st, snapshot, why);
  if (result)
    return result;
  qsort(st->targets, (size_t)st->target_count, sizeof *st->targets, by_id);
  st->traced = (trace_scene){st->buffers.nodes, st->buffers.facets, st->top.on_device,
                             st->top.nodes,     st->top.order,      HIT_NONE};
  stage_show_ego(st, st->body);
  return STATUS_OK;
}

status stage_set_motion(stage *st, const sim_snapshot *snapshot, bool rays, trouble *why) {
  return motion_bring(st->moves, snapshot, &st->top, &st->traced, st->shapes, st->fixed_count, rays,
                      why);
}

const motion *stage_motion(const stage *st) {
  return st->moves;
}

const trace_scene *stage_traced(const stage *st) {
  return &st->traced;
}

trace_scene stage_lit(const stage *st) {
  trace_scene all = st->traced;
  all.skip = st->body == EGO_BODY_NONE ? st->ego : HIT_NONE;
  return all;
}

const trace_top *stage_top(const stage *st) {
  return &st->top;
}
const geometry *stage_geometry(const stage *st) {
  return st->shapes;
}
const geometry_buffers *stage_buffers(const stage *st) {
  return &st->buffers;
}

const stage_target *stage_targets(const stage *st, int *count) {
  *count = st->target_count;
  return st->targets;
}

cl_mem stage_lights(const stage *st, int *count) {
  *count = st->light_count;
  return st->lights;
}
