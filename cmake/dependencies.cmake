# What sonde links against. Everything comes from Debian; libbpf and libelf are linked statically, so that a built tool
# needs nothing installed beside it.
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tl-expected REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Threads REQUIRED)
find_package(GTest QUIET)  # without it there are no unit tests

add_library(sonde_base_libs INTERFACE)
add_library(sonde_fmt STATIC ${CMAKE_CURRENT_LIST_DIR}/fmt.cc)
target_link_libraries(sonde_base_libs INTERFACE sonde_fmt tl::expected Threads::Threads)

# An archive as a target, so that CMake puts it on the link line after all that use it.
function(sonde_archive name file)
  find_library(${name}_ARCHIVE ${file} REQUIRED)
  add_library(${name} STATIC IMPORTED)
  set_target_properties(${name} PROPERTIES IMPORTED_LOCATION ${${name}_ARCHIVE} INTERFACE_LINK_LIBRARIES "${ARGN}")
endfunction()

sonde_archive(sonde_libz libz.a)
sonde_archive(sonde_libelf libelf.a sonde_libz)
sonde_archive(sonde_libbpf libbpf.a sonde_libelf)
sonde_archive(sonde_nettle libnettle.a)
sonde_archive(sonde_liblzma liblzma.a)
sonde_archive(sonde_libbz2 libbz2.a)
sonde_archive(sonde_libdw libdw.a sonde_libelf sonde_libbz2 sonde_liblzma)
sonde_archive(sonde_libiberty libiberty.a)
