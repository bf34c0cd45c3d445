// SPDX-License-Identifier: Apache-2.0
// A hook for tests: dying at a named step of the commit protocol.
#ifndef CLUSTER_HOOK_H
#define CLUSTER_HOOK_H

/// Kills this process with SIGKILL when the environment has
/// ROADLOOM_TEST_KILL="step", "step:unit" or "step:unit:try" and it fits. The steps
/// are listed in docs/running.md.
void cluster_hook_kill(const char *step, int unit, int try);

#endif
