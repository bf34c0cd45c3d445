# SPDX-License-Identifier: Apache-2.0
# Writes OUT, a header with the checkout's commit, and leaves it alone when nothing
# changed. A checkout with local changes is marked, since its bytes may differ.
execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE
                RESULT_VARIABLE failed ERROR_QUIET)
if(failed)
  set(commit unknown)
else()
  execute_process(COMMAND git -C ${SOURCE} diff-index --quiet HEAD --
                  RESULT_VARIABLE changed ERROR_QUIET OUTPUT_QUIET)
  if(changed)
    string(APPEND commit .changed)
  endif()
endif()
set(text "#define ROADLOOM_COMMIT \"${commit}\"\n")
set(old "")
if(EXISTS ${OUT})
  file(READ ${OUT} old)
endif()
if(NOT old STREQUAL text)
  file(WRITE ${OUT} "${text}")
endif()
