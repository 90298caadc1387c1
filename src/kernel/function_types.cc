// What the kernel's BTF says of its functions, without reading all of BTF into memory.
#include "kernel/function_types.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/btf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "kernel/btf.h"
#include "kernel/syscalls.h"

namespace sonde::kernel {
namespace {

constexpr size_t kWindow = 64 << 10;
constexpr uint32_t kMarkEvery = 32;
constexpr int kMaxDepth = 64;         // of typedefs and modifiers
constexpr uint32_t kMaxArguments = 64;

tl::unexpected<Error> bad(const char* why) {
  return base::fail(ErrorKind::kInvalid, fmt::format("not usable as BTF: {}", why));
}

}  // namespace

struct FunctionTypes::Type {
  btf_type head;
  uint64_t at;    // in the file
  uint64_t next;  // of the type after it
};

Result<std::shared_ptr<FunctionTypes>> FunctionTypes::open(const std::string& path) {
  auto types = std::make_shared<FunctionTypes>();
  types->file_ = base::Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!types->file_.valid()) return base::fail_errno(errno, fmt::format("cannot open {}", path));
  Status read = types->read_header();
  if (read) read = types->read_types();
  if (!read) return tl::unexpected(base::in_context(path, read.error()));
  return types;
}

Result<std::shared_ptr<FunctionTypes>> FunctionTypes::running() {
  static std::mutex mutex;
  static std::shared_ptr<FunctionTypes> known;
  std::lock_guard lock(mutex);
  if (known) return known;
  auto opened = open("/sys/kernel/btf/vmlinux");
  if (opened) known = *opened;
  return opened;
}

Status FunctionTypes::read_header() {
  btf_header header;
  if (!read(0, &header, sizeof header)) return bad("shorter than its header");
  if (header.magic != BTF_MAGIC) return bad("wrong magic number");
  types_ = uint64_t{header.hdr_len} + header.type_off;
  types_end_ = types_ + header.type_len;
  strings_ = uint64_t{header.hdr_len} + header.str_off;
  strings_end_ = strings_ + header.str_len;
  return {};
}

Status FunctionTypes::read_types() {
  uint32_t id = 1;
  for (uint64_t at = types_; at < types_end_; id++) {
    auto type = type_at(at);
    if (!type) return bad("a type is cut off or of an unknown kind");
    if (id % kMarkEvery == 0) marks_.push_back(static_cast<uint32_t>(at - types_));
    if (Btf::kind(&type->head) == BTF_KIND_FUNC) functions_.push_back({type->head.name_off, id});
    at = type->next;
  }
  functions_.shrink_to_fit();
  return {};
}

bool FunctionTypes::read(uint64_t at, void* out, size_t size) {
  bool inside = at >= window_at_ && at - window_at_ <= window_.size() && window_.size() - (at - window_at_) >= size;
  if (!inside) {
    window_.resize(std::max(kWindow, size));
    window_at_ = at;
    size_t have = 0;
    while (have < window_.size()) {
      ssize_t got = ::pread(file_.get(), window_.data() + have, window_.size() - have, static_cast<off_t>(at + have));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      have += static_cast<size_t>(got);
    }
    window_.resize(have);
    if (have < size) return false;
  }
  std::memcpy(out, window_.data() + (at - window_at_), size);
  return true;
}

std::optional<FunctionTypes::Type> FunctionTypes::type_at(uint64_t at) {
  Type type{};
  if (at + sizeof type.head > types_end_ || !read(at, &type.head, sizeof type.head)) return std::nullopt;
  int64_t payload = Btf::payload_size(type.head);
  type.at = at;
  type.next = at + sizeof type.head + static_cast<uint64_t>(payload);
  if (payload < 0 || type.next > types_end_) return std::nullopt;
  return type;
}

std::optional<FunctionTypes::Type> FunctionTypes::type(uint32_t id) {
  uint32_t mark = id / kMarkEvery;
  if (id == 0 || mark > marks_.size()) return std::nullopt;
  uint64_t at = types_ + (mark == 0 ? 0 : marks_[mark - 1]);
  for (uint32_t each = mark == 0 ? 1 : mark * kMarkEvery;; each++) {
    auto type = type_at(at);
    if (!type || each == id) return type;
    at = type->next;
  }
}

// Where `wanted` begins in the strings, each of which stands there once and between two NULs.
std::optional<uint32_t> FunctionTypes::find_string(std::string_view wanted) {
  if (wanted.empty() || wanted.find('\0') != wanted.npos) return std::nullopt;
  std::string bytes = fmt::format("{0}{1}{0}", '\0', wanted);
  std::string piece;
  for (uint64_t at = strings_; at + bytes.size() <= strings_end_; at += kWindow - bytes.size()) {
    piece.resize(std::min<uint64_t>(kWindow, strings_end_ - at));
    if (!read(at, piece.data(), piece.size())) return std::nullopt;
    size_t found = piece.find(bytes);
    if (found != piece.npos) return static_cast<uint32_t>(at - strings_ + found + 1);
  }
  return std::nullopt;
}

// 0: no number and no pointer.
uint32_t FunctionTypes::scalar_bytes(uint32_t id) {
  for (int depth = 0; depth < kMaxDepth; depth++) {
    auto found = type(id);
    if (!found) return 0;
    switch (Btf::kind(&found->head)) {
      case BTF_KIND_PTR: return sizeof(void*);
      case BTF_KIND_INT:
      case BTF_KIND_ENUM:
      case BTF_KIND_ENUM64: return found->head.size <= 8 ? found->head.size : 0;
      case BTF_KIND_TYPEDEF:
      case BTF_KIND_VOLATILE:
      case BTF_KIND_CONST:
      case BTF_KIND_RESTRICT:
      case BTF_KIND_TYPE_TAG: id = found->head.type; break;
      default: return 0;
    }
  }
  return 0;
}

bool FunctionTypes::describe(const Function& function, FunctionType& found) {
  auto head = type(function.id);
  auto prototype = head ? type(head->head.type) : std::nullopt;
  if (!prototype || Btf::kind(&prototype->head) != BTF_KIND_FUNC_PROTO) return false;
  uint32_t count = Btf::length(&prototype->head);
  std::vector<btf_param> parameters(std::min(count, kMaxArguments));
  if (!parameters.empty() && !read(prototype->at + sizeof(btf_type), parameters.data(), parameters.size() * sizeof(btf_param))) {
    return false;
  }
  found.id = function.id;
  found.returns = scalar_bytes(prototype->head.type) != 0;
  for (const btf_param& parameter : parameters) found.argument_bytes.push_back(scalar_bytes(parameter.type));
  found.is_bare_system_call = parameters.size() == 1 && is_string_at(parameters[0].name_off, "__unused");
  return true;
}

bool FunctionTypes::is_string_at(uint32_t offset, std::string_view wanted) {
  std::string bytes(wanted.size() + 1, '\0');
  if (strings_ + offset + bytes.size() > strings_end_ || !read(strings_ + offset, bytes.data(), bytes.size())) return false;
  return bytes.back() == '\0' && bytes.starts_with(wanted);
}

std::optional<FunctionType> FunctionTypes::find(std::string_view name) {
  std::lock_guard lock(mutex_);
  auto [answer, is_new] = answers_.try_emplace(std::string(name));
  if (is_new) answer->second = look_up(name);
  return answer->second;
}

std::optional<FunctionType> FunctionTypes::look_up(std::string_view name) {
  std::optional<uint32_t> string = find_string(name);
  if (!string) return std::nullopt;
  FunctionType found;
  int seen = 0;
  for (const Function& function : functions_) {
    if (function.name == *string && seen++ == 0 && !describe(function, found)) return std::nullopt;
  }
  found.is_ambiguous = seen > 1;
  return seen > 0 ? std::optional(std::move(found)) : std::nullopt;
}

// SYSCALL_DEFINE0 of x86 gives a function `static long __do_sys_getppid(const struct pt_regs *__unused)` its other names; those with
// arguments have another of this name, if any, with the arguments' own types.
std::string FunctionTypes::known_as(const std::string& name) {
  if (find(name)) return name;
  std::string_view call = syscall_name(name);
  if (call.empty() || !name.starts_with("__x64_sys_")) return "";
  std::string code = fmt::format("__do_sys_{}", call);
  auto found = find(code);
  return found && found->is_bare_system_call ? code : "";
}

}  // namespace sonde::kernel
