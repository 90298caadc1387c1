# The notices of what is linked in, or compiled in as headers: whoever hands on what `cmake --install` or scripts/wheel
# made hands them on, too. Debian keeps one file a package, and the texts of the licences that several refer to beside
# them.
file(GLOB cxx_library RELATIVE /usr/share/doc /usr/share/doc/libstdc++-*-dev)
set(sonde_notices_from ${cxx_library}
  libbpf-dev libelf-dev libdw-dev nettle-dev liblzma-dev libbz2-dev zlib1g-dev libzstd-dev libiberty-dev
  llvm-19-dev libclang-19-dev libfmt-dev nlohmann-json3-dev libcli11-dev libexpected-dev pybind11-dev)
set(sonde_notices_to ${CMAKE_INSTALL_DOCDIR}/licenses)

install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT notices)
set(common_texts "")
foreach(package ${sonde_notices_from})
  set(notice /usr/share/doc/${package}/copyright)
  if(NOT EXISTS ${notice})
    message(WARNING "no notice of ${package}, which is linked in: ${notice} is not there")
    continue()
  endif()
  install(FILES ${notice} DESTINATION ${sonde_notices_to} RENAME ${package} COMPONENT notices)
  file(READ ${notice} text)
  string(REGEX MATCHALL "/usr/share/common-licenses/[A-Za-z0-9]+(-[0-9]+(\\.[0-9]+)?)?" referred "${text}")
  list(APPEND common_texts ${referred})
endforeach()
list(REMOVE_DUPLICATES common_texts)
foreach(text ${common_texts})
  get_filename_component(name ${text} NAME)
  file(REAL_PATH ${text} text)  # "GPL" is a link to the newest
  install(FILES ${text} DESTINATION ${sonde_notices_to}/common RENAME ${name} COMPONENT notices)
endforeach()
