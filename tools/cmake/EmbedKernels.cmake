# SPDX-License-Identifier: Apache-2.0
# Writes OUT, a C file with every kernel source of FILES as a byte array, so the
# program needs no files beside it. A reader looks a source up by its file name
# in render_kernel_sources[] (see render/kernel_source.h).
set(body "/* Made by tools/cmake/EmbedKernels.cmake; do not edit. */\n#include \"render/kernel_source.h\"\n\n")
set(table "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  string(MAKE_C_IDENTIFIER ${name} id)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND body "static const unsigned char ${id}[] = {${bytes}0};\n")
  string(APPEND table "  {\"${name}\", (const char *)${id}, sizeof ${id} - 1},\n")
endforeach()
string(APPEND body "\nconst render_kernel_source render_kernel_sources[] = {\n${table}  {0, 0, 0},\n};\n")
file(WRITE ${OUT} "${body}")
