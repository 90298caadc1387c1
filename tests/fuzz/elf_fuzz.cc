// Whole ELF files: headers, notes, function symbols, packed symbols, debug links, probes.
// Of: elf/*.cc usdt/*.cc base/file.cc
#include "elf/debug_link.h"
#include "elf/file.h"
#include "elf/mini_debuginfo.h"
#include "elf/symbol_table.h"
#include "input.h"
#include "usdt/probe.h"

using namespace sonde;

namespace {

constexpr size_t kMaxQuestions = 64;

void ask_of_places(const elf::File& file) {
  for (const elf::Section& each : file.sections()) {
    fuzz::use(file.offset_of(each.address));
    fuzz::use(file.address_of(each.offset));
    if (auto bytes = file.read(each, 1u << 16))
      fuzz::use(elf::parse_notes(*bytes, 4).size() + elf::parse_notes(*bytes, 8).size());
  }
  fuzz::use(file.is_go());
  fuzz::use(elf::debug_link(file));
  fuzz::use(elf::debug_alt_link(file));
  fuzz::use(elf::build_id_path(file.build_id()));
  fuzz::use(elf::crc_of(file));
  fuzz::use(usdt::read_probes(file));
}

void ask_of_symbols(const elf::SymbolTable& table) {
  std::vector<elf::SymbolTable::Symbol> symbols;
  fuzz::use(table.each([&](const elf::SymbolTable::Symbol& symbol, std::string_view name) {
    fuzz::use(name.size());
    symbols.push_back(symbol);
    return symbols.size() < kMaxQuestions;
  }));
  for (const elf::SymbolTable::Symbol& each : symbols) {
    elf::SymbolTable::Symbol found;
    for (uint64_t address : {each.address - 1, each.address, each.address + each.size, each.address + each.size / 2}) {
      fuzz::use(table.find(address, found));
    }
    if (!table.find(each.address, found)) continue;
    auto name = table.name(found);
    if (name) fuzz::use(table.find(*name));
  }
}

}  // namespace

FUZZ(input) {
  auto opened = elf::File::from_bytes(std::string(input), "input");
  if (!opened) return;
  std::vector<std::shared_ptr<const elf::File>> files{std::make_shared<const elf::File>(std::move(*opened))};
  ask_of_places(*files[0]);
  if (auto packed = elf::mini_debuginfo(*files[0]))
    files.push_back(std::make_shared<const elf::File>(std::move(*packed)));
  if (auto table = elf::SymbolTable::read(files)) ask_of_symbols(*table);
}
