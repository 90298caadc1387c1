#include "elf/symbol_table.h"

#include <elf.h>

#include <algorithm>

#include "elf/symbol_entry.h"

namespace sonde::elf {
namespace {

// Entries in blocks, and blocks in rows, so that searches skip those where nothing reaches far enough.
constexpr size_t kBlock = 64;
constexpr size_t kRow = 64 * kBlock;
constexpr size_t kNone = SIZE_MAX;

struct Range {
  uint64_t start;
  uint64_t end;
};

struct Block {
  uint64_t address;  // of its first entry
  uint64_t end;      // the farthest of its entries
};

void append_code(const File& file, std::vector<Range>& code) {
  size_t before = code.size();
  auto add = [&](uint64_t address, uint64_t size) {
    code.push_back({address, address + std::min(size, UINT64_MAX - address)});
  };
  for (const Section& each : file.sections()) {
    if ((each.flags & SHF_EXECINSTR) && (each.flags & SHF_ALLOC)) add(each.address, each.size);
  }
  if (code.size() > before) return;
  for (const Segment& each : file.segments()) {
    if (each.executable) add(each.address, each.memory_size);
  }
}

bool is_number(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == text.npos; }

// What may follow a name that is still the same function's.
bool is_same_name(std::string_view rest) {
  for (std::string_view suffix : {".lto_priv.", ".llvm."}) {
    if (rest.starts_with(suffix)) return is_number(rest.substr(suffix.size()));
  }
  return rest.empty() || rest.starts_with("@@");
}

// "foo@V1" is "foo@@V1", too, if that is the default version.
bool is_default_version(std::string_view text, std::string_view wanted) {
  size_t at = wanted.find('@');
  return at != wanted.npos && text.starts_with(wanted.substr(0, at + 1)) && text.substr(at + 1).starts_with('@') &&
         text.substr(at + 2) == wanted.substr(at + 1);
}

bool is_called(std::string_view text, std::string_view wanted) {
  return (text.starts_with(wanted) && is_same_name(text.substr(wanted.size()))) || is_default_version(text, wanted);
}

}  // namespace

struct SymbolTable::State {
  std::vector<SymbolEntry> entries;
  std::vector<Block> blocks;
  std::vector<uint64_t> row_ends;  // the farthest end of each row of blocks
  std::vector<SymbolStrings> strings;
  std::vector<Range> code;  // executable sections, by address

  Status add(const std::shared_ptr<const File>& file, const Section& section);
  void finish();
  size_t last_at_or_below(uint64_t address) const;
  size_t innermost(size_t last, uint64_t address) const;
  bool within_section(uint64_t start, uint64_t address) const;
  // For reading all names: what add() had dropped.
  Result<std::vector<SymbolStrings>> load_strings() const;
  Symbol symbol(size_t index) const {
    const SymbolEntry& entry = entries[index];
    bool old_version = entry.rank == static_cast<uint32_t>(SymbolRank::kOldVersion);
    return {entry.address, entry.size, static_cast<uint32_t>(index), entry.indirect != 0, old_version};
  }
};

Status SymbolTable::State::add(const std::shared_ptr<const File>& file, const Section& section) {
  const std::vector<Section>& sections = file->sections();
  if (section.type == SHT_NOBITS || strings.size() == kMaxStringTables) return {};
  if (section.link >= sections.size())
    return base::fail(ErrorKind::kInvalid, file->name() + ": a symbol table without names");
  SymbolStrings names{file, sections[section.link], {}};
  if (names.section.type == SHT_NOBITS) return {};
  ASSIGN_OR_RETURN(names.bytes, file->read(names.section, kMaxStrings));
  strings.push_back(std::move(names));
  return read_symbol_entries(*file, section, strings.back(), static_cast<uint32_t>(strings.size() - 1), entries);
}

void SymbolTable::State::finish() {
  order_symbol_entries(entries, strings);
  entries.shrink_to_fit();
  for (SymbolStrings& each : strings) std::string().swap(each.bytes);
  for (size_t i = 0; i < entries.size(); i++) {
    if (i % kBlock == 0) blocks.push_back({entries[i].address, 0});
    if (i % kRow == 0) row_ends.push_back(0);
    blocks.back().end = std::max(blocks.back().end, entries[i].end());
    row_ends.back() = std::max(row_ends.back(), blocks.back().end);
  }
  std::sort(code.begin(), code.end(), [](const Range& a, const Range& b) { return a.start < b.start; });
}

Result<SymbolTable> SymbolTable::read(std::vector<std::shared_ptr<const File>> files) {
  auto state = std::make_shared<State>();
  Status damage;
  for (const std::shared_ptr<const File>& file : files) {
    if (file->type() == ET_REL) continue;  // its symbols have no addresses yet
    append_code(*file, state->code);
    for (uint32_t type : {SHT_SYMTAB, SHT_DYNSYM}) {
      const Section* section = file->section_of_type(type);
      Status added = section ? state->add(file, *section) : Status();
      if (!added && damage) damage = std::move(added);
    }
  }
  if (state->entries.empty()) RETURN_IF_ERROR(damage);
  state->finish();
  SymbolTable table;
  table.state_ = std::move(state);
  return table;
}

size_t SymbolTable::size() const { return state_ ? state_->entries.size() : 0; }

size_t SymbolTable::State::last_at_or_below(uint64_t address) const {
  auto below = [](uint64_t wanted, const auto& each) { return wanted < each.address; };
  auto block = std::upper_bound(blocks.begin(), blocks.end(), address, below);
  if (block == blocks.begin()) return kNone;
  auto first = entries.begin() + (block - blocks.begin() - 1) * static_cast<ptrdiff_t>(kBlock);
  auto last = first + std::min<ptrdiff_t>(kBlock, entries.end() - first);
  return static_cast<size_t>(std::upper_bound(first, last, address, below) - entries.begin()) - 1;
}

// The last one up to `last` that ends above `address`: of those that contain it the one that begins last.
size_t SymbolTable::State::innermost(size_t last, uint64_t address) const {
  for (size_t i = last + 1; i > 0;) {
    if (i % kRow == 0 && row_ends[i / kRow - 1] <= address) {
      i -= kRow;
    } else if (i % kBlock == 0 && blocks[i / kBlock - 1].end <= address) {
      i -= kBlock;
    } else if (entries[--i].end() > address) {
      return i;
    } else if (!entries[i].reached && (i == 0 || entries[i - 1].address != entries[i].address)) {
      return kNone;
    }
  }
  return kNone;
}

bool SymbolTable::State::within_section(uint64_t start, uint64_t address) const {
  auto above = std::upper_bound(code.begin(), code.end(), start,
                                [](uint64_t wanted, const Range& each) { return wanted < each.start; });
  return above != code.begin() && address < std::prev(above)->end;
}

bool SymbolTable::find(uint64_t address, Symbol& symbol) const {
  size_t last = state_ ? state_->last_at_or_below(address) : kNone;
  if (last == kNone) return false;
  size_t found = state_->innermost(last, address);
  if (found == kNone) {
    const SymbolEntry& nearest = state_->entries[last];
    if (nearest.size != 0 || !state_->within_section(nearest.address, address)) return false;
    found = last;
  }
  symbol = state_->symbol(found);
  return true;
}

Result<std::string> SymbolTable::name(const Symbol& symbol) const {
  if (symbol.index >= size()) return base::fail(ErrorKind::kInvalid, "a symbol of another table");
  const SymbolEntry& entry = state_->entries[symbol.index];
  const SymbolStrings& strings = state_->strings[entry.strings];
  return strings.file->read_string(strings.section.offset + entry.name,
                                   std::min<uint64_t>(strings.section.size - entry.name, kMaxSymbolName));
}

Result<std::vector<SymbolStrings>> SymbolTable::State::load_strings() const {
  std::vector<SymbolStrings> loaded = strings;
  for (SymbolStrings& each : loaded) {
    ASSIGN_OR_RETURN(each.bytes, each.file->read(each.section, kMaxStrings));
  }
  return loaded;
}

std::optional<SymbolTable::Symbol> SymbolTable::find(std::string_view name) const {
  if (!state_ || name.empty() || name.find('\0') != name.npos) return std::nullopt;
  auto strings = state_->load_strings();
  if (!strings) return std::nullopt;
  const SymbolEntry* best = nullptr;
  for (const SymbolEntry& each : state_->entries) {
    if (best && best->rank <= each.rank) continue;
    // The end first: of many names with one endless beginning, few end here.
    std::string_view text = std::string_view((*strings)[each.strings].bytes).substr(each.name, name.size() + 1);
    if (text.size() > name.size() && text.back() == '\0' && text.starts_with(name)) best = &each;
  }
  if (!best) return std::nullopt;
  return state_->symbol(static_cast<size_t>(best - state_->entries.data()));
}

std::vector<SymbolTable::Symbol> SymbolTable::named(std::string_view name) const {
  constexpr size_t kLongestSuffix = 32;
  std::string_view stem = name.substr(0, name.find('@'));
  std::vector<Symbol> found;
  if (!state_ || name.empty() || name.find('\0') != name.npos) return found;
  auto strings = state_->load_strings();
  if (!strings) return found;
  for (size_t i = 0; i < state_->entries.size(); i++) {
    const SymbolEntry& each = state_->entries[i];
    std::string_view text = std::string_view((*strings)[each.strings].bytes).substr(each.name);
    if (!text.starts_with(stem)) continue;
    text = text.substr(0, name.size() + kLongestSuffix);
    if (size_t end = text.find('\0'); end == text.npos || !is_called(text.substr(0, end), name)) continue;
    Symbol symbol = state_->symbol(i);
    if (found.empty() || found.back().address != symbol.address) found.push_back(symbol);
    else if (!symbol.old_version) found.back() = symbol;
  }
  if (!std::all_of(found.begin(), found.end(), [](const Symbol& each) { return each.old_version; }))
    std::erase_if(found, [](const Symbol& each) { return each.old_version; });
  return found;
}

Status SymbolTable::each(const std::function<bool(const Symbol&, std::string_view name)>& use) const {
  if (!state_) return {};
  ASSIGN_OR_RETURN(std::vector<SymbolStrings> strings, state_->load_strings());
  const std::vector<SymbolEntry>& entries = state_->entries;
  for (size_t first = 0, last; first < entries.size(); first = last) {
    for (last = first; last < entries.size() && entries[last].address == entries[first].address;) last++;
    for (size_t i = last; i-- > first;) {
      if (!use(state_->symbol(i), strings[entries[i].strings].at(entries[i].name))) return {};
    }
  }
  return {};
}

size_t SymbolTable::memory() const {
  if (!state_) return 0;
  return sizeof *state_ + state_->entries.capacity() * sizeof(SymbolEntry) + state_->blocks.capacity() * sizeof(Block) +
         state_->row_ends.capacity() * sizeof(uint64_t) + state_->strings.capacity() * sizeof(SymbolStrings) +
         state_->code.capacity() * sizeof(Range);
}

}  // namespace sonde::elf
