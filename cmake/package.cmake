# scripts/package deb: what `cmake --install --prefix /usr` lays out, as a Debian package, by CPack.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME sonde)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "the sonde maintainers <sonde@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
  "BPF compiler collection: tracing tools, and BCC's scripts without kernel headers")
set(CPACK_PACKAGE_DESCRIPTION
"Ready tools for looking into a running Linux system (opensnoop, biolatency, offcputime, ...), a compiler for tracing
programs in C, a Python package that runs scripts written for BCC, and a C++ library. Kernel types come from the
kernel's own BTF, so that no kernel headers are needed.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_DEBUGINFO_PACKAGE OFF)
set(CPACK_SET_DESTDIR ON)  # the Python package's place is chosen by a script, which knows DESTDIR
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES OFF)  # the release build is stripped; build-ids and BPF objects stay as they are

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# The module _core is for one version of Python; the package `bcc` is where Debian's own of that name would be.
find_package(Python3 COMPONENTS Interpreter QUIET)
math(EXPR next_python_minor "${Python3_VERSION_MINOR} + 1")
set(next_python ${Python3_VERSION_MAJOR}.${next_python_minor})
set(CPACK_DEBIAN_PACKAGE_DEPENDS
  "python3 (>= ${Python3_VERSION_MAJOR}.${Python3_VERSION_MINOR}), python3 (<< ${next_python})")
# So that Debian's bpfcc-tools stay installed, and run with it.
set(CPACK_DEBIAN_PACKAGE_PROVIDES "python3-bpfcc (= 0.35.0)")
set(CPACK_DEBIAN_PACKAGE_CONFLICTS python3-bpfcc)
set(CPACK_DEBIAN_PACKAGE_REPLACES python3-bpfcc)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/cmake/debian/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

include(CPack)
