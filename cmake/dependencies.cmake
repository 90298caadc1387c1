# What sonde links against. Everything comes from Debian; libbpf and libelf are linked statically, so that a built tool
# needs nothing installed beside it.
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tl-expected REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Threads REQUIRED)
find_package(GTest)

add_library(sonde_base_libs INTERFACE)
target_link_libraries(sonde_base_libs INTERFACE fmt::fmt-header-only tl::expected Threads::Threads)

add_library(sonde_libbpf INTERFACE)
find_library(LIBBPF_ARCHIVE libbpf.a REQUIRED)
find_library(LIBELF_ARCHIVE libelf.a REQUIRED)
find_library(LIBZ_ARCHIVE libz.a REQUIRED)
add_library(sonde_libelf INTERFACE)
target_link_libraries(sonde_libelf INTERFACE ${LIBELF_ARCHIVE} ${LIBZ_ARCHIVE})
target_link_libraries(sonde_libbpf INTERFACE ${LIBBPF_ARCHIVE} sonde_libelf)

find_library(NETTLE_ARCHIVE libnettle.a REQUIRED)
add_library(sonde_nettle INTERFACE)
target_link_libraries(sonde_nettle INTERFACE ${NETTLE_ARCHIVE})
