#include "elf/file.h"

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/file.h"

namespace sonde::elf {

Result<File> File::open(const std::string& path) {
  ASSIGN_OR_RETURN(base::Fd fd, base::open_regular(path));
  return from_fd(std::move(fd), path);
}

Result<File> File::from_fd(base::Fd fd, std::string name) {
  File file;
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return base::fail_errno(errno, name);
  if (!S_ISREG(info.st_mode)) return base::fail(ErrorKind::kInvalid, name + ": no regular file");
  file.fd_ = std::move(fd);
  file.name_ = std::move(name);
  file.size_ = static_cast<uint64_t>(info.st_size);
  RETURN_IF_ERROR(file.read_headers());
  return file;
}

Result<File> File::from_bytes(std::string bytes, std::string name) {
  File file;
  file.name_ = std::move(name);
  file.bytes_ = std::move(bytes);
  file.size_ = file.bytes_.size();
  RETURN_IF_ERROR(file.read_headers());
  return file;
}

const Section* File::section(std::string_view name) const {
  auto found = std::find_if(sections_.begin(), sections_.end(), [&](const Section& each) { return each.name == name; });
  return found == sections_.end() ? nullptr : &*found;
}

const Section* File::section_of_type(uint32_t type) const {
  auto found = std::find_if(sections_.begin(), sections_.end(), [&](const Section& each) { return each.type == type; });
  return found == sections_.end() ? nullptr : &*found;
}

Status File::read_exactly(uint64_t offset, char* to, uint64_t size) const {
  if (!fd_.valid()) {
    if (offset > bytes_.size() || size > bytes_.size() - offset) {
      return base::fail(ErrorKind::kInvalid, fmt::format("{}: points outside of itself", name_));
    }
    bytes_.copy(to, size, offset);
    return {};
  }
  while (size > 0) {
    ssize_t got = ::pread(fd_.get(), to, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::fail_errno(errno, fmt::format("cannot read {}", name_));
    if (got == 0) return base::fail(ErrorKind::kInvalid, fmt::format("{}: became shorter while it was read", name_));
    to += got;
    offset += static_cast<uint64_t>(got);
    size -= static_cast<uint64_t>(got);
  }
  return {};
}

Result<std::string> File::read(uint64_t offset, uint64_t size) const {
  if (offset > size_ || size > size_ - offset) {
    return base::fail(ErrorKind::kInvalid, fmt::format("{}: points outside of itself", name_));
  }
  std::string bytes(size, '\0');
  RETURN_IF_ERROR(read_exactly(offset, bytes.data(), size));
  return bytes;
}

Result<std::string> File::read(const Section& section, uint64_t limit) const {
  if (section.type == SHT_NOBITS) {
    return base::fail(ErrorKind::kNotFound,
                      fmt::format("{}: section {} has no bytes in this file", name_, section.name));
  }
  if (section.size > limit) {
    return base::fail(ErrorKind::kInvalid,
                      fmt::format("{}: section {} is longer than {} bytes", name_, section.name, limit));
  }
  return read(section.offset, section.size);
}

Result<std::string> File::read_string(uint64_t offset, uint64_t limit) const {
  std::string text;
  uint64_t end = std::min(size_, offset + std::min(limit, UINT64_MAX - offset));
  for (uint64_t step = 256; offset < end; step = std::min<uint64_t>(step * 4, 64 << 10)) {
    ASSIGN_OR_RETURN(std::string piece, read(offset, std::min(step, end - offset)));
    size_t length = piece.find('\0');
    text.append(piece, 0, length);
    if (length != piece.npos) break;
    offset += piece.size();
  }
  return text;
}

std::optional<uint64_t> File::offset_of(uint64_t address) const {
  for (const Segment& each : segments_) {
    if (address >= each.address && address - each.address < each.file_size) return address - each.address + each.offset;
  }
  return std::nullopt;
}

std::optional<uint64_t> File::address_of(uint64_t offset) const {
  // Segments may overlap in the file by a page; code is what is asked for.
  for (bool executable : {true, false}) {
    for (const Segment& each : segments_) {
      if (each.executable != executable) continue;
      if (offset >= each.offset && offset - each.offset < each.file_size) return offset - each.offset + each.address;
    }
  }
  return std::nullopt;
}

bool File::is_go() const { return section(".go.buildinfo") || section(".note.go.buildid") || section(".gopclntab"); }

std::vector<Note> parse_notes(std::string_view bytes, uint64_t align) {
  std::vector<Note> notes;
  auto word = [&](uint64_t at) {
    auto byte = [&](uint64_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(bytes[at + i])); };
    return byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24;
  };
  auto aligned = [&](uint64_t size) { return (size + align - 1) / align * align; };
  uint64_t at = 0;
  while (bytes.size() - at >= 12) {
    uint64_t name_size = word(at), description_size = word(at + 4);
    uint64_t name_at = at + 12;
    uint64_t description_at = at + aligned(12 + name_size);
    if (description_at > bytes.size() || description_size > bytes.size() - description_at) break;
    std::string_view name = bytes.substr(name_at, name_size);
    notes.push_back({name.substr(0, name.find('\0')), word(at + 8), bytes.substr(description_at, description_size)});
    at = std::min<uint64_t>(description_at + aligned(description_size), bytes.size());
  }
  return notes;
}

}  // namespace sonde::elf
