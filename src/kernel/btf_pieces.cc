#include "kernel/btf_pieces.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "kernel/btf.h"

namespace sonde::kernel {
namespace {

constexpr size_t kPage = 4096;  // as much as a file of sysfs gives at once
constexpr size_t kPages = 32;
constexpr uint32_t kMarkEvery = 32;
constexpr size_t kPiece = 64 << 10;  // of strings; a longer one is nobody's name

tl::unexpected<Error> bad(const char* why) {
  return base::fail(ErrorKind::kInvalid, fmt::format("not usable as BTF: {}", why));
}

// Which strings are worth a closer look: by their first character and length.
class Sieve {
 public:
  explicit Sieve(const std::set<std::string, std::less<>>& wanted) {
    for (const std::string& each : wanted) {
      if (!each.empty()) lengths_[static_cast<unsigned char>(each[0])] |= bit(each.size());
    }
  }
  bool passes(std::string_view text) const {
    return !text.empty() && (lengths_[static_cast<unsigned char>(text[0])] & bit(text.size())) != 0;
  }

 private:
  static uint64_t bit(size_t length) { return uint64_t{1} << (length & 63); }
  std::array<uint64_t, 256> lengths_{};
};

}  // namespace

Result<std::shared_ptr<BtfPieces>> BtfPieces::open(const std::string& path) {
  auto pieces = std::make_shared<BtfPieces>();
  pieces->file_ = base::Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!pieces->file_.valid()) return base::fail_errno(errno, fmt::format("cannot open {}", path));
  pieces->pages_.resize(kPages);
  if (Status read = pieces->read_header(); !read) return tl::unexpected(base::in_context(path, read.error()));
  return pieces;
}

Result<std::shared_ptr<BtfPieces>> BtfPieces::running() {
  static std::mutex mutex;
  static std::shared_ptr<BtfPieces> known;
  std::lock_guard lock(mutex);
  if (known) return known;
  auto opened = open("/sys/kernel/btf/vmlinux");
  if (opened) known = *opened;
  return opened;
}

Status BtfPieces::read_header() {
  btf_header header;
  if (!read(0, &header, sizeof header)) return bad("shorter than its header");
  if (header.magic != BTF_MAGIC) return bad("wrong magic number");
  types_ = uint64_t{header.hdr_len} + header.type_off;
  types_end_ = types_ + header.type_len;
  strings_ = uint64_t{header.hdr_len} + header.str_off;
  strings_end_ = strings_ + header.str_len;
  return {};
}

const BtfPieces::Page& BtfPieces::page(uint64_t number) {
  Page& page = pages_[number % kPages];
  if (page.number == number) return page;
  page.number = number;
  page.bytes.resize(kPage);
  size_t have = 0;
  while (have < kPage) {
    ssize_t got =
        ::pread(file_.get(), page.bytes.data() + have, kPage - have, static_cast<off_t>(number * kPage + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    have += static_cast<size_t>(got);
  }
  page.bytes.resize(have);
  return page;
}

bool BtfPieces::read(uint64_t at, void* out, size_t size) {
  auto* to = static_cast<char*>(out);
  while (size > 0) {
    const std::string& bytes = page(at / kPage).bytes;
    size_t from = at % kPage;
    if (from >= bytes.size()) return false;
    size_t part = std::min(size, bytes.size() - from);
    std::memcpy(to, bytes.data() + from, part);
    to += part, at += part, size -= part;
  }
  return true;
}

std::optional<BtfPieces::Type> BtfPieces::type_at(uint64_t at) {
  Type type{};
  if (at + sizeof type.head > types_end_ || !read(at, &type.head, sizeof type.head)) return std::nullopt;
  int64_t payload = Btf::payload_size(type.head);
  type.at = at;
  type.next = at + sizeof type.head + static_cast<uint64_t>(payload);
  if (payload < 0 || type.next > types_end_) return std::nullopt;
  return type;
}

// The first time also makes the marks and the list of functions.
Status BtfPieces::walk(const std::set<uint32_t>& names, std::vector<Named>& found) {
  if (walked_ && names.empty()) return {};
  std::vector<bool> is_wanted(names.empty() ? 0 : *names.rbegin() + size_t{1});
  for (uint32_t name : names) is_wanted[name] = true;
  std::vector<Named> functions;
  std::vector<uint32_t> marks;
  uint32_t id = 1;
  for (uint64_t at = types_; at < types_end_; id++) {
    auto type = type_at(at);
    if (!type) return bad("a type is cut off or of an unknown kind");
    uint32_t name = type->head.name_off;
    if (!walked_ && id % kMarkEvery == 0) marks.push_back(static_cast<uint32_t>(at - types_));
    if (!walked_ && Btf::kind(&type->head) == BTF_KIND_FUNC) functions.push_back({name, id});
    if (name < is_wanted.size() && is_wanted[name]) found.push_back({name, id});
    at = type->next;
  }
  if (walked_) return {};
  functions.shrink_to_fit();
  functions_ = std::move(functions);
  marks_ = std::move(marks);
  walked_ = true;
  return {};
}

Result<std::vector<BtfPieces::Named>> BtfPieces::types_named(const std::set<uint32_t>& names) {
  std::lock_guard lock(mutex_);
  if (!names.empty() && *names.rbegin() >= strings_end_ - strings_) return bad("a name lies outside the strings");
  std::vector<Named> found;
  RETURN_IF_ERROR(walk(names, found));
  return found;
}

Result<const std::vector<BtfPieces::Named>*> BtfPieces::functions() {
  std::lock_guard lock(mutex_);
  std::vector<Named> none;
  RETURN_IF_ERROR(walk({}, none));
  return &functions_;
}

std::optional<BtfPieces::Type> BtfPieces::type(uint32_t id) {
  std::lock_guard lock(mutex_);
  std::vector<Named> none;
  if (id == 0 || !walk({}, none)) return std::nullopt;
  uint32_t mark = id / kMarkEvery;
  if (mark > marks_.size()) return std::nullopt;
  uint64_t at = types_ + (mark == 0 ? 0 : marks_[mark - 1]);
  for (uint32_t each = mark == 0 ? 1 : mark * kMarkEvery;; each++) {
    auto type = type_at(at);
    if (!type || each == id) return type;
    at = type->next;
  }
}

bool BtfPieces::read_payload(const Type& type, void* out, size_t size, size_t count) {
  std::lock_guard lock(mutex_);
  uint64_t at = type.at + sizeof type.head;
  return size * count <= type.next - at && read(at, out, size * count);
}

void BtfPieces::expect(const std::vector<std::string>& names) {
  std::lock_guard lock(mutex_);
  for (const std::string& name : names) {
    if (!known_strings_.contains(name)) expected_.insert(name);
  }
}

// Each string stands there once, between two NULs.
BtfPieces::Offsets BtfPieces::search(const std::set<std::string, std::less<>>& wanted) {
  Offsets found;
  Sieve sieve(wanted);
  std::string piece;
  for (uint64_t at = strings_; at < strings_end_;) {
    piece.resize(std::min<uint64_t>(kPiece, strings_end_ - at));
    if (!read(at, piece.data(), piece.size())) break;
    const char *start = piece.data(), *end = start + piece.size(), *text = start;
    while (const auto* stop = static_cast<const char*>(std::memchr(text, '\0', static_cast<size_t>(end - text)))) {
      std::string_view string(text, static_cast<size_t>(stop - text));
      if (sieve.passes(string) && wanted.contains(string))
        found.emplace(string, static_cast<uint32_t>(at - strings_ + (text - start)));
      text = stop + 1;
    }
    at += static_cast<uint64_t>(text > start ? text - start : end - start);
  }
  return found;
}

BtfPieces::Offsets BtfPieces::find_strings(const std::set<std::string, std::less<>>& wanted) {
  std::lock_guard lock(mutex_);
  std::set<std::string, std::less<>> all = wanted;
  all.insert(expected_.begin(), expected_.end());
  Offsets found = search(all);
  for (const std::string& name : expected_) {
    auto place = found.find(name);
    known_strings_[name] = place == found.end() ? std::nullopt : std::optional(place->second);
    if (place != found.end() && !wanted.contains(name)) found.erase(place);
  }
  expected_.clear();
  return found;
}

std::optional<uint32_t> BtfPieces::find_string(std::string_view wanted) {
  {
    std::lock_guard lock(mutex_);
    if (auto known = known_strings_.find(wanted); known != known_strings_.end()) return known->second;
    expected_.emplace(wanted);
  }
  auto found = find_strings({std::string(wanted)});
  auto place = found.find(wanted);
  return place == found.end() ? std::nullopt : std::optional(place->second);
}

bool BtfPieces::is_string_at(uint32_t offset, std::string_view wanted) {
  std::lock_guard lock(mutex_);
  std::string bytes(wanted.size() + 1, '\0');
  if (strings_ + offset + bytes.size() > strings_end_ || !read(strings_ + offset, bytes.data(), bytes.size()))
    return false;
  return bytes.back() == '\0' && bytes.starts_with(wanted);
}

}  // namespace sonde::kernel
