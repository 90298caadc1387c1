#include "session/compiler/usdt_request.h"

#include <fmt/format.h>

#include "kernel/features.h"
#include "usdt/reader_text.h"

namespace sonde::session {

Status add_usdt(std::span<const usdt::Context* const> contexts, spec::Request& request) {
  ASSIGN_OR_RETURN(usdt::Readers readers, usdt::make_readers(contexts, kernel::has_feature("perf_event_cookie")));
  request.preamble += readers.text;
  for (usdt::ProgramReaders& each : readers.programs) {
    spec::UsdtProgram& program = request.usdt.emplace_back();
    program.program = std::move(each.program);
    program.probes = std::move(each.probes);
    for (usdt::ReadableArgument& argument : each.arguments) {
      program.arguments.push_back({argument.size, std::move(argument.type), std::move(argument.why_not)});
    }
  }
  return {};
}

Result<usdt::Context> open_usdt_section(const std::string& section, const std::string& program) {
  size_t name = section.rfind(':');
  size_t provider = name == section.npos || name == 0 ? section.npos : section.rfind(':', name - 1);
  if (provider == section.npos || provider == 0) {
    return base::fail(ErrorKind::kInvalid, fmt::format("{}: usdt/{} names no probe", program, section),
                      "it is SEC(\"usdt/PATH:PROVIDER:NAME\"), as in usdt/libstdc++.so.6:libstdcxx:throw");
  }
  ASSIGN_OR_RETURN(usdt::Context context, usdt::open_path(section.substr(0, provider), -1));
  RETURN_IF_ERROR(usdt::enable(context, section.substr(provider + 1), program));
  return context;
}

}  // namespace sonde::session
