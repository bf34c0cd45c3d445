// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "render/camera.h"

status sense_create(sense *out, device *dev, trouble *why) {
  memset(out, 0, sizeof *out);
  out->dev = dev;
  status result = device_program(dev, "sense.cl", NULL, &out->program, why);
  const struct {
    const char *name;
    cl_kernel *kernel;
  } kernels[] = {
      {"camera_rays", &out->camera_rays},
      {"hit_surfaces", &out->hit_surfaces},
      {"sun_rays", &out->sun_rays},
      {"ambient_rays", &out->ambient_rays},
      {"ambient_quads", &out->ambient_quads},
      {"ambient_filter", &out->ambient_filter},
      {"soften_sun", &out->soften_sun},
      {"label_pixels", &out->label_pixels},
      {"edge_pixels", &out->edge_pixels},
      {"borrow_edges", &out->borrow_edges},
      {"keep_samples", &out->keep_samples},
      {"inherit_ambient", &out->inherit_ambient},
      {"resolve_pixels", &out->resolve_pixels},
      {"resolve_edges", &out->resolve_edges},
      {"exposure_rays", &out->exposure_rays},
      {"exposure_sum", &out->exposure_sum},
  };
  for (size_t i = 0; !result && i < sizeof kernels / sizeof *kernels; i++)
    result = device_kernel(out->program, kernels[i].name, kernels[i].kernel, why);
  if (result)
    sense_destroy(out);
  return result;
}

void sense_destroy(sense *s) {
  cl_kernel kernels[] = {s->camera_rays,   s->hit_surfaces,   s->sun_rays,        s->ambient_rays,
                         s->ambient_quads, s->ambient_filter, s->label_pixels,    s->edge_pixels,
                         s->borrow_edges,  s->keep_samples,   s->inherit_ambient, s->resolve_pixels,
                         s->resolve_edges, s->exposure_rays,  s->exposure_sum,    s->soften_sun};
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
    if (kernels[i])
      clReleaseKernel(kernels[i]);
  label_tools_destroy(s->labels);
  electronics_tools_destroy(s->electronics);
  path_tools_destroy(s->paths);
  if (s->program)
    clReleaseProgram(s->program);
  memset(s, 0, sizeof *s);
}
