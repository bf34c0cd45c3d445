// SPDX-License-Identifier: Apache-2.0
// What the pages of a job's reports share.
#ifndef CLUSTER_HTML_H
#define CLUSTER_HTML_H

#include <stdio.h>

/// Writes a text so that a browser shows it as it stands, also within quotes.
void html_text(FILE *to, const char *text);

#endif
