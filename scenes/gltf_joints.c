// SPDX-License-Identifier: Apache-2.0
#include "scenes/gltf_joints.h"

#include <ctype.h>
#include <string.h>

enum { NAMES = 4, NAME_ROOM = 40 };

// Small letters alone: "mixamorig:LeftForeArm", "Left_ForeArm" and "leftForeArm" are one name.
static const char *const names[BODY_JOINTS][NAMES] = {
    {"nose"},
    {"lefteye"},
    {"righteye"},
    {"leftear"},
    {"rightear"},
    {"leftshoulder", "leftarm", "leftupperarm"},
    {"rightshoulder", "rightarm", "rightupperarm"},
    {"leftelbow", "leftforearm", "leftlowerarm"},
    {"rightelbow", "rightforearm", "rightlowerarm"},
    {"leftwrist", "lefthand"},
    {"rightwrist", "righthand"},
    {"lefthip", "leftupleg", "leftupperleg"},
    {"righthip", "rightupleg", "rightupperleg"},
    {"leftknee", "leftleg", "leftlowerleg"},
    {"rightknee", "rightleg", "rightlowerleg"},
    {"leftankle", "leftfoot"},
    {"rightankle", "rightfoot"},
};

static void plain(const char *name, char out[NAME_ROOM]) {
  const char *colon = strrchr(name, ':');
  size_t n = 0;
  for (const char *c = colon ? colon + 1 : name; *c && n + 1 < NAME_ROOM; c++)
    if (isalnum((unsigned char)*c))
      out[n++] = (char)tolower((unsigned char)*c);
  out[n] = 0;
}

static int find(const gltf_file *f, const char *wanted) {
  const json_t *list = json_object_get(f->root, "nodes");
  char own[NAME_ROOM];
  for (size_t i = 0; i < json_array_size(list); i++) {
    const char *name = json_string_value(json_object_get(json_array_get(list, i), "name"));
    plain(name ? name : "", own);
    if (strcmp(own, wanted) == 0)
      return (int)i;
  }
  return -1;
}

bool gltf_joints_find(const gltf_file *f, int out[BODY_JOINTS]) {
  // Rigs that say arms, as Mixamo's do, have collar bones called shoulders.
  bool arms = find(f, "leftarm") >= 0 || find(f, "leftupperarm") >= 0;
  for (int i = 0; i < BODY_JOINTS; i++) {
    bool collar = arms && strstr(names[i][0], "shoulder");
    out[i] = -1;
    for (int k = collar ? 1 : 0; k < NAMES && names[i][k] && out[i] < 0; k++)
      out[i] = find(f, names[i][k]);
    if (out[i] < 0)
      return false;
  }
  return true;
}

void gltf_joints_at(const gltf_pose *pose, const int joints[BODY_JOINTS],
                    float out[BODY_JOINTS][3]) {
  for (int i = 0; i < BODY_JOINTS; i++)
    for (int k = 0; k < 3; k++)
      out[i][k] = (float)pose->globals[joints[i]].m[k][3];
}
