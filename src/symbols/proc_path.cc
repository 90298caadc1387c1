#include "symbols/proc_path.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <fmt/format.h>

namespace sonde::symbols {
namespace {

// Takes one part off the front of a path; "." and repeated slashes are skipped.
std::string_view take_part(std::string_view& path) {
  for (;;) {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(part.size());
    if (part != ".") return part;
  }
}

bool is_self(std::string_view part) { return part == "self" || part == "thread-self"; }

int process_number(std::string_view part, int self) {
  if (is_self(part)) return self;
  int number = 0;
  auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
  return error == std::errc() && end == part.data() + part.size() ? number : 0;
}

}  // namespace

std::string ProcPath::link() const { return fmt::format("/proc/{}/{}", pid, entry); }

std::optional<ProcPath> parse_proc_path(const std::string& path, int self) {
  std::string_view rest = path;
  if (!rest.starts_with('/') || take_part(rest) != "proc") return std::nullopt;
  std::string_view process = take_part(rest);
  ProcPath found{process_number(process, self), {}, {}, is_self(process)};
  std::string_view entry = take_part(rest);
  if (entry == "task") {
    found.pid = process_number(take_part(rest), self);
    entry = take_part(rest);
  }
  if (found.pid <= 0 || entry.empty() || entry == "..") return std::nullopt;
  found.entry = entry;
  if (entry == "fd" || entry == "map_files") found.entry += fmt::format("/{}", take_part(rest));
  found.rest = rest;
  return found;
}

}  // namespace sonde::symbols
