#include "usdt/context.h"

#include <algorithm>
#include <string_view>

#include "kernel/suggestion.h"
#include "symbols/process_files.h"

namespace sonde::usdt {
namespace {

Result<BinaryProbes> read_binary(symbols::Binary binary) {
  ASSIGN_OR_RETURN(Probes found, read_probes(*binary.file));
  return BinaryProbes{std::move(binary), std::move(found.probes), std::move(found.complaints)};
}

// A file that is mapped as code and is not an ELF file has no probes; that is no error of the process.
void add_mapped(Context& context, const symbols::ProcessFiles& files, const symbols::ProcessFiles::Entry& entry) {
  auto file = files.locate(entry);
  if (!file) return context.unread.push_back(std::move(file.error().what));
  auto binary = symbols::open_binary(*file);
  if (!binary) return;
  auto read = read_binary(std::move(*binary));
  if (read && !(read->probes.empty() && read->complaints.empty())) context.binaries.push_back(std::move(*read));
}

bool is_identifier(std::string_view name) {
  auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  auto is_part = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), is_part);
}

tl::unexpected<Error> no_probe(const Context& context, const std::string& wanted) {
  bool with_provider = wanted.find(':') != wanted.npos;
  kernel::Suggestion suggestion(wanted);
  size_t count = 0;
  for (const BinaryProbes& binary : context.binaries) {
    for (const Probe& probe : binary.probes) suggestion.offer(with_provider ? probe.label() : probe.name), count++;
  }
  std::string hint = !context.unread.empty() ? context.unread.front() : count ? "" : "it carries no USDT probes at all";
  return base::fail(
      ErrorKind::kNotFound,
      fmt::format("no USDT probe {} in {}{}", wanted, context.label, kernel::suggestion_phrase(suggestion.best())),
      hint);
}

bool is_named(const Probe& probe, const std::string& wanted) { return probe.name == wanted || probe.label() == wanted; }

}  // namespace

Result<Context> open_path(const std::string& path, int pid) {
  ASSIGN_OR_RETURN(symbols::Binary binary, symbols::find_binary(path, pid));
  ASSIGN_OR_RETURN(BinaryProbes read, read_binary(std::move(binary)));
  Context context;
  context.pid = pid > 0 ? pid : -1;
  context.label = read.binary.shown;
  context.binaries.push_back(std::move(read));
  return context;
}

Result<Context> open_process(int pid) {
  if (pid <= 0) return base::fail(ErrorKind::kInvalid, fmt::format("{} is no process", pid));
  ASSIGN_OR_RETURN(symbols::ProcessFiles files, symbols::ProcessFiles::of(pid));
  Context context;
  context.pid = pid;
  context.label = fmt::format("process {}", pid);
  for (const symbols::ProcessFiles::Entry& each : files.entries()) {
    if (each.mapping.executable) add_mapped(context, files, each);
  }
  return context;
}

Status enable(Context& context, const std::string& wanted, const std::string& program) {
  if (!is_identifier(program))
    return base::fail(ErrorKind::kInvalid, fmt::format("\"{}\" is no name of a C function", program));
  std::vector<Enabled> found;
  std::string provider;
  for (size_t b = 0; b < context.binaries.size(); b++) {
    const auto& probes = context.binaries[b].probes;
    for (size_t p = 0; p < probes.size(); p++) {
      if (!is_named(probes[p], wanted)) continue;
      if (!provider.empty() && provider != probes[p].provider) {
        return base::fail(
            ErrorKind::kInvalid,
            fmt::format("several providers have a probe {}: {} and {}", wanted, provider, probes[p].provider),
            fmt::format("say which: {}", probes[p].label()));
      }
      provider = probes[p].provider;
      found.push_back({b, p, program});
    }
  }
  if (found.empty()) return no_probe(context, wanted);
  for (Enabled& each : found) {
    auto same = [&](const Enabled& other) {
      return other.binary == each.binary && other.probe == each.probe && other.program == program;
    };
    if (std::none_of(context.enabled.begin(), context.enabled.end(), same)) context.enabled.push_back(std::move(each));
  }
  return {};
}

}  // namespace sonde::usdt
