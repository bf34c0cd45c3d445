# SPDX-License-Identifier: Apache-2.0
# A folder of the house becomes one static library. Its headers are reachable
# only as "folder/name.h" and only by targets that link it: each folder's
# include path is a directory that holds a single link to that folder.

function(_roadloom_house name)
  set(house ${CMAKE_BINARY_DIR}/house/${name})
  file(MAKE_DIRECTORY ${house})
  if(NOT EXISTS ${house}/${name})
    file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${name} ${house}/${name} SYMBOLIC)
  endif()
  set(_house ${house} PARENT_SCOPE)
endfunction()

# roadloom_folder(NAME [FOLDERS left-neighbours…] [LINKS libraries…] [KERNELS dir] [SHARED name])
# With SHARED it becomes libNAME.so instead, which shows what the installed headers declare.
function(roadloom_folder name)
  cmake_parse_arguments(arg "" "KERNELS;SHARED" "FOLDERS;LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${name}/*.c)
  if(NOT sources)
    file(WRITE ${CMAKE_BINARY_DIR}/${name}_empty.c "typedef int ${name}_empty;\n")
    set(sources ${CMAKE_BINARY_DIR}/${name}_empty.c)
  endif()
  if(arg_SHARED)
    add_library(${name} SHARED ${sources})
    set_target_properties(${name} PROPERTIES OUTPUT_NAME ${arg_SHARED})
    target_link_libraries(${name} PRIVATE ${arg_FOLDERS} ${arg_LINKS})
  else()
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC ${arg_FOLDERS} ${arg_LINKS})
  endif()
  _roadloom_house(${name})
  target_include_directories(${name} PUBLIC ${_house})
  if(arg_KERNELS)
    file(GLOB kernels CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${arg_KERNELS}/*.cl
         ${CMAKE_SOURCE_DIR}/${arg_KERNELS}/*.h)
    set(out ${CMAKE_BINARY_DIR}/${name}_kernels.c)
    add_custom_command(
      OUTPUT ${out}
      COMMAND ${CMAKE_COMMAND} -DOUT=${out} "-DFILES=${kernels}"
              -P ${CMAKE_SOURCE_DIR}/tools/cmake/EmbedKernels.cmake
      DEPENDS ${kernels} ${CMAKE_SOURCE_DIR}/tools/cmake/EmbedKernels.cmake
      VERBATIM)
    target_sources(${name} PRIVATE ${out})
  endif()
endfunction()

# roadloom_program(TARGET FOLDER FOLDERS …): the executable made of a folder.
function(roadloom_program target folder)
  cmake_parse_arguments(arg "" "" "FOLDERS;LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.c)
  add_executable(${target} ${sources})
  _roadloom_house(${folder})
  target_include_directories(${target} PRIVATE ${_house})
  target_link_libraries(${target} PRIVATE ${arg_FOLDERS} ${arg_LINKS})
  target_compile_definitions(${target} PRIVATE
    ROADLOOM_LIBRARY_DIR="${CMAKE_SOURCE_DIR}/scenes/library")
endfunction()
