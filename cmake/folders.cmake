# sonde_folder(NAME [USES folder...] [LINK library...] [PRECOMPILE header...]): the folder src/NAME as the target
# sonde_NAME, and its *_test.cc
# files as the test program sonde_NAME_test. Sources are found by themselves: a new file needs no edit here.
# Most files include these. Precompiled, for reading them is a third of the time that a file takes to compile.
set(SONDE_COMMON_HEADERS <fmt/format.h> <tl/expected.hpp> <algorithm> <chrono> <functional> <map> <memory> <optional>
                         <span> <string> <unordered_map> <variant> <vector>)

function(sonde_folder name)
  cmake_parse_arguments(ARG "" "" "USES;LINK;PRECOMPILE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  add_library(sonde_${name} STATIC ${sources})
  target_include_directories(sonde_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/include)
  target_compile_options(sonde_${name} PRIVATE -Wall -Wextra -Wno-missing-field-initializers)
  target_link_libraries(sonde_${name} PUBLIC sonde_base_libs ${ARG_LINK})
  foreach(used ${ARG_USES})
    target_link_libraries(sonde_${name} PUBLIC sonde_${used})
  endforeach()
  if(ARG_PRECOMPILE)
    target_precompile_headers(sonde_${name} PRIVATE ${SONDE_COMMON_HEADERS} ${ARG_PRECOMPILE})
  else()
    sonde_precompile(sonde_${name} sonde_base ${SONDE_COMMON_HEADERS})
  endif()
  sonde_unit_tests(${name} "${tests}")
  if(TARGET sonde_${name}_test)
    # gcc 12 warns of what std::string's own code never does, where that comes out of a precompiled header.
    target_compile_options(sonde_${name}_test PRIVATE -Wno-stringop-overflow)
    sonde_precompile(sonde_${name}_test sonde_kernel_test ${SONDE_COMMON_HEADERS} <gtest/gtest.h> <gmock/gmock.h>)
  endif()
endfunction()

# sonde_precompile(TARGET FIRST header...): precompiled once, for the target FIRST; others that are built with the same
# options use that.
function(sonde_precompile target first)
  if(target STREQUAL first)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  else()
    target_precompile_headers(${target} REUSE_FROM ${first})
  endif()
endfunction()

function(sonde_unit_tests name tests)
  if(tests AND BUILD_TESTING AND GTest_FOUND)
    add_executable(sonde_${name}_test ${tests})
    target_link_libraries(sonde_${name}_test PRIVATE sonde_${name} GTest::gtest_main GTest::gmock)
    target_compile_definitions(sonde_${name}_test PRIVATE
      SONDE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" SONDE_BINARY_DIR="${CMAKE_BINARY_DIR}")
    add_test(NAME ${name} COMMAND sonde_${name}_test)
  endif()
endfunction()
