// SPDX-License-Identifier: Apache-2.0
// roadloom devices: what --device may name.
#include <stdio.h>

#include "cli/command.h"
#include "cli/options.h"
#include "render/device.h"

enum { DEVICES = 64 };

static const struct argp devices_argp = {
    .doc = "Lists the OpenCL devices. --device takes an id, a type or part of a name; without it "
           "the first gpu or accelerator is used, else the first cpu."};

static void print_device(const device_info *d) {
  printf("%3d  %-11s  %4d units  %8.1f GB  %s\n", d->id, d->type, d->compute_units,
         (double)d->memory_bytes / 1e9, d->name);
  printf("     %s, %s, driver %s%s\n", d->platform, d->version, d->driver,
         d->compiler ? "" : "\n     skipped: it has no compiler for our kernels");
}

static int run(int argc, char **argv) {
  cli_options options = cli_options_default();
  if (!cli_parse(&cli_devices, argc, argv, &options, NULL))
    return EXIT_TROUBLE;
  device_info devices[DEVICES];
  int count = 0;
  trouble why;
  if (device_list(devices, DEVICES, &count, &why))
    return cli_fail("devices", &why);
  if (count == 0) {
    fprintf(stderr, "roadloom devices: no OpenCL device; install a driver, or PoCL for the cpu "
                    "(Debian: apt-get install pocl-opencl-icd)\n");
    return EXIT_TROUBLE;
  }
  for (int i = 0; i < count && i < DEVICES; i++)
    print_device(&devices[i]);
  if (count > DEVICES)
    printf("and %d more\n", count - DEVICES);
  return EXIT_DONE;
}

const cli_command cli_devices = {.name = "devices",
                                 .help = "list the OpenCL devices and the ids that --device takes",
                                 .argp = &devices_argp,
                                 .run = run};
