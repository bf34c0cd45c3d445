// SPDX-License-Identifier: Apache-2.0
#include "sim/rollout_film.h"

#include <math.h>
#include <string.h>

#include "roadloom/policy.h"
#include "sim/state.h"

static const int64_t STEP_NS = (int64_t)(ROADLOOM_DT_S * 1e9 + 0.5);

// The ego's pose on the ground where a motion has it: as high and as steep as the nearest lane.
static pose stand(const scene *s, const sim_motion *m) {
  const road_network *net = &s->roads;
  double s_m, left_m, z = 0, pitch = 0, roll = 0;
  int lane = lane_nearest(net, m->x_m, m->y_m, &s_m, &left_m);
  if (lane) {
    const lane_path *path = &net->paths[lane - 1];
    const road_point *p = &net->points[path->point_first];
    int k = 0;
    while (k < path->point_count - 2 && p[k + 1].s_m < s_m)
      k++;
    double long_m = p[k + 1].s_m - p[k].s_m, u = long_m > 0 ? (s_m - p[k].s_m) / long_m : 0;
    double grade = long_m > 0 ? (p[k + 1].z_m - p[k].z_m) / long_m : 0;
    double along = cos(m->yaw_rad - p[k].heading_rad);
    z = p[k].z_m + u * (p[k + 1].z_m - p[k].z_m) + left_m * tan(p[k].bank_rad);
    pitch = -atan(grade * along);
    roll = p[k].bank_rad * along;
  }
  return (pose){{m->x_m, m->y_m, z}, quat_from_ypr(m->yaw_rad, pitch, roll)};
}

// Puts the episode's ego in the place of the log's.
static status put_ego(sim_film *film, const sim_moment *now, double dt_s, trouble *why) {
  const scene_vehicle *v = &film->scene->vehicles[film->scene->ego];
  sim_actor *ego = &film->seen.actors[film->seen.ego];
  if (film->seen.actor_count == 0 || ego->id != v->id)
    return trouble_set(why, STATUS_RANGE,
                       "scene %u: the scene's own driver has left the road network, and with log "
                       "traffic nothing can be shown from then on",
                       film->scene->index);
  const sim_motion *m = &now->motion;
  const pose from = film->ego, to = stand(film->scene, m);
  ego->before = film->ego_before;
  ego->begin = from;
  ego->end = to;
  ego->velocity_mps = vec3_scale(vec3_sub(to.p_m, from.p_m), 1 / dt_s);
  ego->yaw_rate_radps = angle_wrap(quat_yaw(to.q) - quat_yaw(from.q)) / dt_s;
  ego->acceleration_mps2 = quat_rotate(from.q, (vec3){m->ahead_mps2, m->left_mps2, 0});
  ego->speed_mps = vec3_dot(ego->velocity_mps, quat_rotate(from.q, (vec3){1, 0, 0}));
  ego->steer_end_rad = m->steer_rad;
  ego->wheel_rad = film->ego_wheel_rad;
  ego->wheel_turn_rad = ego->speed_mps * dt_s / ego->wheel_radius_m;
  film->ego_wheel_rad += ego->wheel_turn_rad;
  film->ego_before = from;
  film->ego = to;
  return STATUS_OK;
}

status sim_film_begin(sim_film *film, const scene *s, sim_world *world, const sim_moment *now,
                      trouble *why) {
  status code = STATUS_OK;
  film->scene = s;
  sim_world_destroy(film->others);
  film->others = NULL;
  if (!world) {
    code = sim_world_create(&film->others, s, why);
    film->ego = film->ego_before = stand(s, &now->motion);
    film->ego_wheel_rad = 0;
  }
  if (!code)
    code = sim_world_still_frame(world ? world : film->others, &film->seen, STEP_NS, why);
  if (!code && !world)
    code = put_ego(film, now, ROADLOOM_DT_S, why);
  return code;
}

void sim_film_free(sim_film *film) {
  sim_world_destroy(film->others);
  sim_snapshot_free(&film->seen);
  memset(film, 0, sizeof *film);
}

status sim_film_open(sim_film *film, sim_world *world, trouble *why) {
  return sim_world_open_frame(world, &film->seen, why);
}

void sim_film_close(sim_film *film, sim_world *world) {
  sim_world_close_frame(world, &film->seen);
}

status sim_film_follow(sim_film *film, int each, const sim_moment *now, trouble *why) {
  status code = sim_film_open(film, film->others, why);
  for (int i = 0; !code && i < each; i++)
    code = sim_world_step(film->others, why);
  if (code)
    return code;
  sim_film_close(film, film->others);
  return put_ego(film, now, (double)film->seen.duration_ns * 1e-9, why);
}
