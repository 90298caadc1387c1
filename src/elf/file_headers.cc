// The headers of an ELF file, read by our own hand: libelf takes the memory and the time that a file claims to be
// worth.
#include <elf.h>

#include <algorithm>
#include <cstring>

#include "elf/file.h"

namespace sonde::elf {
namespace {

constexpr uint64_t kMaxSections = 1u << 17;
constexpr uint64_t kMaxSegments = 4096;  // the kernel runs nothing with more than 64 KiB of program headers
constexpr uint64_t kMaxSectionNames = 16u << 20;
constexpr size_t kMaxSectionName = 256;
// Of notes that are searched for the build-id.
constexpr uint64_t kMaxNotes = 64u << 10;
constexpr int kMaxNoteBlocks = 32;

struct Bits32 {
  using Header = Elf32_Ehdr;
  using Segment = Elf32_Phdr;
  using Section = Elf32_Shdr;
};

struct Bits64 {
  using Header = Elf64_Ehdr;
  using Segment = Elf64_Phdr;
  using Section = Elf64_Shdr;
};

// As many rows of a table as lie in the file, at most `limit`; none when its rows have another size than they should.
template <typename Row>
std::vector<Row> read_table(const File& file, uint64_t offset, uint64_t count, uint64_t row_size, uint64_t limit) {
  if (row_size != sizeof(Row) || offset == 0 || offset > file.size()) return {};
  std::vector<Row> rows(std::min({count, limit, (file.size() - offset) / sizeof(Row)}));
  auto bytes = file.read(offset, rows.size() * sizeof(Row));
  if (!bytes) return {};
  if (!rows.empty()) std::memcpy(rows.data(), bytes->data(), bytes->size());
  return rows;
}

}  // namespace

Status File::read_headers() {
  auto ident = read(0, EI_NIDENT);
  if (!ident || !ident->starts_with(ELFMAG)) return base::fail(ErrorKind::kInvalid, name_ + ": not an ELF file");
  if ((*ident)[EI_DATA] == ELFDATA2MSB) return base::fail(ErrorKind::kUnsupported, name_ + ": a big-endian ELF file");
  is_64_bit_ = (*ident)[EI_CLASS] == ELFCLASS64;
  bool known = is_64_bit_ || (*ident)[EI_CLASS] == ELFCLASS32;
  if (!known || (*ident)[EI_DATA] != ELFDATA2LSB)
    return base::fail(ErrorKind::kInvalid, name_ + ": a damaged ELF header");
  RETURN_IF_ERROR(is_64_bit_ ? read_tables<Bits64>() : read_tables<Bits32>());
  read_build_id();
  return {};
}

template <typename Bits>
Status File::read_tables() {
  typename Bits::Header header;
  auto bytes = read(0, sizeof header);
  if (!bytes) return base::fail(ErrorKind::kInvalid, name_ + ": a damaged ELF header");
  std::memcpy(&header, bytes->data(), sizeof header);
  type_ = header.e_type;
  machine_ = header.e_machine;
  // Counts too large for the header stand in the first section.
  uint64_t sections = header.e_shnum, names = header.e_shstrndx, segments = header.e_phnum;
  auto first = read_table<typename Bits::Section>(*this, header.e_shoff, 1, header.e_shentsize, 1);
  if (!first.empty()) {
    if (sections == 0) sections = first[0].sh_size;
    if (names == SHN_XINDEX) names = first[0].sh_link;
    if (segments == PN_XNUM) segments = first[0].sh_info;
  }
  for (const auto& each :
       read_table<typename Bits::Segment>(*this, header.e_phoff, segments, header.e_phentsize, kMaxSegments)) {
    Segment row{each.p_vaddr, each.p_offset, each.p_filesz, each.p_memsz, (each.p_flags & PF_X) != 0};
    if (each.p_type == PT_LOAD) segments_.push_back(row);
    if (each.p_type == PT_NOTE) notes_.push_back(row);
  }
  auto rows = read_table<typename Bits::Section>(*this, header.e_shoff, sections, header.e_shentsize, kMaxSections);
  sections_.reserve(rows.size());
  for (const auto& each : rows) {
    sections_.push_back({{},
                         each.sh_type,
                         each.sh_flags,
                         each.sh_addr,
                         each.sh_offset,
                         each.sh_size,
                         each.sh_entsize,
                         each.sh_link,
                         each.sh_info});
  }
  std::string text = names < sections_.size() ? read(sections_[names], kMaxSectionNames).value_or("") : "";
  for (size_t i = 0; i < rows.size(); i++) {
    if (rows[i].sh_name >= text.size()) continue;
    std::string_view name = std::string_view(text).substr(rows[i].sh_name, kMaxSectionName);
    sections_[i].name = name.substr(0, name.find('\0'));
  }
  return {};
}

void File::read_build_id() {
  int blocks = 0;
  auto look = [&](uint64_t offset, uint64_t size) {
    if (!build_id_.empty() || size > kMaxNotes || ++blocks > kMaxNoteBlocks) return;
    auto bytes = read(offset, size);
    if (!bytes) return;
    for (const Note& note : parse_notes(*bytes, 4)) {
      if (note.name == "GNU" && note.type == NT_GNU_BUILD_ID && build_id_.empty()) build_id_ = note.description;
    }
  };
  for (const Section& each : sections_) {
    if (each.type == SHT_NOTE && each.name == ".note.gnu.build-id") look(each.offset, each.size);
  }
  for (const Segment& each : notes_) look(each.offset, each.file_size);
  for (const Section& each : sections_) {
    if (each.type == SHT_NOTE) look(each.offset, each.size);
  }
}

}  // namespace sonde::elf
