// SPDX-License-Identifier: Apache-2.0
// Whether the words of a command line are options that there are.
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include <argp.h>
#include <stddef.h>

enum { CLI_WRONG_WORD = 512 };

/// Looks at argv as getopt_long would. NULL when every option is one of `all` (ended by
/// an empty one; --help and --usage are known too) and has its value, else `text` with
/// what is wrong and what was meant.
const char *cli_wrong_word(const struct argp_option *all, int argc, char **argv,
                           char text[CLI_WRONG_WORD]);

#endif
