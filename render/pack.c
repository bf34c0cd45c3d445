// SPDX-License-Identifier: Apache-2.0
#include "render/pack.h"

void pack_pose(pose p, float position[3], float rotation[4]) {
  position[0] = (float)p.p_m.x, position[1] = (float)p.p_m.y, position[2] = (float)p.p_m.z;
  rotation[0] = (float)p.q.x, rotation[1] = (float)p.q.y, rotation[2] = (float)p.q.z;
  rotation[3] = (float)p.q.w;
}
