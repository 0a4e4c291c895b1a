# SPDX-License-Identifier: Apache-2.0
# Third-party libraries, all from Debian 12; `./dev setup` installs them.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_package(Boost REQUIRED COMPONENTS program_options)
find_package(Protobuf REQUIRED)
find_package(ONNX REQUIRED)
find_package(GTest REQUIRED)
include(GoogleTest)

find_package(PkgConfig REQUIRED)
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)

if(BROWNOUT_WITH_TRAINING)
  find_package(Torch QUIET)
endif()
# oneDNN's own package file insists on OpenCL headers, which nothing here uses.
find_package(OpenMP REQUIRED)
find_library(DNNL_LIBRARY dnnl REQUIRED)
find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.hpp REQUIRED)
add_library(brownout_dnnl INTERFACE)
target_link_libraries(brownout_dnnl INTERFACE "${DNNL_LIBRARY}")
target_include_directories(brownout_dnnl SYSTEM INTERFACE "${DNNL_INCLUDE_DIR}")

if(BROWNOUT_BUILD_BENCH)
  find_package(benchmark REQUIRED)
endif()
