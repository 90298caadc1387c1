// Adding lines of source to BTF.
#include "compile/object/btf_lines.h"

#include <linux/btf.h>

#include <cstring>
#include <unordered_map>
#include <vector>

namespace sonde::compile {
namespace {

using llvm::StringRef;

struct ExtHeader {  // of .BTF.ext; the kernel's headers do not have it
  uint16_t magic;
  uint8_t version, flags;
  uint32_t length;
  uint32_t functions_at, functions_size, lines_at, lines_size;
};

struct Line {  // bpf_line_info
  uint32_t instruction, file, text, line_and_column;
  uint32_t number() const { return line_and_column >> 10; }
};

StringRef section(const llvm::object::ObjectFile& object, StringRef wanted) {
  for (const auto& each : object.sections()) {
    auto name = each.getName();
    auto bytes = each.getContents();
    if (name && bytes && *name == wanted) return *bytes;
    if (!bytes) llvm::consumeError(bytes.takeError());
    if (!name) llvm::consumeError(name.takeError());
  }
  return {};
}

class LineAdder {
 public:
  LineAdder(BtfSections& sections, const SourceTexts& texts) : sections_(sections), texts_(texts) {}

  bool add() {
    btf_header btf{};
    ExtHeader ext{};
    if (!read(sections_.types, 0, btf) || !read(sections_.lines, 0, ext)) return false;
    strings_at_ = uint64_t{btf.hdr_len} + btf.str_off;
    if (strings_at_ + btf.str_len != sections_.types.size()) return false;  // they come last
    uint64_t at = uint64_t{ext.length} + ext.lines_at, end = at + ext.lines_size;
    uint32_t size = 0;
    if (ext.lines_size == 0 || end > sections_.lines.size() || !read(sections_.lines, at, size) || size < sizeof(Line))
      return false;
    for (at += sizeof size; at < end;) {
      struct {
        uint32_t name, count;
      } list{};
      if (!read(sections_.lines, at, list)) return false;
      at += sizeof list;
      for (uint32_t i = 0; i < list.count; ++i, at += size) {
        if (!add_text(at)) return false;
      }
    }
    btf.str_len = static_cast<uint32_t>(sections_.types.size() - strings_at_);
    std::memcpy(sections_.types.data(), &btf, sizeof btf);
    return true;
  }

 private:
  template <typename T>
  static bool read(const std::string& bytes, uint64_t at, T& out) {
    if (at > bytes.size() || bytes.size() - at < sizeof out) return false;
    std::memcpy(&out, bytes.data() + at, sizeof out);
    return true;
  }

  bool add_text(uint64_t at) {
    Line line{};
    if (!read(sections_.lines, at, line)) return false;
    const auto& lines = lines_of(line.file);
    if (line.text != 0 || line.number() == 0 || line.number() > lines.size()) return true;
    line.text = offset_of(lines[line.number() - 1]);
    std::memcpy(sections_.lines.data() + at, &line, sizeof line);
    return true;
  }

  const std::vector<StringRef>& lines_of(uint32_t file) {
    auto [known, is_new] = lines_.try_emplace(file);
    uint64_t at = strings_at_ + file;
    if (!is_new || at >= sections_.types.size()) return known->second;
    auto text = texts_.find(sections_.types.c_str() + at);
    if (text == texts_.end()) return known->second;
    for (StringRef rest = text->second; !rest.empty();) {
      auto [line, others] = rest.split('\n');
      known->second.push_back(line.rtrim('\r'));
      rest = others;
    }
    return known->second;
  }

  uint32_t offset_of(StringRef line) {
    auto [known, is_new] = offsets_.try_emplace(line.str(), 0);
    if (line.empty() || !is_new) return known->second;
    known->second = static_cast<uint32_t>(sections_.types.size() - strings_at_);
    sections_.types.append(line.data(), line.size()).push_back('\0');
    return known->second;
  }

  BtfSections& sections_;
  const SourceTexts& texts_;
  uint64_t strings_at_ = 0;
  std::unordered_map<uint32_t, std::vector<StringRef>> lines_;  // by the offset of the file's name
  std::unordered_map<std::string, uint32_t> offsets_;
};

}  // namespace

BtfSections with_lines(const llvm::object::ObjectFile& object, const SourceTexts& texts) {
  BtfSections sections{section(object, ".BTF").str(), section(object, ".BTF.ext").str()};
  if (!LineAdder(sections, texts).add()) return {};
  return sections;
}

}  // namespace sonde::compile
