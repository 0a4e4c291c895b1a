# SPDX-License-Identifier: Apache-2.0
# Third-party libraries, all from Debian 12; `./dev setup` installs them.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Boost REQUIRED COMPONENTS program_options)
find_package(Protobuf REQUIRED)
find_package(ONNX REQUIRED)
find_package(GTest REQUIRED)
include(GoogleTest)

find_package(PkgConfig REQUIRED)
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc)

if(BROWNOUT_WITH_TRAINING)
  find_package(Torch QUIET)
endif()
if(BROWNOUT_BUILD_BENCH)
  find_package(benchmark REQUIRED)
  find_package(dnnl QUIET)
endif()
