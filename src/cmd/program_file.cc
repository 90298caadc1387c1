// A program as the command line names it.
#include "cmd/program_file.h"

#include <cmath>
#include <cstdio>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "elf/section.h"

namespace sonde::cmd {

namespace {

CompileOptions options_of(const std::string& path, const CompilerFlags& flags) {
  CompileOptions options;
  options.file_name = path;
  options.btf_path = flags.btf;
  options.debug = flags.debug;
  options.use_cache = !flags.no_cache;
  options.portable = flags.portable;
  if (flags.timeout) options.timeout = std::chrono::milliseconds(std::llround(std::ceil(*flags.timeout * 1000)));
  for (const std::string& each : flags.includes) options.cflags.push_back("-I" + each);
  for (const std::string& each : flags.defines) options.cflags.push_back("-D" + each);
  for (const std::string& each : flags.undefines) options.cflags.push_back("-U" + each);
  for (const std::string& each : flags.forced) options.cflags.insert(options.cflags.end(), {"-include", each});
  return options;
}

Result<Object> compile_text(const std::string& path, const std::string& text, const CompilerFlags& flags) {
  ASSIGN_OR_RETURN(Object object, compile(text, options_of(path, flags)));
  std::fwrite(object.diagnostics().data(), 1, object.diagnostics().size(), stderr);
  return object;
}

}  // namespace

void add_compiler_flags(CLI::App& app, CompilerFlags& flags) {
  app.add_option("-I", flags.includes, "look for #include files in DIR, too")
      ->type_name("DIR")
      ->allow_extra_args(false);
  app.add_option("-D", flags.defines, "define a macro")->type_name("NAME[=VALUE]")->allow_extra_args(false);
  app.add_option("-U", flags.undefines, "undefine a macro")->type_name("NAME")->allow_extra_args(false);
  app.add_option("--include", flags.forced, "include FILE before the first line")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--btf", flags.btf, "take kernel types from FILE (raw BTF or a vmlinux) instead of the running kernel")
      ->type_name("FILE");
  app.add_option(
         "--debug", flags.debug,
         "print what the compiler makes: 1 LLVM IR, 2 instructions, 4 preprocessed source, 8 source with instructions; added up")
      ->type_name("BITS");
  app.add_option(
         "--compile-timeout", flags.timeout,
         "let the compiler work for at most SECONDS, 0: without a limit (default: $SONDE_COMPILE_TIMEOUT, else 30)")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 1e6));
  app.add_flag("--no-cache", flags.no_cache, "compile even if the object is in the cache, and do not keep it");
}

Result<Object> compile_file(const std::string& path, const CompilerFlags& flags) {
  ASSIGN_OR_RETURN(std::string text, read_program(path));
  return compile_text(path, text, flags);
}

Result<std::string> read_program(const std::string& path) {
  ASSIGN_OR_RETURN(std::string bytes, base::read_file(path));
  if (!bytes.empty()) return bytes;
  return base::fail(ErrorKind::kInvalid, fmt::format("{} is empty", path));
}

Result<Object> open_or_compile(const std::string& path, std::string bytes, const CompilerFlags& flags) {
  return elf::is_elf(bytes) ? Object::from_bytes(std::move(bytes), path) : compile_text(path, bytes, flags);
}

}  // namespace sonde::cmd
