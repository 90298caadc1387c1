// The USDT probes of a file or of a process: found, and enabled by name.
#include "usdt/context.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/file.h"
#include "kernel/nearest.h"
#include "symbols/binary_root.h"
#include "symbols/library_search.h"

namespace sonde::usdt {
namespace {

constexpr size_t kMaxMaps = 64u << 20;

// "7f00-7f10 r-xp 00000000 fe:00 1234   /usr/lib/libc.so.6": code of a file, and which ("fe:00 1234").
std::string_view file_with_code(std::string_view line) {
  size_t flags = line.find(' ');
  if (flags == line.npos || flags + 5 >= line.size() || line[flags + 3] != 'x') return {};
  size_t device = line.find(' ', flags + 6);
  size_t inode = device == line.npos ? line.npos : line.find(' ', device + 1);
  size_t end = inode == line.npos ? line.npos : line.find(' ', inode + 1);
  if (end == line.npos) return {};
  return line.substr(device + 1, end - device - 1);
}

Result<BinaryProbes> read_binary(symbols::Binary binary) {
  ASSIGN_OR_RETURN(Probes found, read_probes(*binary.file));
  return BinaryProbes{std::move(binary), std::move(found.probes), std::move(found.complaints)};
}

// A file that is mapped as code and is no ELF file, or is gone, has no probes; that is no error of the process.
void add_mapped(Context& context, std::string_view line, const std::string& root) {
  auto file = symbols::mapped_file(context.pid, root, line);
  if (!file) return;
  auto binary = symbols::open_binary(*file, root);
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
  kernel::Nearest nearest(wanted);
  size_t count = 0;
  for (const BinaryProbes& binary : context.binaries) {
    for (const Probe& probe : binary.probes) nearest.offer(with_provider ? probe.label() : probe.name), count++;
  }
  std::string hint = count ? "" : "it carries no USDT probes at all";
  return base::fail(
      ErrorKind::kNotFound,
      fmt::format("no USDT probe {} in {}{}", wanted, context.label, kernel::nearest_phrase(nearest.best())), hint);
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
  ASSIGN_OR_RETURN(std::string root, symbols::root_of(pid));
  ASSIGN_OR_RETURN(std::string maps, base::read_file(fmt::format("/proc/{}/maps", pid), kMaxMaps));
  Context context;
  context.pid = pid;
  context.label = fmt::format("process {}", pid);
  std::set<std::string, std::less<>> seen;
  for (std::string_view rest = maps; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    std::string_view file = file_with_code(line);
    if (!file.empty() && seen.emplace(file).second) add_mapped(context, line, root);
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
