// SPDX-License-Identifier: Apache-2.0
#include "cluster/unit_device.h"

#include <stdio.h>
#include <string.h>

enum { DEVICES = 64 };

int cluster_unit_device_turn(const device_info *devices, int count, const char *type,
                             int local_rank) {
  int ids[DEVICES], found = 0;
  for (int i = 0; i < count && i < DEVICES; i++)
    if (devices[i].compiler && strcmp(devices[i].type, type) == 0)
      ids[found++] = devices[i].id;
  return found > 1 ? ids[local_rank % found] : -1;
}

static status open_one(device **out, const cluster_place *place, trouble *why) {
  device_info devices[DEVICES];
  int count = 0;
  status result = device_list(devices, DEVICES, &count, why);
  if (result)
    return result;
  const char *wanted = place->device;
  bool choose = wanted[0] == 0 || strcmp(wanted, "auto") == 0;
  static const char *const types[] = {"gpu", "accelerator"};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (!choose && strcmp(wanted, types[i]) != 0)
      continue;
    int id = cluster_unit_device_turn(devices, count, types[i], place->local_rank);
    if (id < 0)
      continue;
    char text[16];
    snprintf(text, sizeof text, "%d", id);
    return device_open(out, text, why);
  }
  return device_open(out, choose ? NULL : wanted, why);
}

status cluster_unit_device(device **out, const cluster_place *place, trouble *why) {
  status result = open_one(out, place, why);
  if (!result && place->local_rank == 0)
    device_say_compiling(*out);
  return result;
}
