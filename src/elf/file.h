// An ELF file opened for reading. It is read and never mapped: a file that is cut short meanwhile gives an error here,
// and no signal. What its headers say is checked against what is there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::elf {

struct Section {
  std::string name;
  uint32_t type = 0;  // SHT_*
  uint64_t flags = 0;
  uint64_t address = 0;
  uint64_t offset = 0;
  uint64_t size = 0;
  uint64_t entry_size = 0;
  uint32_t link = 0;
  uint32_t info = 0;
};

struct Segment {  // PT_LOAD
  uint64_t address = 0;
  uint64_t offset = 0;
  uint64_t file_size = 0;
  uint64_t memory_size = 0;
  bool executable = false;
};

// A bound on what one section may take of our memory.
inline constexpr uint64_t kMaxSection = 512u << 20;

// Little-endian files of 32 and 64 bits. Reading is safe from several threads at once.
class File {
 public:
  // kInvalid for what is no regular file (a FIFO is not waited for) and for what is no ELF file; the message says
  // which.
  static Result<File> open(const std::string& path);
  static Result<File> from_fd(base::Fd fd, std::string name);
  static Result<File> from_bytes(std::string bytes, std::string name);

  const std::string& name() const { return name_; }  // for messages; not to be opened again
  int fd() const { return fd_.get(); }               // -1: from bytes
  uint64_t size() const { return size_; }
  uint16_t type() const { return type_; }        // ET_*
  uint16_t machine() const { return machine_; }  // EM_*
  bool is_64_bit() const { return is_64_bit_; }

  const std::vector<Section>& sections() const { return sections_; }
  const std::vector<Segment>& segments() const { return segments_; }
  const Section* section(std::string_view name) const;  // the first of this name, or nullptr
  const Section* section_of_type(uint32_t type) const;

  // The section's bytes as they are in the file (SHF_COMPRESSED ones still compressed).
  Result<std::string> read(const Section& section, uint64_t limit = kMaxSection) const;
  Result<std::string> read(uint64_t offset, uint64_t size) const;
  // What is left of a string in the file: up to its NUL, at most `limit` bytes.
  Result<std::string> read_string(uint64_t offset, uint64_t limit) const;

  // An address as the file counts them (as nm(1) prints them), and the place in the file where its byte is.
  std::optional<uint64_t> offset_of(uint64_t address) const;
  std::optional<uint64_t> address_of(uint64_t offset) const;

  // NT_GNU_BUILD_ID's bytes, not in hexadecimal; empty if there is none.
  const std::string& build_id() const { return build_id_; }
  // Made by Go's own toolchain, whose stacks move: a return probe would crash it.
  bool is_go() const;

 private:
  Status read_headers();
  template <typename Bits>
  Status read_tables();
  Status read_exactly(uint64_t offset, char* to, uint64_t size) const;
  void read_build_id();

  std::string name_;
  base::Fd fd_;
  std::string bytes_;
  uint64_t size_ = 0;
  uint16_t type_ = 0;
  uint16_t machine_ = 0;
  bool is_64_bit_ = true;
  std::vector<Section> sections_;
  std::vector<Segment> segments_;
  std::vector<Segment> notes_;  // PT_NOTE
  std::string build_id_;
};

// The entries of a note section or segment, in order; ends at the first damaged one. `align` is 4 or 8.
struct Note {
  std::string_view name;  // without the NUL
  uint32_t type = 0;
  std::string_view description;
};
std::vector<Note> parse_notes(std::string_view bytes, uint64_t align = 4);

}  // namespace sonde::elf
