// ELF files made in memory, of 32 and 64 bits, honest or not.
#pragma once

#include <elf.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "elf/file.h"

namespace sonde::elf {

struct Elf32Types {
  using Header = Elf32_Ehdr;
  using Segment = Elf32_Phdr;
  using Section = Elf32_Shdr;
  using Sym = Elf32_Sym;
  static constexpr unsigned char kClass = ELFCLASS32;
};

struct Elf64Types {
  using Header = Elf64_Ehdr;
  using Segment = Elf64_Phdr;
  using Section = Elf64_Shdr;
  using Sym = Elf64_Sym;
  static constexpr unsigned char kClass = ELFCLASS64;
};

struct MadeSection {
  std::string name;
  uint32_t type = SHT_PROGBITS;
  std::string bytes;
  uint64_t flags = 0;
  uint64_t address = 0;
  uint32_t link = 0;
  uint64_t entry_size = 0;
  uint64_t size = 0;  // 0: of `bytes`
};

// Section 1 is .text, 0x1000 bytes at 0x1000; what is added follows.
template <typename Types = Elf64Types>
class MadeElf {
 public:
  MadeElf() { sections.push_back({".text", SHT_PROGBITS, {}, SHF_ALLOC | SHF_EXECINSTR, 0x1000, 0, 0, 0x1000}); }

  std::vector<MadeSection> sections;
  std::vector<typename Types::Segment> segments;
  uint16_t machine = EM_X86_64;
  uint16_t type = ET_DYN;

  MadeElf& symbol(std::string_view name, uint64_t address, uint64_t size = 0,
                  unsigned info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), uint16_t section = 1) {
    typename Types::Sym row{};
    row.st_name = static_cast<uint32_t>(names_.size());
    names_ += std::string(name) + '\0';
    row.st_value = address;
    row.st_size = size;
    row.st_info = static_cast<unsigned char>(info);
    row.st_shndx = section;
    symbols.push_back(row);
    return *this;
  }
  // Those so far are .symtab's, or .dynsym's; the next ones are another table's.
  MadeElf& end_symbols(uint32_t kind = SHT_SYMTAB) {
    std::string bytes(reinterpret_cast<const char*>(symbols.data()), symbols.size() * sizeof(typename Types::Sym));
    auto link = static_cast<uint32_t>(sections.size() + 2);
    sections.push_back(
        {kind == SHT_SYMTAB ? ".symtab" : ".dynsym", kind, bytes, 0, 0, link, sizeof(typename Types::Sym)});
    sections.push_back({kind == SHT_SYMTAB ? ".strtab" : ".dynstr", SHT_STRTAB, names_});
    symbols.clear();
    names_ = std::string(1, '\0');
    return *this;
  }

  std::string bytes() const {
    std::string file(sizeof(typename Types::Header), '\0'), names(1, '\0');
    std::vector<typename Types::Section> rows(1);
    for (MadeSection each : sections) rows.push_back(add(file, names, each));
    rows.push_back(add(file, names, {".shstrtab", SHT_STRTAB, names + ".shstrtab"}));
    typename Types::Header header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = Types::kClass;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = header.e_version = EV_CURRENT;
    header.e_type = type;
    header.e_machine = machine;
    header.e_ehsize = sizeof header;
    header.e_phentsize = sizeof segments[0];
    header.e_phnum = static_cast<uint16_t>(segments.size());
    header.e_phoff = append(file, segments);
    header.e_shentsize = sizeof rows[0];
    header.e_shnum = static_cast<uint16_t>(rows.size());
    header.e_shstrndx = static_cast<uint16_t>(rows.size() - 1);
    header.e_shoff = append(file, rows);
    std::memcpy(file.data(), &header, sizeof header);
    return file;
  }

  std::shared_ptr<const File> file(const std::string& name = "made") const {
    auto made = File::from_bytes(bytes(), name);
    return made ? std::make_shared<const File>(std::move(*made)) : nullptr;
  }

  std::vector<typename Types::Sym> symbols;

 private:
  static typename Types::Section add(std::string& file, std::string& names, const MadeSection& made) {
    typename Types::Section row{};
    row.sh_name = static_cast<uint32_t>(names.size());
    names += made.name + '\0';
    row.sh_type = made.type;
    row.sh_flags = made.flags;
    row.sh_addr = made.address;
    row.sh_offset = file.size();
    row.sh_size = made.size ? made.size : made.bytes.size();
    row.sh_link = made.link;
    row.sh_entsize = made.entry_size;
    file += made.bytes;
    return row;
  }

  template <typename Row>
  static uint64_t append(std::string& file, const std::vector<Row>& rows) {
    file.resize((file.size() + 7) / 8 * 8);
    uint64_t at = file.size();
    file.append(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(Row));
    return at;
  }

  std::string names_ = std::string(1, '\0');
};

}  // namespace sonde::elf
