# build/lib/libsonde.so: the public C++ interface of include/sonde as a shared library. Only what those headers declare
# can be seen from outside; libbpf, libelf and nettle are inside and cannot clash with a program's own.
# The folders that implement those headers come as objects: what comes out of an archive is hidden.
add_library(sonde_shared SHARED $<TARGET_OBJECTS:sonde_session> $<TARGET_OBJECTS:sonde_symbols>
  $<TARGET_OBJECTS:sonde_usdt> $<TARGET_OBJECTS:sonde_spec>
  ${CMAKE_SOURCE_DIR}/cmake/static_archives.c)  # what Debian's archives lack to be part of a shared object
set_target_properties(sonde_shared PROPERTIES
  OUTPUT_NAME sonde
  VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}  # before 1.0 any minor version may change the interface
  LINK_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/libsonde.map)
target_include_directories(sonde_shared INTERFACE
  $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(sonde_shared PRIVATE sonde_session INTERFACE tl::expected)
target_link_options(sonde_shared PRIVATE
  -Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/libsonde.map -Wl,--exclude-libs,ALL -Wl,--gc-sections -Wl,--as-needed
  $<$<CONFIG:Release>:-s>)
if(NOT SONDE_SANITIZE)  # a sanitizer's runtime is resolved in the program
  target_link_options(sonde_shared PRIVATE -Wl,--no-undefined)
endif()
add_library(sonde::sonde ALIAS sonde_shared)

# An installed tree may be moved: sonde.pc knows its prefix by where it lies itself.
file(RELATIVE_PATH prefix_from_pc /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(cmake/sonde.pc.in sonde.pc @ONLY)
install(TARGETS sonde_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(DIRECTORY include/sonde DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
install(FILES ${CMAKE_BINARY_DIR}/sonde.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
