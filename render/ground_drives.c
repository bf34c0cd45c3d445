// SPDX-License-Identifier: Apache-2.0
// Driveways: where they leave a road its kerb is lowered and its strip paved; beyond it they are
// paving on the land.
#include <math.h>

#include "render/ground_parts.h"

static const double SPLAY_M = 0.6;    // over which the kerb comes down
static const double LIP_M = 0.03;     // of the kerb that stays
static const double ABOVE_M = 0.008;  // of paving on level land
static const double STATION_M = 0.03; // stations may be that far off
static const int STATIONS_A_DRIVE = 4;

const scene_drive *ground_drives_of(const ground *g, const road *r, int side, int *count) {
  const scene *s = g->s;
  int low = 0, high = s->drive_count;
  while (low < high) {
    int middle = (low + high) / 2;
    const scene_drive *d = &s->drives[middle];
    if (d->road < r->id || (d->road == r->id && d->side < side))
      low = middle + 1;
    else
      high = middle;
  }
  *count = 0;
  while (low + *count < s->drive_count && s->drives[low + *count].road == r->id &&
         s->drives[low + *count].side == side)
    ++*count;
  return &s->drives[low];
}

double ground_drive_station(const scene_drive *d, int k) {
  double half = d->width_m / 2 + (k == 0 || k == STATIONS_A_DRIVE - 1 ? SPLAY_M : 0);
  return d->s_m + (k < STATIONS_A_DRIVE / 2 ? -half : half);
}

double ground_drive_dip(const scene_drive *drives, int count, double s, double height_m) {
  for (int i = 0; i < count; i++) {
    double off = fabs(s - drives[i].s_m) - drives[i].width_m / 2;
    if (off < SPLAY_M)
      return fmax(0, height_m - LIP_M) * fmin(1, 1 - off / SPLAY_M);
  }
  return 0;
}

bool ground_drive_over(const scene_drive *drives, int count, double s0, double s1) {
  double s = (s0 + s1) / 2;
  for (int i = 0; i < count; i++)
    if (fabs(s - drives[i].s_m) < drives[i].width_m / 2 + STATION_M)
      return true;
  return false;
}

void ground_drives(ground *g) {
  for (int i = 0; i < g->s->drive_count && g->net->land.columns == 0; i++) {
    vec3 corners[4];
    for (int k = 0; k < 4; k++) {
      corners[k] = g->s->drives[i].corners[k];
      corners[k].z += ABOVE_M;
    }
    ground_polygon(g, corners, 4, MATERIAL_DRIVE_PAVING);
  }
}
