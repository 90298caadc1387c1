// The kernel's own symbols, from /proc/kallsyms, in two arrays and one block of text.
#include "kernel/kallsyms.h"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <numeric>

#include "base/file.h"

namespace sonde::kernel {
namespace {

struct Line {
  uint64_t address = 0;
  char type = 0;
  std::string_view name;
  std::string_view module;
};

// "ffffffff81000000 T _text" or "ffffffffc0123000 t nf_log\t[nf_tables]".
bool parse_line(std::string_view text, Line& line) {
  auto [next, error] = std::from_chars(text.data(), text.data() + text.size(), line.address, 16);
  size_t at = static_cast<size_t>(next - text.data());
  if (error != std::errc() || at + 3 >= text.size() || text[at] != ' ' || text[at + 2] != ' ') return false;
  line.type = text[at + 1];
  std::string_view rest = text.substr(at + 3);
  size_t end = rest.find_first_of("\t ");
  line.name = rest.substr(0, end);
  line.module = {};
  if (end == std::string_view::npos) return !line.name.empty();
  size_t open = rest.find('[', end), close = rest.find(']', end);
  if (open != std::string_view::npos && close != std::string_view::npos && close > open) {
    line.module = rest.substr(open + 1, close - open - 1);
  }
  return !line.name.empty();
}

}  // namespace

Result<Kallsyms> Kallsyms::parse(std::string text) {
  Kallsyms table;
  table.text_.reserve(text.size() / 2);
  size_t lines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  table.entries_.reserve(lines);
  std::string_view rest = text;
  while (!rest.empty()) {
    size_t end = std::min(rest.find('\n'), rest.size());
    Line line;
    if (parse_line(rest.substr(0, end), line) && line.name.size() < UINT16_MAX && line.module.size() < UINT8_MAX) {
      table.entries_.push_back({line.address, static_cast<uint32_t>(table.text_.size()),
                                static_cast<uint16_t>(line.name.size()), static_cast<uint8_t>(line.module.size()),
                                line.type});
      table.text_.append(line.name).push_back('\t');
      table.text_.append(line.module);
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (table.entries_.empty()) return base::fail(ErrorKind::kInvalid, "the list of kernel symbols is empty");
  table.text_.shrink_to_fit();
  // Stable, so that of two symbols at one address the one the kernel names first stays first. The kernel's own part
  // comes sorted, which is nearly all.
  auto earlier = [](const Entry& a, const Entry& b) { return a.address < b.address; };
  if (!std::is_sorted(table.entries_.begin(), table.entries_.end(), earlier)) {
    std::stable_sort(table.entries_.begin(), table.entries_.end(), earlier);
  }
  return table;
}

const std::vector<uint32_t>& Kallsyms::by_name() const {
  std::call_once(names_->made, [this] {
    std::vector<uint32_t>& order = names_->order;
    order.resize(entries_.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(),
                     [this](uint32_t a, uint32_t b) { return symbol_of(entries_[a]).name < symbol_of(entries_[b]).name; });
  });
  return names_->order;
}

Result<Kallsyms> Kallsyms::load(const std::string& path) {
  ASSIGN_OR_RETURN(std::string text, base::read_file(path));
  auto table = parse(std::move(text));
  if (!table) return tl::unexpected(base::in_context(path, table.error()));
  return table;
}

Result<const Kallsyms*> Kallsyms::running() {
  static std::mutex mutex;
  static Result<Kallsyms>* table = nullptr;  // never freed: threads may hold views into it until the process ends
  std::lock_guard lock(mutex);
  if (!table || !*table) {
    delete table;
    table = new Result<Kallsyms>(load());
  }
  if (!*table) return tl::unexpected(table->error());
  return &**table;
}

Kallsyms::Symbol Kallsyms::symbol_of(const Entry& entry) const {
  std::string_view text = text_;
  return {entry.address, 0, entry.type, text.substr(entry.text, entry.length),
          text.substr(entry.text + entry.length + 1u, entry.module)};
}

Kallsyms::Symbol Kallsyms::operator[](size_t index) const { return symbol_of(entries_[index]); }

bool Kallsyms::find(std::string_view name, Symbol& symbol) const {
  const std::vector<uint32_t>& order = by_name();
  auto found = std::lower_bound(order.begin(), order.end(), name, [this](uint32_t index, std::string_view wanted) {
    return symbol_of(entries_[index]).name < wanted;
  });
  if (found == order.end()) return false;
  Symbol candidate = symbol_of(entries_[*found]);
  if (candidate.name != name) return false;
  symbol = candidate;
  return true;
}

bool Kallsyms::resolve(uint64_t address, Symbol& symbol) const {
  if (!has_addresses()) return false;
  auto above = std::upper_bound(entries_.begin(), entries_.end(), address,
                                [](uint64_t wanted, const Entry& entry) { return wanted < entry.address; });
  if (above == entries_.begin()) return false;
  uint64_t start = std::prev(above)->address;
  auto first = std::lower_bound(entries_.begin(), above, start,
                                [](const Entry& entry, uint64_t wanted) { return entry.address < wanted; });
  symbol = symbol_of(*first);
  symbol.offset = address - start;
  return true;
}

}  // namespace sonde::kernel
