// /tmp/perf-PID.map: lines of "START SIZE NAME" into stretches of code that do not overlap.
#include "elf/perf_map.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <queue>

#include "elf/sort_by_address.h"

namespace sonde::elf {
namespace {

constexpr size_t kMaxLines = 4u << 20;
constexpr size_t kMaxNames = 512u << 20;
constexpr size_t kMaxName = 64u << 10;
constexpr std::string_view kBlank = " \t";

void skip_blanks(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size())); }

// A number in hexadecimal, with or without "0x", and the blanks behind it.
bool take_number(std::string_view& text, uint64_t& number) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  auto [next, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  text.remove_prefix(static_cast<size_t>(next - text.data()));
  if (error != std::errc() || text.empty() || kBlank.find(text[0]) == kBlank.npos) return false;
  skip_blanks(text);
  return true;
}

struct Line {
  uint64_t address = 0;
  uint64_t size = 0;
  std::string_view name;
};

bool parse_line(std::string_view text, Line& line) {
  skip_blanks(text);
  if (!take_number(text, line.address) || !take_number(text, line.size)) return false;
  line.name = text.substr(0, std::min(text.find('\0'), kMaxName));
  line.name = line.name.substr(0, line.name.find_last_not_of(" \t\r") + 1);
  return line.size > 0 && !line.name.empty();
}

// What is left when only the last `count` lines are taken.
std::string_view last_lines(std::string_view text, size_t count) {
  size_t lines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  for (; lines > count; lines--) text.remove_prefix(text.find('\n') + 1);
  return text;
}

Result<uint64_t> size_of(int fd, const std::string& name) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return base::fail_errno(errno, name);
  if (!S_ISREG(info.st_mode)) return base::fail(ErrorKind::kInvalid, name + ": not a regular file, so no perf map");
  return static_cast<uint64_t>(info.st_size);
}

}  // namespace

bool PerfMap::append_line(std::string_view text) {
  Line line;
  if (!parse_line(text, line) || names_.size() > kMaxNames) return false;
  uint32_t size = static_cast<uint32_t>(std::min({line.size, UINT64_MAX - line.address, uint64_t{UINT32_MAX}}));
  if (size == 0) return false;
  entries_.push_back({line.address, size, static_cast<uint32_t>(names_.size())});
  names_.append(reinterpret_cast<const char*>(&line.address), sizeof line.address);
  names_.append(reinterpret_cast<const char*>(&size), sizeof size);
  names_.append(line.name).push_back('\0');
  return true;
}

// Of a line that is still being written, what is there is taken for now: it is read again, and the later one holds.
void PerfMap::append(std::string_view text, bool finished) {
  std::string_view taken = last_lines(text, kMaxLines);
  dropped_ += text.size() - taken.size();
  while (!taken.empty()) {
    size_t end = taken.find('\n');
    bool whole = finished || end != taken.npos;
    if (!append_line(taken.substr(0, end)) && whole) damaged_lines_++;
    taken.remove_prefix(end == taken.npos ? taken.size() : end + 1);
  }
  settle();
}

// Puts the entries in order and lets the newest hold where several overlap.
void PerfMap::settle() {
  sort_by_address(entries_);

  auto older = [](const Entry& a, const Entry& b) { return a.name < b.name; };
  std::priority_queue<Entry, std::vector<Entry>, decltype(older)> open(older);  // those that began at or below `at`
  std::vector<Entry> stretches;
  stretches.reserve(entries_.size());
  auto emit = [&](const Entry& from, uint64_t start, uint64_t end) {
    bool goes_on = !stretches.empty() && stretches.back().name == from.name && stretches.back().end() == start;
    if (goes_on) stretches.back().size += static_cast<uint32_t>(end - start);
    else if (end > start) stretches.push_back({start, static_cast<uint32_t>(end - start), from.name});
  };
  uint64_t at = 0;
  for (auto next = entries_.begin(); next != entries_.end() || !open.empty();) {
    if (open.empty() || (next != entries_.end() && next->address < open.top().end())) {
      bool covers = open.empty() || next->name > open.top().name;
      if (covers && !open.empty()) emit(open.top(), at, next->address);
      if (covers) at = next->address;
      open.push(*next++);
      continue;
    }
    emit(open.top(), at, open.top().end());
    at = open.top().end();
    while (!open.empty() && open.top().end() <= at) open.pop();
  }
  stretches.shrink_to_fit();
  entries_ = std::move(stretches);
}

PerfMap PerfMap::parse(std::string_view text) {
  PerfMap map;
  size_t left_out = text.size() > map.limit_ ? text.size() - map.limit_ : 0;
  if (left_out > 0) left_out = std::min(text.find('\n', left_out - 1), text.size() - 1) + 1;
  map.dropped_ = left_out;
  map.append(text.substr(left_out), true);
  return map;
}

Status PerfMap::read_from(uint64_t offset, uint64_t size, int fd, const std::string& name) {
  bool is_cut = size - offset > limit_;
  if (is_cut) offset = size - limit_ - 1;  // with the end of the line before, if it is one
  std::string text(size - offset, '\0');
  size_t got = 0;
  while (got < text.size()) {
    ssize_t count = ::pread(fd, text.data() + got, text.size() - got, static_cast<off_t>(offset + got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::fail_errno(errno, "cannot read " + name);
    if (count == 0) break;
    got += static_cast<size_t>(count);
  }
  text.resize(got);
  size_t first = is_cut ? std::min(text.find('\n'), text.size() - 1) + 1 : 0;
  dropped_ += is_cut ? offset - read_ + first : 0;
  append(std::string_view(text).substr(std::min(first, text.size())), false);
  size_t end = text.rfind('\n');
  read_ = offset + (end == text.npos ? 0 : end + 1);
  file_size_ = offset + got;
  return {};
}

Result<PerfMap> PerfMap::read(int fd, const std::string& name, size_t limit) {
  ASSIGN_OR_RETURN(uint64_t size, size_of(fd, name));
  PerfMap map;
  map.limit_ = limit;
  RETURN_IF_ERROR(map.read_from(0, size, fd, name));
  return map;
}

Result<bool> PerfMap::read_more(int fd, const std::string& name) {
  ASSIGN_OR_RETURN(uint64_t size, size_of(fd, name));
  if (size == file_size_) return false;
  bool starts_anew = size < file_size_ || entries_.size() > 2 * kMaxLines || names_.size() > kMaxNames / 2;
  if (!starts_anew) {
    RETURN_IF_ERROR(read_from(read_, size, fd, name));
    return true;
  }
  ASSIGN_OR_RETURN(*this, read(fd, name, limit_));
  return true;
}

bool PerfMap::find(uint64_t address, Symbol& symbol) const {
  auto above = std::upper_bound(entries_.begin(), entries_.end(), address,
                                [](uint64_t wanted, const Entry& each) { return wanted < each.address; });
  if (above == entries_.begin() || address - std::prev(above)->address >= std::prev(above)->size) return false;
  const char* record = names_.data() + std::prev(above)->name;
  uint32_t size;
  std::memcpy(&symbol.address, record, sizeof symbol.address);
  std::memcpy(&size, record + sizeof symbol.address, sizeof size);
  symbol.size = size;
  symbol.name = record + sizeof symbol.address + sizeof size;
  return true;
}

}  // namespace sonde::elf
