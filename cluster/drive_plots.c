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
