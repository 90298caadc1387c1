# sonde_constants_table(TARGET): generates constants_table.inc from the installed user-space kernel headers and from
# constants_*.h, and puts it on TARGET's include path.
find_program(SONDE_CLANG NAMES clang-19 clang REQUIRED)
find_package(Python3 COMPONENTS Interpreter REQUIRED)
set(SONDE_CONSTANTS_DIR ${CMAKE_CURRENT_LIST_DIR})

function(sonde_constants_table target)
  set(directory ${CMAKE_CURRENT_BINARY_DIR}/generated)
  set(output ${directory}/constants_table.inc)
  set(script ${CMAKE_SOURCE_DIR}/scripts/make_constants.py)
  file(GLOB kernel_headers CONFIGURE_DEPENDS ${SONDE_CONSTANTS_DIR}/constants_*.h)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${directory}
    COMMAND ${Python3_EXECUTABLE} ${script} --clang ${SONDE_CLANG} --output ${output} ${kernel_headers}
    DEPENDS ${script} ${kernel_headers}
    COMMENT "Evaluating the constants of the kernel's user-space headers")
  target_sources(${target} PRIVATE ${output})
  set_source_files_properties(${SONDE_CONSTANTS_DIR}/constants.cc PROPERTIES OBJECT_DEPENDS ${output})
  target_include_directories(${target} PRIVATE ${directory})
endfunction()
