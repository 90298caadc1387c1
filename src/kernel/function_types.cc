#include "kernel/function_types.h"

#include <fmt/format.h>
#include <linux/btf.h>

#include <algorithm>

#include "kernel/btf.h"
#include "kernel/btf_pieces.h"
#include "kernel/syscalls.h"

namespace sonde::kernel {
namespace {

constexpr int kMaxDepth = 64;  // of typedefs and modifiers
constexpr uint32_t kMaxArguments = 64;

// SYSCALL_DEFINE0 of x86 gives a function `static long __do_sys_getppid(const struct pt_regs *__unused)` its other
// names; those with arguments have another of this name, if any, with the arguments' own types.
std::string code_of_bare_call(const std::string& function) {
  std::string_view call = function.starts_with("__x64_sys_") ? syscall_name(function) : "";
  return call.empty() ? "" : fmt::format("__do_sys_{}", call);
}

}  // namespace

Result<std::shared_ptr<FunctionTypes>> FunctionTypes::of(std::shared_ptr<BtfPieces> pieces) {
  RETURN_IF_ERROR(pieces->functions());
  auto types = std::make_shared<FunctionTypes>();
  types->pieces_ = std::move(pieces);
  return types;
}

Result<std::shared_ptr<FunctionTypes>> FunctionTypes::open(const std::string& path) {
  ASSIGN_OR_RETURN(std::shared_ptr<BtfPieces> pieces, BtfPieces::open(path));
  auto types = of(std::move(pieces));
  if (!types) return tl::unexpected(base::in_context(path, types.error()));
  return types;
}

Result<std::shared_ptr<FunctionTypes>> FunctionTypes::running() {
  static std::mutex mutex;
  static std::shared_ptr<FunctionTypes> known;
  std::lock_guard lock(mutex);
  if (known) return known;
  ASSIGN_OR_RETURN(std::shared_ptr<BtfPieces> pieces, BtfPieces::running());
  auto opened = of(std::move(pieces));
  if (opened) known = *opened;
  return opened;
}

void FunctionTypes::expect(const std::vector<std::string>& names) {
  std::vector<std::string> all = names;
  for (const std::string& name : names) {
    if (std::string code = code_of_bare_call(name); !code.empty()) all.push_back(std::move(code));
  }
  if (auto pieces = BtfPieces::running()) (*pieces)->expect(all);
}

// 0: no number and no pointer.
uint32_t FunctionTypes::scalar_bytes(uint32_t id) {
  for (int depth = 0; depth < kMaxDepth; depth++) {
    auto found = pieces_->type(id);
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

bool FunctionTypes::describe(uint32_t id, FunctionType& found) {
  auto head = pieces_->type(id);
  auto prototype = head ? pieces_->type(head->head.type) : std::nullopt;
  if (!prototype || Btf::kind(&prototype->head) != BTF_KIND_FUNC_PROTO) return false;
  std::vector<btf_param> parameters(std::min(Btf::length(&prototype->head), kMaxArguments));
  if (!pieces_->read_payload(*prototype, parameters.data(), sizeof(btf_param), parameters.size())) return false;
  found.id = id;
  found.returns = scalar_bytes(prototype->head.type) != 0;
  for (const btf_param& parameter : parameters) found.argument_bytes.push_back(scalar_bytes(parameter.type));
  found.is_bare_system_call = parameters.size() == 1 && pieces_->is_string_at(parameters[0].name_off, "__unused");
  return true;
}

std::optional<FunctionType> FunctionTypes::find(std::string_view name) {
  std::lock_guard lock(mutex_);
  auto [answer, is_new] = answers_.try_emplace(std::string(name));
  if (is_new) answer->second = look_up(name);
  return answer->second;
}

std::optional<FunctionType> FunctionTypes::look_up(std::string_view name) {
  std::optional<uint32_t> string = pieces_->find_string(name);
  if (!string) return std::nullopt;
  auto functions = pieces_->functions();
  if (!functions) return std::nullopt;
  FunctionType found;
  int seen = 0;
  for (const BtfPieces::Named& function : **functions) {
    if (function.name == *string && seen++ == 0 && !describe(function.id, found)) return std::nullopt;
  }
  found.is_ambiguous = seen > 1;
  return seen > 0 ? std::optional(std::move(found)) : std::nullopt;
}

std::string FunctionTypes::known_as(const std::string& name) {
  if (find(name)) return name;
  std::string code = code_of_bare_call(name);
  auto found = code.empty() ? std::nullopt : find(code);
  return found && found->is_bare_system_call ? code : "";
}

}  // namespace sonde::kernel
