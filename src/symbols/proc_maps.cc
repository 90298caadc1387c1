// /proc/PID/maps, line by line:
//   7f5c1a428000-7f5c1a5bd000 r-xp 00028000 fe:01 131587                     /usr/lib/x86_64-linux-gnu/libc.so.6
#include "symbols/proc_maps.h"

#include <sys/sysmacros.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <unordered_map>

namespace sonde::symbols {
namespace {

constexpr std::string_view kDeleted = " (deleted)";

// Takes a number and the character behind it off the front of `text`.
bool take_number(std::string_view& text, int base, char end, uint64_t& number) {
  auto [next, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  size_t length = static_cast<size_t>(next - text.data());
  if (error != std::errc() || length >= text.size() || *next != end) return false;
  text.remove_prefix(length + 1);
  return true;
}

bool take_permissions(std::string_view& text, Mapping& mapping) {
  if (text.size() < 5 || text[4] != ' ' || (text[2] != 'x' && text[2] != '-')) return false;
  mapping.executable = text[2] == 'x';
  text.remove_prefix(5);
  return true;
}

// The kernel writes a newline in a name as \012, and no other character differently.
std::string with_newlines(std::string_view path) {
  std::string text;
  for (size_t at = 0; at < path.size();) {
    size_t next = std::min(path.find("\\012", at), path.size());
    text.append(path, at, next - at);
    if (next < path.size()) text.push_back('\n');
    at = next + 4;
  }
  return text;
}

bool parse_line(std::string_view text, Mapping& mapping, MappedFile& file) {
  uint64_t major = 0, minor = 0;
  if (!take_number(text, 16, '-', mapping.start) || !take_number(text, 16, ' ', mapping.end)) return false;
  if (!take_permissions(text, mapping) || !take_number(text, 16, ' ', mapping.offset)) return false;
  if (!take_number(text, 16, ':', major) || !take_number(text, 16, ' ', minor)) return false;
  auto [next, error] = std::from_chars(text.data(), text.data() + text.size(), file.inode);
  if (error != std::errc() || mapping.start >= mapping.end ||
      mapping.offset > UINT64_MAX - (mapping.end - mapping.start)) {
    return false;
  }
  text.remove_prefix(static_cast<size_t>(next - text.data()));
  if (!text.empty() && text[0] != ' ') return false;
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  file.deleted = file.inode != 0 && text.ends_with(kDeleted);
  if (file.deleted) text.remove_suffix(kDeleted.size());
  file.path = with_newlines(text);
  file.device = makedev(static_cast<unsigned>(major), static_cast<unsigned>(minor));
  return true;
}

struct Hash {
  size_t operator()(const MappedFile& file) const {
    return std::hash<std::string>()(file.path) ^ file.inode * 0x9e3779b97f4a7c15u ^ file.device;
  }
};

}  // namespace

Maps parse_maps(std::string_view text) {
  Maps maps;
  std::unordered_map<MappedFile, uint32_t, Hash> known;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    Mapping mapping;
    MappedFile file;
    bool good = parse_line(line, mapping, file) && (maps.mappings.empty() || mapping.start >= maps.mappings.back().end);
    if (!good) {
      maps.damaged_lines++;
      continue;
    }
    auto [entry, is_new] = known.try_emplace(std::move(file), static_cast<uint32_t>(maps.files.size()));
    if (is_new) maps.files.push_back(entry->first);
    mapping.file = entry->second;
    maps.mappings.push_back(mapping);
  }
  return maps;
}

bool MappedFile::is_memory() const {
  if (!is_file()) return true;
  std::string_view name = path;
  return deleted &&
         (name == "/dev/zero" || name == "/anon_hugepage" || name.starts_with("/memfd:") || name.starts_with("/SYSV"));
}

const Mapping* find_mapping(const std::vector<Mapping>& mappings, uint64_t address) {
  auto above = std::upper_bound(mappings.begin(), mappings.end(), address,
                                [](uint64_t wanted, const Mapping& each) { return wanted < each.start; });
  if (above == mappings.begin() || address >= std::prev(above)->end) return nullptr;
  return &*std::prev(above);
}

}  // namespace sonde::symbols
