// SPDX-License-Identifier: Apache-2.0
// What this program is: its version, its commit and the libraries it was built with.
#ifndef CLI_VERSION_H
#define CLI_VERSION_H

/// "0.1.0+8d843ea": release and commit; "+unknown" when built outside a checkout.
/// Part of a job's identity.
const char *cli_version(void);
/// Several lines for --version.
void cli_version_print(void);

#endif
