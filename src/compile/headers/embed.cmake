# Makes one source file of all headers under src/compile/headers/include, of those that tools include, and of
# header_names.txt.
# Included, it defines
#   sonde_embed_headers(VARIABLE)   VARIABLE: the generated .cc, to be compiled into the target that wants the headers
# and, run as a script (cmake -P) at build time, it writes that file.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(SONDE_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
  set(SONDE_EMBED_ROOT ${CMAKE_CURRENT_LIST_DIR}/include)
  set(SONDE_EMBED_TOOLS ${CMAKE_SOURCE_DIR}/tools)
  set(SONDE_EMBED_NAMES ${CMAKE_CURRENT_LIST_DIR}/header_names.txt)

  function(sonde_embed_headers variable)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${SONDE_EMBED_ROOT}/*.h)
    file(GLOB tool_headers CONFIGURE_DEPENDS ${SONDE_EMBED_TOOLS}/*.h)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_files_table.cc)
    add_custom_command(
      OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} -D root=${SONDE_EMBED_ROOT} -D tools=${SONDE_EMBED_TOOLS} -D names=${SONDE_EMBED_NAMES}
              -D output=${output} -P ${SONDE_EMBED_SCRIPT}
      DEPENDS ${headers} ${tool_headers} ${SONDE_EMBED_NAMES} ${SONDE_EMBED_SCRIPT}
      COMMENT "Embedding the headers that programs include")
    set(${variable} ${output} PARENT_SCOPE)
  endfunction()
  return()
endif()

file(GLOB_RECURSE headers RELATIVE ${root} ${root}/*.h)
file(GLOB tool_headers RELATIVE ${tools} ${tools}/*.h)
list(APPEND headers ${tool_headers})
list(SORT headers COMPARE STRING)
set(table "// Generated from include/ by embed.cmake.\n#include \"compile/headers/embedded_files.h\"\n\n")
string(APPEND table "namespace sonde::compile {\nnamespace {\n\nconstexpr EmbeddedFile kFiles[] = {\n")
foreach(header IN LISTS headers)
  if(EXISTS ${root}/${header})
    file(READ ${root}/${header} text)
  else()
    file(READ ${tools}/${header} text)
  endif()
  string(APPEND table "{\"${header}\", R\"~~~~(${text})~~~~\"},\n")
endforeach()
file(READ ${names} text)
string(APPEND table "};\n\nconstexpr char kHeaderNames[] = R\"~~~~(${text})~~~~\";\n\n}  // namespace\n\n"
  "std::span<const EmbeddedFile> embedded_files() { return kFiles; }\n"
  "std::string_view header_names() { return {kHeaderNames, sizeof(kHeaderNames) - 1}; }\n\n"
  "}  // namespace sonde::compile\n")
file(WRITE ${output} "${table}")
