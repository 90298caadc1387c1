#include "kernel/kallsyms.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <numeric>

#include "base/fd.h"
#include "kernel/code_generation.h"

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

// What text_ can hold: its places are numbers of 32 bits.
constexpr size_t kMaxText = UINT32_MAX - (1u << 20);

// Functions may be large, tables larger: this bounds what lies in no symbol at all, such as an address of the heap.
constexpr uint64_t kReach = 16u << 20;
// The last symbol before a gap, or before another module. Modules begin in pages of their own, close to each other; one
// that has just gone must not be taken for its neighbour.
constexpr uint64_t kLastReach = 64u << 10, kLastReachInModule = 4096;

}  // namespace

// Takes the text in pieces, so that never all of it is in memory.
class Kallsyms::Reader {
 public:
  explicit Reader(Part part) : part_(part) {}

  void take(std::string_view piece) {
    for (size_t end; (end = piece.find('\n')) != piece.npos; piece.remove_prefix(end + 1)) {
      std::string_view line = piece.substr(0, end);
      if (!begun_.empty()) line = begun_.append(line);
      take_line(line);
      begun_.clear();
    }
    if (begun_.size() < kLongestLine) begun_.append(piece);
  }

  Result<Kallsyms> finish() {
    take_line(begun_);
    table_.entries_.shrink_to_fit();
    table_.text_.shrink_to_fit();
    RETURN_IF_ERROR(table_.sort(part_));
    return std::move(table_);
  }

 private:
  static constexpr size_t kLongestLine = 1u << 20;

  void take_line(std::string_view text) {
    Line line;
    if (!parse_line(text, line) || line.name.size() >= UINT16_MAX || line.module.size() >= UINT8_MAX) return;
    if ((part_ == Part::kModules && line.module.empty()) || table_.text_.size() > kMaxText) return;
    table_.entries_.push_back({line.address, place_of(line), static_cast<uint16_t>(line.name.size()),
                               static_cast<uint8_t>(line.module.size()), line.type});
  }

  // Kernels with padding before functions name each twice, "__pfx_vfs_read" and "vfs_read": the second is the end of
  // the first.
  uint32_t place_of(const Line& line) {
    std::string& text = table_.text_;
    size_t size = line.name.size() + 1 + line.module.size();
    std::string_view last = std::string_view(text).substr(last_);
    std::string_view tail = last.substr(last.size() - std::min(last.size(), size));
    if (tail.size() == size && tail.starts_with(line.name) && tail[line.name.size()] == '\t' &&
        tail.ends_with(line.module)) {
      return static_cast<uint32_t>(text.size() - size);
    }
    last_ = text.size();
    text.append(line.name).push_back('\t');
    text.append(line.module);
    return static_cast<uint32_t>(last_);
  }

  Part part_;
  Kallsyms table_;
  std::string begun_;  // a line whose end has not come yet
  size_t last_ = 0;    // where the last name stands
};

// Stable, so that of two symbols at one address the one the kernel names first stays first. The kernel's own part comes
// sorted, which is nearly all.
Status Kallsyms::sort(Part part) {
  if (entries_.empty() && part == Part::kAll)
    return base::fail(ErrorKind::kInvalid, "the list of kernel symbols is empty");
  auto earlier = [](const Entry& a, const Entry& b) { return a.address < b.address; };
  if (!std::is_sorted(entries_.begin(), entries_.end(), earlier))
    std::stable_sort(entries_.begin(), entries_.end(), earlier);
  return {};
}

Result<Kallsyms> Kallsyms::parse(std::string_view text, Part part) {
  Reader reader(part);
  reader.take(text);
  return reader.finish();
}

const std::vector<uint32_t>& Kallsyms::by_name() const {
  std::call_once(names_->made, [this] {
    std::vector<uint32_t>& order = names_->order;
    order.resize(entries_.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [this](uint32_t a, uint32_t b) {
      return symbol_of(entries_[a]).name < symbol_of(entries_[b]).name;
    });
  });
  return names_->order;
}

Result<Kallsyms> Kallsyms::load(const std::string& path, Part part) {
  base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return base::fail_errno(errno, fmt::format("cannot open {}", path));
  Reader reader(part);
  std::string piece(64u << 10, '\0');
  for (;;) {
    ssize_t got = ::read(fd.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::fail_errno(errno, fmt::format("cannot read {}", path));
    if (got == 0) break;
    reader.take(std::string_view(piece).substr(0, static_cast<size_t>(got)));
  }
  auto table = reader.finish();
  if (!table) return tl::unexpected(base::in_context(path, table.error()));
  return table;
}

Result<std::shared_ptr<const Kallsyms>> Kallsyms::running() {
  using Clock = std::chrono::steady_clock;
  static std::mutex mutex;
  static std::shared_ptr<const Kallsyms> table;
  static Clock::time_point looked;
  static uint64_t stamp = 0;
  std::lock_guard lock(mutex);
  Clock::time_point now = Clock::now();
  if (table && now - looked < std::chrono::seconds(1)) return table;
  uint64_t stamp_now = module_stamp();
  looked = now;
  if (table && stamp_now == stamp) return table;
  ASSIGN_OR_RETURN(Kallsyms fresh, load());
  stamp = stamp_now;
  table = std::make_shared<const Kallsyms>(std::move(fresh));
  return table;
}

size_t Kallsyms::memory() const {
  return text_.capacity() + entries_.capacity() * sizeof(Entry) + names_->order.capacity() * sizeof(uint32_t);
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

uint64_t Kallsyms::end_of(const Entry& entry, const Entry* next) const {
  std::string_view module = symbol_of(entry).module;
  bool last = !next || symbol_of(*next).module != module;
  uint64_t reach = !last ? kReach : module.empty() || module == "bpf" ? kLastReach : kLastReachInModule;
  reach = std::min(reach, UINT64_MAX - entry.address);
  return std::min(entry.address + reach, next ? next->address : UINT64_MAX);
}

bool Kallsyms::resolve(uint64_t address, Symbol& symbol) const {
  if (!has_addresses()) return false;
  auto above = std::upper_bound(entries_.begin(), entries_.end(), address,
                                [](uint64_t wanted, const Entry& entry) { return wanted < entry.address; });
  if (above == entries_.begin()) return false;
  const Entry& last = *std::prev(above);
  if (address >= end_of(last, above == entries_.end() ? nullptr : &*above)) return false;
  auto first = std::lower_bound(entries_.begin(), above, last.address,
                                [](const Entry& entry, uint64_t wanted) { return entry.address < wanted; });
  if (first->type == 'A' || first->type == 'a')
    return false;  // a number, such as a place in per-CPU memory, and no address
  symbol = symbol_of(*first);
  symbol.offset = address - first->address;
  return true;
}

}  // namespace sonde::kernel
