# SPDX-License-Identifier: Apache-2.0
# Build switches; the presets in CMakePresets.json set them.
option(BROWNOUT_WITH_TRAINING "Build `brownout train` when libtorch is found" ON)
option(BROWNOUT_BUILD_BENCH "Build the benchmarks under bench/" ON)
set(BROWNOUT_SANITIZE "" CACHE STRING "Sanitizers to compile with, e.g. address,undefined")
option(BROWNOUT_FUZZ "Make the fuzz targets libFuzzer programs; needs clang" OFF)
option(BROWNOUT_COVERAGE "Instrument for gcov" OFF)

find_program(BROWNOUT_CCACHE ccache)
if(BROWNOUT_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${BROWNOUT_CCACHE}")
endif()

add_library(brownout_flags INTERFACE)
target_compile_options(brownout_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(BROWNOUT_SANITIZE)
  add_compile_options(
    -fsanitize=${BROWNOUT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # Instrumented code names SystemC's classes in programs that start no kernel too: libsystemc then
  # stays, and wants the sc_main of accel.
  add_link_options(-fsanitize=${BROWNOUT_SANITIZE} -Wl,--undefined=sc_main)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # GCC 12 takes parts of std::regex and std::function for uninitialised when it instruments them.
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
endif()
if(BROWNOUT_COVERAGE)
  add_compile_options(--coverage -O0)
  add_link_options(--coverage)
endif()
