// SPDX-License-Identifier: Apache-2.0
// roadloom compare: two policies on the same scenes, score by score.
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cluster/drive_compare.h"

enum { KEY_JSON = CLI_OWN_KEY };

typedef struct compare_input {
  const char *a, *b;
  bool json;
} compare_input;

static const struct argp_option compare_options[] = {
    {"json", KEY_JSON, NULL, 0, "Write it as JSON, without rounding", 0}, {0}};

static error_t parse(int key, char *arg, struct argp_state *state) {
  compare_input *input = state->input;
  switch (key) {
  case KEY_JSON:
    input->json = true;
    return 0;
  case ARGP_KEY_ARG:
    if (input->b)
      cli_usage_error(state, "two folders at a time: '%s' is too many", arg);
    if (input->a)
      input->b = arg;
    else
      input->a = arg;
    return 0;
  case ARGP_KEY_END:
    if (!input->b || !input->a[0] || !input->b[0])
      cli_usage_error(state, "which two? roadloom compare DIR DIR");
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp compare_argp = {
    .options = compare_options,
    .parser = parse,
    .args_doc = "DIR DIR",
    .doc =
        "Compares what two policies did in the same scenes: folders of `roadloom drive` with the "
        "same scripts, seed and overrides. Episodes of one scene are a pair; of each score, and "
        "of each fault's share, it tells both means and the mean difference, the first minus "
        "the second, with its 95 % interval by resampling scenes.\v"
        "An interval that leaves out 0 tells the two apart. Pairs in which a policy failed as a "
        "program are left out and counted."};

static void print_row(const drive_compared *it) {
  if (it->pairs == 0) {
    printf("  %-20s %10s %10s %10s\n", it->name, "-", "-", "-");
    return;
  }
  bool apart = it->difference.low > 0 || it->difference.high < 0;
  printf("  %-20s %10.3f %10.3f %+10.3f  %+.3f .. %+.3f%s\n", it->name, it->mean_a, it->mean_b,
         it->difference.value, it->difference.low, it->difference.high, apart ? "  *" : "");
}

static void print(const drive_comparison *c) {
  printf("first: %s; second: %s; %d pairs of episodes", c->policy_a, c->policy_b, c->pairs);
  if (c->failed)
    printf(", %d more in which a policy failed", c->failed);
  if (c->alone_a + c->alone_b)
    printf(", %d and %d without the other's", c->alone_a, c->alone_b);
  printf("\n  %-20s %10s %10s %10s  95 %% interval (* without 0)\n", "score", "first", "second",
         "difference");
  bool faults = false;
  for (int i = 0; i < c->count; i++) {
    if (c->of[i].fault && !faults)
      printf("  share of episodes with the fault\n");
    faults = c->of[i].fault;
    print_row(&c->of[i]);
  }
}

// NaN is null in JSON.
static json_t *number(double x) {
  return isfinite(x) ? json_real(x) : json_null();
}

static int print_json(const drive_comparison *c) {
  json_t *scores = json_object(), *faults = json_object();
  for (int i = 0; i < c->count; i++) {
    const drive_compared *it = &c->of[i];
    json_object_set_new(it->fault ? faults : scores, it->name,
                        json_pack("{s:i, s:o, s:o, s:o, s:[o, o]}", "pairs", it->pairs, "first",
                                  number(it->mean_a), "second", number(it->mean_b), "difference",
                                  number(it->difference.value), "interval95",
                                  number(it->difference.low), number(it->difference.high)));
  }
  json_t *all =
      json_pack("{s:[s, s], s:i, s:i, s:[i, i], s:o, s:o}", "policies", c->policy_a, c->policy_b,
                "pairs", c->pairs, "failed_pairs", c->failed, "without_the_other", c->alone_a,
                c->alone_b, "scores", scores, "faults", faults);
  char *text = all ? json_dumps(all, JSON_INDENT(2)) : NULL;
  if (text)
    puts(text);
  free(text);
  json_decref(all);
  return text ? EXIT_DONE : EXIT_TROUBLE;
}

static int run(int argc, char **argv) {
  cli_options options = cli_options_default();
  compare_input input = {0};
  if (!cli_parse(&cli_compare, argc, argv, &options, &input))
    return EXIT_TROUBLE;
  cli_options_free(&options);
  trouble why;
  int code = EXIT_DONE;
  drive_comparison *c = calloc(1, sizeof *c);
  status result = c ? drive_compare(input.a, input.b, c, &why)
                    : trouble_set(&why, STATUS_MEMORY, "no memory to compare two jobs");
  if (result)
    code = cli_fail("compare", &why);
  else if (input.json)
    code = print_json(c);
  else
    print(c);
  if (c)
    drive_comparison_free(c);
  free(c);
  return code;
}

const cli_command cli_compare = {.name = "compare",
                                 .help = "two policies on the same scenes, score by score",
                                 .argp = &compare_argp,
                                 .run = run};
