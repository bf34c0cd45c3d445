// SPDX-License-Identifier: Apache-2.0
#ifndef SCENES_SCENE_HASH_H
#define SCENES_SCENE_HASH_H

#include "scenes/scene.h"

/// XXH3 over every field of a scene but `hash` itself, member by member, so that padding
/// and addresses don't count.
uint64_t scene_hash(const scene *s);

#endif
