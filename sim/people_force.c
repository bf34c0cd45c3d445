// SPDX-License-Identifier: Apache-2.0
// The social force: what moves people towards where they want to go, and away from each
// other, from posts and from the borders of their way. Constants are those of
// PySocialForce 1.1.2, whose models are Helbing & Molnár (1995), "Social force model for
// pedestrian dynamics", and Moussaïd et al. (2009), "Experimental study of the behavioural
// mechanisms underlying self-organization in human crowds". How close people follow each
// other is Tordeux, Chraibi & Seyfried's (2016) collision-free speed model: forces alone
// don't slow crowds down as crowds do.
#include "base/least.h"
#include "sim/state.h"

#include <math.h>

// Moussaïd's interaction.
static const double STRENGTH_MPS2 = 5.1, LAMBDA = 2.0, GAMMA = 0.35, N_TURN = 2, N_SLOW = 3;
// Helbing and Molnár's repulsion between people, and from walls.
static const double V0 = 2.1, SIGMA_M = 0.3, U0 = 10, R_M = 0.2;
static const double COS_VIEW = -0.17364817766693036; // 100 degrees to each side
static const double OUT_OF_VIEW = 0.5;
static const double FADE_M = 1.0; // over the last metre of sight all of it fades
static const double DOUBT_RAD = 0.12;
// What borders a way stands a little off it; where it is narrow, people mind it less.
static const double WALL_BEYOND_M = 0.2, NARROW_M = 1.2;
static const double MOST_MPS2 = 8;
// Following, fitted to Weidmann's speed over density: what of both bodies is the least gap, the
// time to close the rest in, how far beside one's way the body ahead may be, in bodies; and how
// much of forces that hold back is left where that does it already.
static const double FOLLOW_GAP = 0.75, FOLLOW_S = 0.53, FOLLOW_WIDTH = 0.5, HOLD_BACK = 0.35;

typedef struct walker {
  double x, y, vx, vy, body;
  double fx, fy; // way ahead
  double doubt;  // the side to step to when in doubt, left positive
  double speed;  // wanted; less behind others
  double ax, ay;
} walker;

// Somebody, or something, of radius `body` at (x, y) that moves with (vx, vy).
static void meet(walker *me, double x, double y, double vx, double vy, double body) {
  double ex = x - me->x, ey = y - me->y, apart2 = ex * ex + ey * ey;
  if (apart2 > SIM_SEE_M * SIM_SEE_M || apart2 < 1e-12)
    return;
  double apart = sqrt(apart2), reach = me->body + body;
  ex /= apart, ey /= apart;
  double ahead = ex * me->fx + ey * me->fy, side = ey * me->fx - ex * me->fy;
  if (ahead > 0 && fabs(side) * apart < FOLLOW_WIDTH * reach)
    me->speed = least_of(me->speed, most_of(0, (apart - FOLLOW_GAP * reach) / FOLLOW_S));
  double weight = least_of(1, (SIM_SEE_M - apart) / FADE_M) * (ahead < COS_VIEW ? OUT_OF_VIEW : 1);
  double dx = LAMBDA * (me->vx - vx) + ex, dy = LAMBDA * (me->vy - vy) + ey;
  double d = sqrt(dx * dx + dy * dy);
  if (d > 1e-6) {
    dx /= d, dy /= d;
    double b = GAMMA * d, theta = atan2(dx * ey - dy * ex, dx * ex + dy * ey);
    double slow = N_SLOW * b * theta, turn = N_TURN * b * theta;
    double near = STRENGTH_MPS2 * weight * exp(-apart / b);
    double back = near * exp(-slow * slow);
    double side_of = theta - (ahead > 0 ? me->doubt * DOUBT_RAD : 0);
    double left = ahead > COS_VIEW ? near * exp(-turn * turn) * (side_of > 0 ? -1 : 1) : 0;
    me->ax += -back * dx - left * dy;
    me->ay += -back * dy + left * dx;
  }
  double push = weight * V0 / SIGMA_M * exp(-apart / SIGMA_M);
  me->ax -= push * ex, me->ay -= push * ey;
}

// The borders of the way push towards its middle; where it meets others they are open.
static void keep_on_way(const sim_world *w, int person, walker *me) {
  const walk_edge *edge = &w->net->walk_edges[w->people.edge[person] - 1];
  double s = w->people.s_m[person];
  if (s < SIM_OPEN_M || s > edge->length_m - SIM_OPEN_M)
    return;
  sim_track_node at = sim_track_plain(&w->lanes.edges[edge->id - 1], s);
  double half = most_of(edge->width_m / 2 + WALL_BEYOND_M, NARROW_M),
         lateral = w->people.lateral_m[person];
  double left =
      U0 / R_M *
      (exp(-most_of(0.3, half + lateral) / R_M) - exp(-most_of(0.3, half - lateral) / R_M));
  me->ax -= left * at.ty, me->ay += left * at.tx;
}

// Everybody and everything near a body, but its own company.
static void look_round(const sim_world *w, int body, walker *me) {
  const sim_people *people = &w->people;
  int leads = sim_leads(people, body);
  int bucket[SIM_BUCKETS], buckets = sim_people_buckets(w, me->x, me->y, bucket);
  for (int b = 0; b < buckets; b++) {
    for (int j = w->cell_head[bucket[b]]; j >= 0; j = w->cell_next[j])
      if (sim_leads(people, j) != leads)
        meet(me, people->x_m[j], people->y_m[j], people->vx_mps[j], people->vy_mps[j],
             people->body_m[j]);
    for (int k = w->post_cell_first[bucket[b]]; k < w->post_cell_first[bucket[b] + 1]; k++)
      meet(me, w->posts[k].x, w->posts[k].y, 0, 0, w->posts[k].z);
  }
}

void sim_people_force(const sim_world *w, int person, double ahead_x, double ahead_y,
                      double speed_mps, double *ax_mps2, double *ay_mps2) {
  const sim_people *people = &w->people;
  walker me = {.x = people->x_m[person],
               .y = people->y_m[person],
               .vx = people->vx_mps[person],
               .vy = people->vy_mps[person],
               .body = people->body_m[person],
               .fx = ahead_x,
               .fy = ahead_y,
               .doubt = w->net->left_hand ? 1 : -1,
               .speed = speed_mps};
  look_round(w, person, &me);
  if (people->company[person] >= 0) { // what bumps into company bumps into who has it
    int along = people->company[person];
    walker it = me;
    it.x = people->x_m[along], it.y = people->y_m[along], it.body = people->body_m[along];
    it.ax = it.ay = 0;
    look_round(w, along, &it);
    me.ax += it.ax, me.ay += it.ay, me.speed = it.speed;
  }
  double hold = most_of(0, -(me.ax * me.fx + me.ay * me.fy)) * (1 - HOLD_BACK);
  me.ax += hold * me.fx, me.ay += hold * me.fy;
  keep_on_way(w, person, &me);
  if (speed_mps < 0.1) // who waits stays put
    me.ax = me.ay = 0;
  double push = sqrt(me.ax * me.ax + me.ay * me.ay);
  double scale = push > MOST_MPS2 ? MOST_MPS2 / push : 1;
  *ax_mps2 = me.ax * scale + (me.speed * me.fx - me.vx) / people->relax_s[person];
  *ay_mps2 = me.ay * scale + (me.speed * me.fy - me.vy) / people->relax_s[person];
}
