// sonde-cc: compiles one program. By hand, FILE.c to FILE.o; for a session, one request over a socket (--serve).
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "base/output_file.h"
#include "base/standard_output.h"
#include "compile/compiler.h"
#include "kernel/release.h"
#include "kernel/tracefs.h"

namespace sonde::compile {
namespace {

using spec::FrameType;

// Asks the session and waits for its answer.
std::string ask(int socket, FrameType question, const std::string& body) {
  if (!spec::send_frame(socket, question, body)) ::_exit(1);
  auto answer = spec::receive_frame(socket, -1);
  if (!answer || answer->type != FrameType::kAnswer) ::_exit(1);
  return std::move(answer->body);
}

Host over_socket(int socket) {
  auto send = [socket](FrameType type) {
    return [socket, type](const std::string& text) { (void)spec::send_frame(socket, type, text); };
  };
  Host host;
  host.tracepoint_format = [socket](const std::string& category, const std::string& event) {
    return std::optional(ask(socket, FrameType::kAskTracepoint, category + ":" + event));
  };
  host.read_file = [socket](const std::string& path) -> std::optional<std::string> {
    std::string answer = ask(socket, FrameType::kAskFile, path);
    if (answer.empty() || answer.front() != 'y') return std::nullopt;
    return answer.substr(1);
  };
  host.usdt_readers = [socket](const std::string& program, const std::string& probe) -> Result<spec::Request> {
    std::string answer = ask(socket, FrameType::kAskUsdt, program + '\0' + probe);
    if (answer.starts_with('y')) return spec::request_from_json(std::string_view(answer).substr(1));
    return base::fail(ErrorKind::kNotFound, answer.empty() ? "no answer" : answer.substr(1));
  };
  host.used_file = send(FrameType::kDependency);
  host.diagnostics = send(FrameType::kDiagnostics);
  host.output = send(FrameType::kOutput);
  host.give_up = [socket] {
    (void)spec::send_frame(socket, FrameType::kEnd, "failed");
    ::_exit(1);
  };
  return host;
}

// Run as nobody, it must not be there for other programs of nobody to look into; started from a descriptor, it has no
// name.
void take_identity() {
  ::prctl(PR_SET_DUMPABLE, 0);
  ::prctl(PR_SET_NAME, "sonde-cc");
}

int serve(int socket) {
  take_identity();
  auto frame = spec::receive_frame(socket, -1);
  if (!frame || frame->type != FrameType::kRequest) return 1;
  auto request = spec::request_from_json(frame->body);
  if (!request) return 1;
  auto object = compile(*request, over_socket(socket));
  if (object) {
    (void)spec::send_frame(socket, FrameType::kObject, *object);
  } else if (object.error().kind != ErrorKind::kCompile) {
    const Error& error = object.error();
    std::string text = "error: " + error.what + "\n" + (error.hint.empty() ? "" : "hint: " + error.hint + "\n");
    (void)spec::send_frame(socket, FrameType::kDiagnostics, text);
  }
  (void)spec::send_frame(socket, FrameType::kEnd, object ? "ok" : "failed");
  std::fflush(nullptr);
  ::_exit(object ? 0 : 1);  // LLVM's tear-down would only cost time
}

struct Arguments {
  spec::Request request;
  std::string input;
  std::string output;
  std::vector<std::string> defines, undefines, includes, warnings;
  bool not_portable = false;
  int socket = -1;
};

Host by_hand() {
  Host host;
  host.tracepoint_format = [](const std::string& category, const std::string& event) -> std::optional<std::string> {
    auto tracefs = kernel::Tracefs::open();
    auto format = tracefs ? (*tracefs)->format_text(category + ":" + event) : tl::unexpected(tracefs.error());
    return format ? std::optional(std::move(*format)) : std::nullopt;
  };
  host.read_file = [](const std::string&) { return std::nullopt; };
  host.usdt_readers = [](const std::string&, const std::string&) -> Result<spec::Request> {
    return base::fail(ErrorKind::kUnsupported, "sonde-cc by itself knows no USDT probes: sonde cc does");
  };
  host.used_file = [](const std::string&) {};
  host.diagnostics = [](const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); };
  host.output = [](const std::string& text) { base::put(text); };
  host.give_up = [] { ::_exit(1); };
  return host;
}

int complain(const Error& error) {
  std::fprintf(stderr, "sonde-cc: error: %s\n", error.what.c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "hint: %s\n", error.hint.c_str());
  return 1;
}

int compile_file(Arguments& arguments) {
  auto source = base::read_file(arguments.input);
  if (!source) return complain(source.error());
  if (auto writable = base::check_output(arguments.output); !writable) return complain(writable.error());
  spec::Request& request = arguments.request;
  request.source = std::move(*source);
  request.file_name = arguments.input;
  request.directory = std::filesystem::absolute(arguments.input).parent_path();
  request.release = kernel::running_release();
  request.online_cpus = static_cast<uint32_t>(::sysconf(_SC_NPROCESSORS_ONLN));
  request.portable = !arguments.not_portable;
  for (const auto& each : arguments.defines) request.cflags.push_back("-D" + each);
  for (const auto& each : arguments.undefines) request.cflags.push_back("-U" + each);
  for (const auto& each : arguments.includes) request.cflags.push_back("-I" + each);
  for (const auto& each : arguments.warnings) request.cflags.push_back("-W" + each);
  auto object = compile(request, by_hand());
  if (!object) return object.error().kind == ErrorKind::kCompile ? 1 : complain(object.error());
  auto written = base::write_output(arguments.output, *object);
  return written ? 0 : complain(written.error());
}

int run(int argc, char** argv) {
  Arguments arguments;
  CLI::App app{"Compiles a BPF program in BCC's dialect or in libbpf's style into an object file with its spec."};
  app.add_option("FILE", arguments.input, "C text");
  app.add_option("-o", arguments.output, "object file to write (default: FILE with .o)");
  app.add_option("-D", arguments.defines, "define a macro: NAME or NAME=VALUE")->allow_extra_args(false);
  app.add_option("-U", arguments.undefines, "undefine a macro")->allow_extra_args(false);
  app.add_option("-I", arguments.includes, "look for #include files in this directory")->allow_extra_args(false);
  app.add_option("-W", arguments.warnings, "a warning option, as clang's")->allow_extra_args(false);
  app.add_option("--btf", arguments.request.btf_path, "kernel types from this file: raw BTF or vmlinux");
  app.add_option("--debug", arguments.request.debug, "print: 1 LLVM IR, 2 instructions, 4 preprocessed, 8 with source");
  app.add_flag("--this-kernel", arguments.not_portable, "no relocations: the object is for this very kernel only");
  app.add_option("--serve", arguments.socket, "answer one request on this socket")->group("");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return base::put_exit(app, error);
  }
  if (arguments.socket >= 0) return serve(arguments.socket);
  if (arguments.input.empty()) {
    std::fprintf(stderr, "sonde-cc: error: no file given\nhint: sonde-cc -h lists what it takes\n");
    return 2;
  }
  if (arguments.output.empty()) arguments.output = std::filesystem::path(arguments.input).replace_extension(".o");
  return compile_file(arguments);
}

}  // namespace
}  // namespace sonde::compile

int main(int argc, char** argv) {
  sonde::base::prepare_standard_descriptors();
  return sonde::base::finish_standard_output("sonde-cc", sonde::compile::run(argc, argv));
}
