# SPDX-License-Identifier: Apache-2.0
# roadloom_version(TARGET): what --version prints. The commit is read at each build,
# not at configure time: a version that lies is worse than none.
function(roadloom_version target)
  set(folder ${CMAKE_BINARY_DIR}/version)
  file(MAKE_DIRECTORY ${folder})
  set(out ${folder}/roadloom_commit.h)
  set(write ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} -DOUT=${out}
            -P ${CMAKE_SOURCE_DIR}/tools/cmake/WriteCommit.cmake)
  add_custom_target(${target}_commit BYPRODUCTS ${out} COMMAND ${write} VERBATIM)
  add_dependencies(${target} ${target}_commit)
  target_include_directories(${target} PRIVATE ${folder})
  set(libraries "Open MPI")
  string(APPEND libraries " (MPI ${MPI_C_VERSION}), HDF5 ${hdf5_VERSION}, OpenCL headers ${opencl_VERSION}")
  string(APPEND libraries ", Lua ${lua_VERSION}, libxml2 ${xml_VERSION}, ISA-L ${isal_VERSION}, libpng ${png_VERSION} with zlib ${zlib_VERSION}, libjpeg-turbo ${jpeg_VERSION}")
  string(APPEND libraries ", Jansson ${jansson_VERSION}, xxHash ${xxhash_VERSION}")
  string(APPEND libraries ", OpenSSL ${crypto_VERSION}")
  target_compile_definitions(${target} PRIVATE
    ROADLOOM_VERSION="${PROJECT_VERSION}" ROADLOOM_LIBRARIES="${libraries}")
endfunction()
