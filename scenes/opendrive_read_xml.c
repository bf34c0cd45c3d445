// SPDX-License-Identifier: Apache-2.0
// Elements and attributes of a map, errors with their line, remarks.
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include "base/array.h"
#include "scenes/opendrive_reader.h"

enum { REMARKS = 200 };

// Parsing ---------------------------------------------------------------------

// An encoding in which a tag's letters aren't bytes could hide what the search looks for.
static bool refuse_bytes(map_reader *r, const char *what, const char *text, size_t size) {
  static const char declaration[] = "<!DOCTYPE";
  if (memchr(text, 0, size)) {
    r->code = trouble_set(r->why, STATUS_FORMAT,
                          "%s:1: has a zero byte; a map is XML in UTF-8 or Latin-1", r->name);
    return false;
  }
  const char *found = memmem(text, size, declaration, sizeof declaration - 1);
  if (!found)
    return true;
  int line = 1;
  for (const char *at = text; at < found; at++)
    line += *at == '\n';
  r->code = trouble_set(r->why, STATUS_FORMAT,
                        "%s:%d: has a DOCTYPE; %s has none, and none is read", r->name, line, what);
  return false;
}

bool map_parse(map_reader *r, const char *what, const char *text, size_t size) {
  if (!refuse_bytes(r, what, text, size))
    return false;
  xmlParserCtxt *context = xmlNewParserCtxt();
  if (!context)
    return map_fail_memory(r);
  int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES |
                XML_PARSE_NOCDATA | XML_PARSE_COMPACT;
  r->doc = xmlCtxtReadMemory(context, text, (int)size, r->name, NULL, options);
  const xmlError *error = xmlCtxtGetLastError(context);
  if (!r->doc && error && error->code != XML_ERR_NO_MEMORY) {
    char words[200] = "not XML";
    if (error->message)
      strncpy(words, error->message, sizeof words - 1);
    words[strcspn(words, "\r\n")] = 0;
    r->code = trouble_set(r->why, STATUS_FORMAT, "%s:%d: is not well-formed XML: %s", r->name,
                          error->line, words);
  } else if (!r->doc) {
    map_fail_memory(r);
  }
  xmlFreeParserCtxt(context);
  if (r->doc && r->doc->intSubset)
    return map_fail(r, xmlDocGetRootElement(r->doc), "has a DOCTYPE; %s has none", what);
  return r->code == STATUS_OK;
}

// Errors, remarks and attributes ----------------------------------------------

int map_line(const xmlNode *at) {
  return at ? (int)xmlGetLineNo(at) : 0;
}

bool map_fail(map_reader *r, const xmlNode *at, const char *format, ...) {
  char text[512];
  va_list args;
  if (r->code != STATUS_OK)
    return false;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  r->code = trouble_set(r->why, STATUS_FORMAT, "%s:%d: %s", r->name, map_line(at), text);
  return false;
}

bool map_fail_memory(map_reader *r) {
  if (r->code == STATUS_OK)
    r->code = trouble_set(r->why, STATUS_MEMORY, "%s: memory ran out while reading it", r->name);
  return false;
}

void map_remark(map_reader *r, const xmlNode *at, const char *format, ...) {
  road_network *net = &r->b->net;
  road_remark remark = {.line = map_line(at), .count = 1};
  va_list args;
  va_start(args, format);
  vsnprintf(remark.text, sizeof remark.text, format, args);
  va_end(args);
  for (int i = 0; i < net->remark_count; i++)
    if (strcmp(net->remarks[i].text, remark.text) == 0) {
      net->remarks[i].count++;
      return;
    }
  if (net->remark_count == REMARKS)
    snprintf(remark.text, sizeof remark.text, "more is left out than can be listed");
  if (net->remark_count > REMARKS) {
    net->remarks[REMARKS].count++;
    return;
  }
  if (!ARRAY_RESERVE(net->remarks, r->b->remark_capacity, net->remark_count + 1)) {
    map_fail_memory(r);
    return;
  }
  net->remarks[net->remark_count++] = remark;
}

bool map_is(const xmlNode *at, const char *element) {
  return at->type == XML_ELEMENT_NODE && strcmp((const char *)at->name, element) == 0;
}

xmlNode *map_first(const xmlNode *at) {
  return at ? xmlFirstElementChild((xmlNode *)at) : NULL;
}

xmlNode *map_next(const xmlNode *at) {
  return xmlNextElementSibling((xmlNode *)at);
}

xmlNode *map_child(const xmlNode *at, const char *element) {
  xmlNode *child = map_first(at);
  while (child && !map_is(child, element))
    child = map_next(child);
  return child;
}

const char *map_text(const xmlNode *at, const char *attribute) {
  for (const xmlAttr *a = at ? at->properties : NULL; a; a = a->next)
    if (strcmp((const char *)a->name, attribute) == 0)
      return a->children && a->children->content ? (const char *)a->children->content : "";
  return NULL;
}

const char *map_need(map_reader *r, const xmlNode *at, const char *attribute) {
  const char *text = map_text(at, attribute);
  if (!text || !*text)
    map_fail(r, at, "<%s> has no attribute %s", (const char *)at->name, attribute);
  return text ? text : "";
}

double map_number(map_reader *r, const xmlNode *at, const char *attribute, double limit,
                  double fallback) {
  const char *text = map_text(at, attribute);
  if (!text && !isnan(fallback))
    return fallback;
  if (!text) {
    map_need(r, at, attribute);
    return 0;
  }
  char *end;
  double value = strtod(text, &end);
  while (*end == ' ')
    end++;
  if (end == text || *end || !isfinite(value)) {
    map_fail(r, at, "<%s> %s=\"%.40s\" is not a number", (const char *)at->name, attribute, text);
    return 0;
  }
  if (fabs(value) > limit) {
    map_fail(r, at, "<%s> %s=\"%.40s\" is outside -%g..%g", (const char *)at->name, attribute, text,
             limit, limit);
    return 0;
  }
  return value;
}

int map_whole(map_reader *r, const xmlNode *at, const char *attribute) {
  const char *text = map_need(r, at, attribute);
  char *end;
  long value = strtol(text, &end, 10);
  if (r->code == STATUS_OK && (end == text || *end || value < -1000000 || value > 1000000))
    map_fail(r, at, "<%s> %s=\"%.40s\" is not a whole number", (const char *)at->name, attribute,
             text);
  return r->code == STATUS_OK ? (int)value : 0;
}

const char *map_user_data(const xmlNode *at, const char *code) {
  for (const xmlNode *child = map_first(at); child; child = map_next(child)) {
    const char *found = map_is(child, "userData") ? map_text(child, "code") : NULL;
    if (found && strcmp(found, code) == 0)
      return map_text(child, "value");
  }
  return NULL;
}

void map_remark_others(map_reader *r, const xmlNode *at, const char *const *known) {
  for (const xmlNode *child = map_first(at); child; child = map_next(child)) {
    int i = 0;
    while (known[i] && !map_is(child, known[i]))
      i++;
    if (known[i])
      continue;
    const char *code = map_is(child, "userData") ? map_text(child, "code") : NULL;
    if (!code || strncmp(code, "roadloom.", 9) != 0)
      map_remark(r, child, "<%.40s> in <%.40s> is left out", (const char *)child->name,
                 (const char *)at->name);
  }
}

double map_speed(map_reader *r, const xmlNode *at) {
  const char *max = map_text(at, "max"), *unit = map_text(at, "unit");
  if (max && (strcmp(max, "no limit") == 0 || strcmp(max, "undefined") == 0))
    return 0;
  double value = map_number(r, at, "max", 1e4, NAN);
  if (!unit || !*unit || strcmp(unit, "m/s") == 0)
    return fmax(0, value);
  if (strcmp(unit, "km/h") == 0)
    return fmax(0, value / 3.6);
  if (strcmp(unit, "mph") == 0)
    return fmax(0, value * 0.44704);
  map_fail(r, at, "<%s> unit=\"%.40s\" is not m/s, km/h or mph", (const char *)at->name, unit);
  return 0;
}
