// SPDX-License-Identifier: Apache-2.0
// The picture's style sheet, legend and scale. The legend is in pixels.
#include <math.h>
#include <string.h>

#include "scenes/road_svg_parts.h"

void svg_style(svg_picture *p) {
  static const char text[] =
      "<style>\n"
      ".land{fill:#f3f1ea}.driving,.junction,.asphalt{fill:#6d7178;stroke:#6d7178}\n"
      ".shoulder{fill:#8b8f95;stroke:#8b8f95}.parking{fill:#7f8aa0;stroke:#7f8aa0}\n"
      ".works{fill:#d98f4e;stroke:#d98f4e}.biking{fill:#a0685c;stroke:#a0685c}"
      ".buses{fill:#8a7a4e;stroke:#8a7a4e}.accessible{fill:#4f78c4}"
      ".curb{fill:#b9b6ae;stroke:#b9b6ae}\n"
      ".verge{fill:#b5cc9a;stroke:#b5cc9a}.sidewalk{fill:#dbd5c8;stroke:#dbd5c8}\n"
      ".median{fill:#9cab8a;stroke:#9cab8a}#surfaces{stroke-width:.05}\n"
      "polyline{fill:none}.white{stroke:#fff}.yellow{stroke:#ffcf33}.zebra{fill:#fff}\n"
      ".stop{stroke:#fff;stroke-width:.5}\n"
      ".conflict{stroke:#ff3b1f;stroke-opacity:.16;stroke-width:1.7;stroke-linecap:round}\n"
      ".way{stroke-width:.22;stroke-opacity:.9}.arrow{fill:#e8f1ff;fill-opacity:.85}\n"
      ".straight{stroke:#7cc4ff}.left{stroke:#8be28b}.right{stroke:#e3a6ff}\n"
      ".tip{stroke:none}.tip.straight{fill:#7cc4ff}.tip.left{fill:#8be28b}"
      ".tip.right{fill:#e3a6ff}\n"
      ".signal{fill:#20242b;stroke:#ffd84a;stroke-width:.25}\n"
      ".walk-signal{fill:#1b4f9c;stroke:#fff;stroke-width:.2}\n"
      "text{font-family:sans-serif;fill:#1d2126}\n"
      ".group{font-size:1.25px;font-weight:bold;fill:#fff;text-anchor:middle}\n"
      ".name{font-weight:bold;text-anchor:middle;stroke:#fff;stroke-width:.27em;"
      "paint-order:stroke;stroke-linejoin:round}\n"
      ".node{fill:#a01f10;font-size:.77em}\n"
      ".sheet{fill:#fff}.title{font-size:20px;font-weight:bold}.key{font-size:13px}\n"
      ".frame{stroke:#555;stroke-width:.7}.rule{stroke:#1d2126;stroke-width:2}\n"
      "</style>\n";
  fputs(text, p->out);
}

// Titles come from file names.
static void put_escaped(FILE *out, const char *text) {
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '<')
      fputs("&lt;", out);
    else if (c == '&')
      fputs("&amp;", out);
    else
      fputc(c < 32 || c == 127 ? ' ' : c, out);
  }
}

// One key: a small drawing in a box of 34 by 16 pixels at (x, y), and its name.
static void put_key(svg_picture *p, double x, double y, const char *drawing, const char *name) {
  fprintf(p->out, "<g transform=\"translate(%.0f %.0f)\">%s<text class=\"key\" x=\"42\" y=\"13\">",
          x, y, drawing);
  fprintf(p->out, "%s</text></g>\n", name);
}

void svg_legend(svg_picture *p, const char *title, double width_px) {
#define BOX(class) "<rect class=\"" class "\" width=\"34\" height=\"16\"/>"
#define SURFACE(class) "<rect class=\"" class " frame\" width=\"34\" height=\"16\"/>"
#define LINE(class, more)                                                                          \
  BOX("driving")                                                                                   \
  "<polyline class=\"" class "\" stroke-width=\"2\" " more                                         \
                             " points=\"0,8 34,8\" style=\"stroke-width:2\"/>"
  static const struct {
    const char *drawing, *name;
  } keys[] = {
      {SURFACE("driving"), "driving lane, junction"},
      {SURFACE("shoulder"), "shoulder"},
      {SURFACE("parking"), "parking bay"},
      {SURFACE("sidewalk"), "sidewalk"},
      {SURFACE("curb"), "kerb stone"},
      {SURFACE("verge"), "verge"},
      {SURFACE("median"), "median"},
      {SURFACE("biking"), "bicycle lane"},
      {SURFACE("buses"), "bus lane"},
      {SURFACE("works"), "closed for works"},
      {LINE("white", ""), "solid mark"},
      {LINE("white", "stroke-dasharray=\"7 7\""), "broken mark"},
      {BOX("driving") "<polyline class=\"yellow\" stroke-width=\"2\" points=\"0,5 34,5\"/>"
                      "<polyline class=\"yellow\" stroke-width=\"2\" points=\"0,11 34,11\"/>",
       "double solid mark"},
      {BOX("driving") "<polyline class=\"stop\" points=\"17,0 17,16\" style=\"stroke-width:5\"/>",
       "stop line"},
      {BOX("driving") "<rect class=\"zebra\" x=\"3\" width=\"5\" height=\"16\"/>"
                      "<rect class=\"zebra\" x=\"14\" width=\"5\" height=\"16\"/>"
                      "<rect class=\"zebra\" x=\"25\" width=\"5\" height=\"16\"/>",
       "crosswalk"},
      {BOX("driving") "<polygon class=\"arrow\" points=\"27,8 9,15 13,8 9,1\"/>", "driving "
                                                                                  "direction"},
      {LINE("way straight", ""), "straight on"},
      {LINE("way left", ""), "left turn"},
      {LINE("way right", ""), "right turn"},
      {BOX("driving") "<polyline class=\"conflict\" points=\"6,8 28,8\" "
                      "style=\"stroke-width:9;stroke-opacity:.5\"/>",
       "gives way here"},
      {"<circle class=\"signal\" cx=\"17\" cy=\"8\" r=\"7.5\" style=\"stroke-width:2\"/>"
       "<text class=\"group\" x=\"17\" y=\"12\" style=\"font-size:10px\">1</text>",
       "traffic light, group"},
      {"<circle class=\"walk-signal\" cx=\"17\" cy=\"8\" r=\"7.5\" style=\"stroke-width:1.5\"/>"
       "<text class=\"group\" x=\"17\" y=\"12\" style=\"font-size:10px\">3</text>",
       "pedestrian light, group"}};
#undef LINE
#undef SURFACE
#undef BOX
  enum { COUNT = sizeof keys / sizeof *keys, ROWS = 5, COLUMN_PX = 200, TOP_PX = 44 };
  fprintf(p->out, "<rect class=\"sheet\" width=\"%.0f\" height=\"%d\"/>\n", width_px,
          SVG_LEGEND_PX);
  fprintf(p->out, "<text class=\"title\" x=\"16\" y=\"28\">");
  put_escaped(p->out, title);
  fprintf(p->out, "</text>\n");
  for (int i = 0; i < COUNT; i++)
    put_key(p, 16 + COLUMN_PX * (i / ROWS), TOP_PX + 21 * (i % ROWS), keys[i].drawing,
            keys[i].name);
  // A scale of about 150 pixels, a round number of metres.
  static const double rounds[] = {10, 20, 50, 100, 200, 500, 1000, 2000};
  double metres = rounds[0], pixels_per_m = p->pixels_per_m / p->legend_scale;
  for (size_t i = 1; i < sizeof rounds / sizeof *rounds; i++)
    if (rounds[i] * pixels_per_m <= 170)
      metres = rounds[i];
  double x = 16 + COLUMN_PX * ((COUNT + ROWS - 1) / ROWS), end = x + metres * pixels_per_m;
  fprintf(p->out,
          "<polyline class=\"rule\" points=\"%.1f,%d %.1f,%d %.1f,%d %.1f,%d\"/>"
          "<text class=\"key\" x=\"%.1f\" y=\"%d\">%.0f m, north is up</text>\n",
          x, TOP_PX + 8, x, TOP_PX + 18, end, TOP_PX + 18, end, TOP_PX + 8, x, TOP_PX + 38, metres);
}
