// SPDX-License-Identifier: Apache-2.0
#include "cluster/drive_plots.h"

#include <math.h>

#include "base/least.h"
#include "cluster/html.h"

void drive_plot_interval(FILE *to, const sim_interval *of, double most) {
  enum { WIDE = 120, HIGH = 14, EDGE = 4 };
  if (!isfinite(of->value) || !(most > 0))
    return;
  double scale = (WIDE - 2 * EDGE) / most, middle = HIGH / 2.0;
  fprintf(to, "<svg class=i width=%d height=%d role=img><line x1=%d x2=%d y1=%g y2=%g class=g />",
          WIDE, HIGH, EDGE, WIDE - EDGE, middle, middle);
  if (isfinite(of->low) && isfinite(of->high))
    fprintf(to, "<line x1=%.1f x2=%.1f y1=%g y2=%g class=s />", EDGE + scale * of->low,
            EDGE + scale * of->high, middle, middle);
  fprintf(to, "<circle cx=%.1f cy=%g r=3.5 /></svg>", EDGE + scale * of->value, middle);
}

void drive_plot_histogram(FILE *to, const char *title, const double *values, int count,
                          double most) {
  enum { BINS = 20, WIDE = 290, HIGH = 110, LEFT = 34, RIGHT = 14, FLOOR = 90 };
  int bins[BINS] = {0}, highest = 1, without = 0;
  for (int k = 0; k < count; k++) {
    if (!isfinite(values[k])) {
      without++;
      continue;
    }
    int bin = (int)(least_of(most, most_of(0, values[k])) / most * BINS);
    bin = bin < BINS ? bin : BINS - 1;
    bins[bin]++;
    highest = bins[bin] > highest ? bins[bin] : highest;
  }
  fprintf(to, "<figure><figcaption>");
  html_text(to, title);
  fprintf(to, "</figcaption><svg width=%d height=%d role=img>", WIDE, HIGH);
  double each = ((double)(WIDE - LEFT - RIGHT)) / BINS;
  for (int i = 0; i < BINS; i++) {
    double high = (FLOOR - 8.0) * bins[i] / highest;
    if (bins[i])
      fprintf(to,
              "<rect x=%.1f y=%.1f width=%.1f height=%.1f class=b><title>%.4g .. %.4g: %d"
              "</title></rect>",
              LEFT + i * each, FLOOR - high, each - 1, high, i * most / BINS, (i + 1) * most / BINS,
              bins[i]);
  }
  fprintf(to,
          "<line x1=%d x2=%d y1=%d y2=%d class=g /><text x=%d y=14 class=e>%d</text><text x=%d "
          "y=%d class=e>0</text>",
          LEFT, WIDE - RIGHT, FLOOR, FLOOR, LEFT - 5, highest, LEFT - 5, FLOOR);
  for (int i = 0; i <= 4; i++)
    fprintf(to, "<text x=%.1f y=%d class=m>%.3g</text>",
            LEFT + ((double)(WIDE - LEFT - RIGHT)) * i / 4, HIGH - 4, most * i / 4);
  fputs("</svg>", to);
  if (without)
    fprintf(to, "<small>%d without a value</small>", without);
  fputs("</figure>\n", to);
}

// 10, 20, 50, 100 … m: the longest that isn't longer than `most`.
static double round_length(double most) {
  double length = 10;
  for (int k = 0; length * (k % 3 == 1 ? 2.5 : 2) <= most; k++)
    length *= k % 3 == 1 ? 2.5 : 2;
  return length;
}

void drive_plot_way(FILE *to, const episodes_step *steps, size_t count) {
  enum { WIDE = 200, HIGH = 110, EDGE = 10, FLOOR = 14, POINTS = 200 };
  double low_x = INFINITY, low_y = INFINITY, high_x = -INFINITY, high_y = -INFINITY;
  for (size_t k = 0; k < count; k++) {
    if (!isfinite(steps[k].x_m[0] + steps[k].y_m[0]))
      return;
    low_x = least_of(low_x, steps[k].x_m[0]);
    low_y = least_of(low_y, steps[k].y_m[0]);
    high_x = most_of(high_x, steps[k].x_m[0]);
    high_y = most_of(high_y, steps[k].y_m[0]);
  }
  if (count == 0)
    return;
  double scale = least_of((WIDE - 2 * EDGE) / most_of(30, high_x - low_x),
                          (HIGH - 2 * EDGE - FLOOR) / most_of(15, high_y - low_y));
  double x0 = WIDE / 2.0 - scale * (low_x + high_x) / 2;
  double y0 = (HIGH - FLOOR) / 2.0 + scale * (low_y + high_y) / 2;
  fprintf(to, "<svg class=w width=%d height=%d role=img><polyline points='", WIDE, HIGH);
  size_t stride = count / POINTS + 1;
  for (size_t k = 0; k < count; k += k + stride < count || k + 1 == count ? stride : count - 1 - k)
    fprintf(to, "%.1f,%.1f ", x0 + scale * steps[k].x_m[0], y0 - scale * steps[k].y_m[0]);
  double x = x0 + scale * steps[count - 1].x_m[0], y = y0 - scale * steps[count - 1].y_m[0];
  double bar = round_length((WIDE - 2 * EDGE) / scale / 2);
  fprintf(to, "'/><circle cx=%.1f cy=%.1f r=3 /><path d='M%.1f %.1fl8 8m0 -8l-8 8' class=x />",
          x0 + scale * steps[0].x_m[0], y0 - scale * steps[0].y_m[0], x - 4, y - 4);
  fprintf(to, "<line x1=%d x2=%.1f y1=%d y2=%d class=g /><text x=%.1f y=%d>%g m</text></svg>", EDGE,
          EDGE + bar * scale, HIGH - 6, HIGH - 6, EDGE + bar * scale + 4, HIGH - 2, bar);
}
