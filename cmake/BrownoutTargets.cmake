# SPDX-License-Identifier: Apache-2.0
# The two kinds of target a folder declares.

# brownout_library(NAME SOURCES a.cpp ... [DEPENDS brownout_x ...] [SYSTEM_DEPENDS lib ...])
# DEPENDS are ours and public; SYSTEM_DEPENDS are third-party, their headers exempt from warnings.
function(brownout_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;SYSTEM_DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE brownout_flags)
  target_link_libraries(${name} PUBLIC ${ARG_DEPENDS} ${ARG_SYSTEM_DEPENDS})
endfunction()

# brownout_test(NAME LABEL label SOURCES a_test.cpp ... DEPENDS brownout_x ... [TIMEOUT s])
# One label per test binary: gtest_discover_tests drops a second one, and the timeout with it.
function(brownout_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE brownout_flags ${ARG_DEPENDS} GTest::gtest GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE BROWNOUT_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  gtest_discover_tests(${name} TEST_PREFIX "${ARG_LABEL}." DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT})
endfunction()
