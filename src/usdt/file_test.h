// A small ELF file with USDT notes, made in memory: code at 0x2000, data at 0x3000.
#pragma once

#include <elf.h>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::usdt {

class ProbeFile {
 public:
  static constexpr uint64_t kCode = 0x2000, kCodeOffset = 0x400, kCodeSize = 0x200;
  static constexpr uint64_t kData = 0x3000, kDataOffset = 0x600, kDataSize = 0x100;

  void add_probe(uint64_t address, uint64_t semaphore, std::string_view provider, std::string_view name,
                 std::string_view arguments) {
    std::string description = word(address) + word(base_was_) + word(semaphore);
    for (std::string_view text : {provider, name, arguments}) description += std::string(text) + '\0';
    add_note("stapsdt", 3, description);
  }

  void add_note(std::string_view name, uint32_t type, std::string_view description) {
    uint32_t header[] = {static_cast<uint32_t>(name.size() + 1), static_cast<uint32_t>(description.size()), type};
    notes_.append(reinterpret_cast<const char*>(header), sizeof header);
    notes_ += padded(std::string(name) + '\0') + padded(std::string(description));
  }

  void add_bytes(std::string_view bytes) { notes_ += bytes; }
  void set_base(uint64_t is, uint64_t was) { base_is_ = is, base_was_ = was; }

  void add_symbol(std::string_view name, uint64_t address) {
    Elf64_Sym symbol{};
    symbol.st_name = static_cast<uint32_t>(strings_.size());
    symbol.st_info = ELF64_ST_INFO(STB_LOCAL, STT_OBJECT);
    symbol.st_shndx = 1;
    symbol.st_value = address;
    symbols_.push_back(symbol);
    strings_ += std::string(name) + '\0';
  }

  std::string bytes() const {
    std::string names("\0.note.stapsdt\0.stapsdt.base\0.symtab\0.strtab\0.shstrtab\0", 55);
    std::string symbols(reinterpret_cast<const char*>(symbols_.data()), symbols_.size() * sizeof(Elf64_Sym));
    std::string out(kDataOffset + kDataSize, '\0');
    std::vector<Elf64_Shdr> sections(6);
    auto place = [&](size_t index, const char* name, uint32_t type, const std::string& content) {
      sections[index].sh_name = static_cast<uint32_t>(names.find(name));
      sections[index].sh_type = type;
      sections[index].sh_offset = out.size();
      sections[index].sh_size = content.size();
      out += padded(content);
    };
    place(1, ".note.stapsdt", SHT_NOTE, notes_);
    place(2, ".stapsdt.base", SHT_PROGBITS, std::string(1, '\0'));
    sections[2].sh_addr = base_is_;
    place(3, ".symtab", SHT_SYMTAB, symbols);
    sections[3].sh_link = 4;
    sections[3].sh_entsize = sizeof(Elf64_Sym);
    place(4, ".strtab", SHT_STRTAB, strings_);
    place(5, ".shstrtab", SHT_STRTAB, names);
    Elf64_Phdr segments[2] = {segment(PF_R | PF_X, kCode, kCodeOffset, kCodeSize),
                              segment(PF_R | PF_W, kData, kDataOffset, kDataSize)};
    write_header(out, sections.size());
    out.replace(sizeof(Elf64_Ehdr), sizeof segments, reinterpret_cast<const char*>(segments), sizeof segments);
    out.append(reinterpret_cast<const char*>(sections.data()), sections.size() * sizeof(Elf64_Shdr));
    return out;
  }

 private:
  static std::string word(uint64_t value) { return std::string(reinterpret_cast<const char*>(&value), sizeof value); }
  static std::string padded(std::string text) {
    text.resize((text.size() + 3) / 4 * 4, '\0');
    return text;
  }

  static Elf64_Phdr segment(uint32_t flags, uint64_t address, uint64_t offset, uint64_t size) {
    return {PT_LOAD, flags, offset, address, address, size, size, 0x1000};
  }

  // The section headers come last, right after `out` as it is now.
  static void write_header(std::string& out, size_t sections) {
    out.resize((out.size() + 7) / 8 * 8, '\0');
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_DYN;
    header.e_machine = EM_X86_64;
    header.e_version = EV_CURRENT;
    header.e_phoff = sizeof header;
    header.e_shoff = out.size();
    header.e_ehsize = sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = 2;
    header.e_shentsize = sizeof(Elf64_Shdr);
    header.e_shnum = static_cast<uint16_t>(sections);
    header.e_shstrndx = static_cast<uint16_t>(sections - 1);
    out.replace(0, sizeof header, reinterpret_cast<const char*>(&header), sizeof header);
  }

  std::string notes_;
  std::string strings_ = std::string(1, '\0');
  std::vector<Elf64_Sym> symbols_;
  uint64_t base_is_ = 0x1000, base_was_ = 0x1000;
};

}  // namespace sonde::usdt
