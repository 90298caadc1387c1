#include "bpf/hooks/go_return.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "bpf/hooks/uprobe_place.h"
#include "elf/function_exits.h"
#include "symbols/binary.h"

namespace sonde::bpf {
namespace {

constexpr uint64_t kMaxCode = 4u << 20;

bool is_insisted() {
  const char* value = std::getenv("SONDE_GO_RETURN_PROBES");
  return value && std::string_view(value) == "1";
}

class GoReturns {
 public:
  static Result<GoReturns> of(const std::string& path) {
    ASSIGN_OR_RETURN(symbols::Binary binary, symbols::find_binary(path));
    ASSIGN_OR_RETURN(std::vector<symbols::Function> functions, symbols::functions_of(binary));
    GoReturns returns(std::move(binary));
    for (symbols::Function& each : functions) {
      symbols::Function& known = returns.functions_[each.offset];
      if (known.size < each.size) known = std::move(each);
    }
    return returns;
  }

  Status add(const UserProbe::Place& place, std::vector<UserProbe::Place>& returns) const {
    auto found = functions_.find(place.offset);
    if (found == functions_.end())
      return refused(fmt::format("no function of known size begins at {:#x}", place.offset));
    const symbols::Function& function = found->second;
    auto code = binary_.file->read(function.offset, std::min(function.size, kMaxCode + 1));
    auto exits = code && code->size() == function.size ? elf::exits_of(*code, binary_.file->machine()) : std::nullopt;
    if (!exits)
      return refused(fmt::format("the return instructions of {} cannot be told with certainty", function.name));
    if (exits->jump) {
      return refused(fmt::format("{0} may end in other code, by the jump at {0}+{1:#x}, whose return would not be seen",
                                 function.name, *exits->jump));
    }
    for (uint64_t each : exits->returns) returns.push_back({function.offset + each, 0, place.cookie});
    return {};
  }

 private:
  explicit GoReturns(symbols::Binary binary) : binary_(std::move(binary)) {}

  tl::unexpected<Error> refused(const std::string& why) const {
    return base::fail(
        ErrorKind::kUnsupported,
        fmt::format(
            "{} is made by Go, whose stacks move, so the kernel's probe on a function's return would crash it; and {}",
            binary_.path, why),
        "probe the function's entry, or instructions by offset (objdump -d shows them): BINARY:FUNCTION+0xOFFSET; "
        "SONDE_GO_RETURN_PROBES=1 in the environment takes the kernel's return probe all the same");
  }

  symbols::Binary binary_;
  std::map<uint64_t, symbols::Function> functions_;  // by offset in the file
};

Result<Hook> at_returns(Hook request, const UserProbe& entries) {
  ASSIGN_OR_RETURN(GoReturns returns, GoReturns::of(entries.path));
  request.kind = HookKind::kUprobe;
  auto& probe = request.edit<UserProbe>();
  probe.path = entries.path;
  probe.places.clear();
  for (const UserProbe::Place& each : entries.places) RETURN_IF_ERROR(returns.add(each, probe.places));
  if (!probe.places.empty()) return request;
  return base::fail(ErrorKind::kNotFound, fmt::format("{}: the function has no return instruction", entries.path),
                    "it never returns: it ends the program or its goroutine, or panics");
}

}  // namespace

Result<Hook> at_go_returns(const Hook& wanted) {
  if (wanted.kind != HookKind::kUretprobe || is_insisted()) return wanted;
  auto entries = places_of(wanted);
  auto file = entries ? elf::File::open(entries->path) : tl::unexpected(entries.error());
  if (!file || !file->is_go()) return wanted;  // attaching says what is wrong
  auto found = at_returns(wanted, *entries);
  if (found) return found;
  return tl::unexpected(base::in_context(wanted.phrase(), found.error()));
}

}  // namespace sonde::bpf
