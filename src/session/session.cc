// Session: an object file made into maps and programs of the kernel.
#include <linux/bpf.h>

#include <algorithm>

#include "base/open_files.h"
#include "bpf/hooks/candidates.h"
#include "bpf/hooks/network_types.h"
#include "bpf/hooks/trampoline.h"
#include "kernel/suggestion.h"
#include "session/loss_report.h"
#include "session/state/session_state.h"

namespace sonde {
namespace {

// A map that the spec does not describe, such as one of libbpf-style C, described from what the kernel says.
spec::Map describe(const bpf::MapInfo& info) {
  spec::Map map;
  map.name = info.name;
  map.type = info.type;
  map.key_size = info.key_size;
  map.value_size = info.value_size;
  map.max_entries = info.max_entries;
  map.flags = info.flags;
  return map;
}

template <typename Range, typename Name>
std::string nearest_of(const Range& range, std::string_view wanted, Name name) {
  kernel::Suggestion suggestion(wanted);
  for (const auto& item : range) suggestion.offer(name(item));
  return kernel::suggestion_phrase(suggestion.best());
}

}  // namespace

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Session::State::~State() {
  attached.clear();
  if (poll_state.forked) return;  // the parent says it, unless this process has read events since
  for (const auto& map : maps) {
    if (!map->on_ring_lost) session::say_lost(map->info, map->told_lost);
  }
}

Result<Session> Session::load(const Object& object, const LoadOptions& options) {
  auto state = std::make_unique<State>();
  state->spec = object.spec();
  state->options = options;
  RETURN_IF_ERROR(state->poll_state.open());
  bpf::expect_trampolines(state->spec);
  bpf::MapOverrides terms{options.idle_maps, options.map_entries, options.pinned_maps, options.preallocates};
  auto load = [&] { return bpf::LoadedObject::load(object.bytes(), state->spec, options.maps_namespace, terms); };
  ASSIGN_OR_RETURN(state->image, base::with_open_files(load));
  RETURN_IF_ERROR(state->make_maps());
  return Session(std::move(state));
}

Status Session::State::make_maps() {
  for (const bpf::MapInfo& info : image->maps()) {
    auto map = std::make_unique<Map::State>();
    auto described =
        std::find_if(spec.maps.begin(), spec.maps.end(), [&](const auto& each) { return each.name == info.name; });
    map->info = info;
    map->spec = described == spec.maps.end() ? describe(info) : *described;
    map->poll_state = &poll_state;
    maps.push_back(std::move(map));
  }
  return {};
}

const spec::Spec& Session::spec() const { return state_->spec; }

std::vector<std::string> Session::map_names() const {
  std::vector<std::string> names;
  for (const spec::Map& map : state_->spec.maps) names.push_back(map.name);
  for (const auto& map : state_->maps) {
    if (!map->info.is_internal && std::find(names.begin(), names.end(), map->info.name) == names.end()) {
      names.push_back(map->info.name);
    }
  }
  return names;
}

Result<Map> Session::map(std::string_view name) const {
  ASSIGN_OR_RETURN(Map::State * found, state_->find_map(name));
  return Map(found);
}

Result<Map::State*> Session::State::find_map(std::string_view name) const {
  for (const auto& map : maps) {
    if (map->info.name == name) return map.get();
  }
  return base::fail(ErrorKind::kNotFound,
                    fmt::format("no map {} in this program{}", name,
                                nearest_of(maps, name, [](auto& map) { return map->info.name; })));
}

Result<const spec::Program*> Session::State::program(const std::string& name) const {
  for (const spec::Program& program : spec.programs) {
    if (program.name == name) return &program;
  }
  return base::fail(ErrorKind::kNotFound,
                    fmt::format("no function {} in this program{}", name,
                                nearest_of(spec.programs, name, [](auto& each) { return each.name; })));
}

Result<int> Session::State::load_as(const std::string& name, const std::string& symbol, const bpf::ProgramType& type) {
  for (const Loaded& each : loaded) {
    // The ids of a module's BTF mean something else in the next module: those are not shared.
    if (each.symbol == symbol && each.type == type && type.btf_fd < 0) return each.fd.get();
  }
  const bpf::Code* code = image->code(symbol);
  if (!code)
    return base::fail(ErrorKind::kNotFound, fmt::format("the object has no program {} (symbol {})", name, symbol));
  bpf::VerifierOptions verifier{options.log_level, options.log};
  ASSIGN_OR_RETURN(base::Fd fd, bpf::load_program(*image, *code, name, type, verifier));
  loaded.push_back({symbol, type, std::move(fd)});
  return loaded.back().fd.get();
}

Result<int> Session::load_program(const std::string& name, uint32_t type, int expected_attach_type) {
  ASSIGN_OR_RETURN(const sonde::spec::Program* program, state_->program(name));
  const bpf::HookRow& row = bpf::row_of(program->hook.kind);
  bpf::ResolvedType resolved;
  if (row.attach && row.program_type == type) {
    // A program may be loaded for what the kernel lacks the hook for, unless loading itself takes that.
    resolved.type.expected_attach_type = row.attach_type;
    if (row.resolve != bpf::resolve_nothing) {
      ASSIGN_OR_RETURN(resolved, bpf::resolve_type(row, {program->hook.kind, program->hook.target}));
    }
  }
  const bpf::NetworkType* network = bpf::network_type(program->hook.kind, program->hook.target);
  if (network && network->program_type == type) resolved.type.expected_attach_type = network->attach_type;
  resolved.type.type = type;
  if (expected_attach_type >= 0) resolved.type.expected_attach_type = expected_attach_type;
  return state_->load_as(name, program->symbol, resolved.type);
}

Result<int> Session::program_fd(const std::string& name) const {
  ASSIGN_OR_RETURN(const sonde::spec::Program* program, state_->program(name));
  auto is_of_program = [program](const State::Loaded& each) {
    return each.symbol == program->symbol ||
           std::any_of(program->variants.begin(), program->variants.end(),
                       [&](const sonde::spec::Variant& variant) { return each.symbol == variant.symbol; });
  };
  auto found = std::find_if(state_->loaded.begin(), state_->loaded.end(), is_of_program);
  if (found == state_->loaded.end())
    return base::fail(ErrorKind::kNotFound, fmt::format("program {} is not loaded", name));
  return found->fd.get();
}

Result<std::string> Session::instructions(const std::string& name) const {
  ASSIGN_OR_RETURN(const sonde::spec::Program* program, state_->program(name));
  const bpf::Code* code = state_->image->code(program->symbol);
  if (!code) return base::fail(ErrorKind::kNotFound, fmt::format("the object has no program {}", name));
  return std::string(reinterpret_cast<const char*>(code->instructions.data()),
                     code->instructions.size() * sizeof(bpf_insn));
}

}  // namespace sonde
