# sonde_folder(NAME [USES folder...] [LINK library...]): the folder src/NAME as the target sonde_NAME, and its *_test.cc
# files as the test program sonde_NAME_test. Sources are found by themselves: a new file needs no edit here.
set(SONDE_FOLDERS "" CACHE INTERNAL "the folders declared so far")

function(sonde_folder name)
  cmake_parse_arguments(ARG "" "" "USES;LINK" ${ARGN})
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
  sonde_unit_tests(${name} "${tests}")
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
