// SPDX-License-Identifier: Apache-2.0
// The joints of a person among the nodes of a glTF file, by their names: COCO's ("left_elbow"), or,
// of the body, those of Mixamo ("mixamorig:LeftForeArm") and of VRM ("leftLowerArm"). For
// scenes/gltf_*.c alone.
#ifndef SCENES_GLTF_JOINTS_H
#define SCENES_GLTF_JOINTS_H

#include "scenes/gltf_pose.h"
#include "scenes/gltf_read.h"

/// The nodes of all of COCO's joints, in its order; false when one of them has no node.
bool gltf_joints_find(const gltf_file *f, int out[BODY_JOINTS]);
/// Where they are in a pose, in our frame.
void gltf_joints_at(const gltf_pose *pose, const int joints[BODY_JOINTS],
                    float out[BODY_JOINTS][3]);

#endif
